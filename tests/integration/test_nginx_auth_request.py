"""The example in examples/nginx, run as it stands: nginx asks startgate who is calling and tells the application."""

import http.server
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "nginx"


class Application(http.server.BaseHTTPRequestHandler):
    """Says which addresses it was told."""

    def do_GET(self) -> None:
        told = "|".join([*self.headers.get_all("X-Client-Address", []), *self.headers.get_all("X-Forwarded-For", [])]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_arguments: object) -> None:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def nginx_port(peers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    directory = tmp_path_factory.mktemp("nginx")
    nginx_program = peers / "root" / "usr" / "sbin" / "nginx"
    program = directory / "client_address"
    command = [
        "g++",
        "-std=c++20",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-I",
        ROOT / "include",
        EXAMPLE / "client_address.cpp",
        "-o",
        program,
    ]
    subprocess.run([*command, "-lpthread"], check=True, timeout=300)

    application = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=application.serve_forever, daemon=True).start()
    with subprocess.Popen([program, "0"], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        service_port = re.search(r":(\d+)$", service.stdout.readline())
        assert service_port
        ports = {"8080": free_port(), "8081": int(service_port[1]), "8082": application.server_port}
        site = re.sub(r"\b808[012]\b", lambda m: str(ports[m[0]]), (EXAMPLE / "client_address.conf").read_text())
        temporary = " ".join(
            f"{kind}_temp_path {directory}/{kind};" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        )
        (directory / "nginx.conf").write_text(
            f"daemon off; master_process off; pid {directory}/pid; error_log {directory}/error.log;\n"
            f"events {{}}\nhttp {{ access_log off; {temporary}\n{site}\n}}\n"
        )
        with subprocess.Popen(
            [nginx_program, "-p", directory, "-c", directory / "nginx.conf", "-e", directory / "error.log"]
        ) as nginx:
            try:
                wait_for(ports["8080"], nginx)
                yield ports["8080"]
            finally:
                nginx.terminate()
                service.kill()
                application.shutdown()
                application.server_close()


def wait_for(port: int, process: subprocess.Popen) -> None:
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


def told(port: int, *lines: str, source: str = "127.0.0.1") -> str:
    """What the application says to a request from that address with those header lines."""
    with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0)) as connection:
        connection.sendall("\r\n".join(["GET / HTTP/1.1", "Host: a.example", "Connection: close", *lines, "", ""]).encode())
        answer = b""
        while data := connection.recv(65536):
            answer += data
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
    return answer.partition(b"\r\n\r\n")[2].decode()


def test_the_application_is_told_the_address_that_nginx_sees(nginx_port: int) -> None:
    assert told(nginx_port, source="127.0.0.5") == "127.0.0.5"


def test_a_trusted_proxy_before_nginx_is_believed(nginx_port: int) -> None:
    assert told(nginx_port, "X-Forwarded-For: 6.6.6.6, 198.51.100.7") == "198.51.100.7"


@pytest.mark.parametrize("name", ["X-Client-Address", "x-client-address", "X-Real-IP", "Forwarded"])
def test_no_caller_can_set_what_the_application_is_told(nginx_port: int, name: str) -> None:
    value = "for=6.6.6.6" if name == "Forwarded" else "6.6.6.6"
    assert told(nginx_port, f"{name}: {value}", f"{name}: {value}", source="127.0.0.5") == "127.0.0.5"


def test_junk_from_a_trusted_proxy_leaves_the_proxy(nginx_port: int) -> None:
    assert told(nginx_port, "X-Forwarded-For: 6.6.6.6, unknown", source="127.0.0.5") == "127.0.0.5"
