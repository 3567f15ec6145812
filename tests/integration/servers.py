"""Programs that listen on loopback, started and stopped by a test."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_open(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


@contextmanager
def running(command: Sequence[str | Path], port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """The program, from when it answers on the port until the end of the block."""
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL) as process:
        try:
            wait_until_open(port, process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def nginx_command(program: Path, directory: Path, site: str) -> list[str | Path]:
    """Runs nginx in the foreground with what belongs inside `http {}`; everything it writes lies in the directory."""
    temporary = " ".join(f"{kind}_temp_path {directory}/{kind};" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    (directory / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {directory}/pid; error_log {directory}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} server_names_hash_bucket_size 128;\n{site}\n}}\n"
    )
    return [program, "-p", directory, "-c", directory / "nginx.conf", "-e", directory / "error.log"]


def exchange(port: int, request: bytes, source: str = "127.0.0.1") -> bytes:
    """The answer to one request that asks for the connection to be closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(source, 0)) as connection:
        connection.sendall(request)
        answer = b""
        while data := connection.recv(65536):
            answer += data
    return answer
