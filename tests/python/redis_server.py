"""A real redis-server for tests."""

import socket
import subprocess
import time

PASSWORD = "not-a-real-password"  # noqa: S105


class Redis:
    """A redis-server on a free loopback port, which a test may kill, stop and start again, empty."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = self.start()

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}"

    def start(self) -> subprocess.Popen[bytes]:
        options = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "requirepass": PASSWORD}
        command = ["redis-server", *(word for name, value in options.items() for word in (f"--{name}", value))]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            assert self.process.poll() is None, "redis-server did not start: is it installed?"
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self.process
            except OSError:
                time.sleep(0.01)
        raise AssertionError("redis-server does not listen")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
