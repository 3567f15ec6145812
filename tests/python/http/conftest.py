"""A server of the sample tenant on a free loopback port, and ways to talk to it: as a client, and byte by byte."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

TENANT = Path(__file__).parents[3] / "examples" / "tenant"
CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
CHECKOUT_SECRET = "not-a-real-secret-of-checkout"  # noqa: S105
TOGGLE = "enforce_client_authentication_on_passwordless_start"


@dataclass
class Answer:
    """Status, headers in order (names in lower case) and body of one answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        found = [value for other, value in self.headers if other == name]
        assert len(found) <= 1, f"{name} stands more than once"
        return found[0] if found else None

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """A running server; `stop` ends it and tells what it left behind."""

    process: subprocess.Popen[bytes]
    url: str
    token: str
    log: Path
    said: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection(*self.address, timeout=10)
        try:
            data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            given = {"content-type": "application/json"} if data else {}
            connection.request(method, path, data, given | (headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, [(n.lower(), v) for n, v in answer.getheaders()], answer.read())
        finally:
            connection.close()

    def manage(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        return self.call(method, path, body, {"authorization": f"Bearer {self.token}"} | (headers or {}))

    def start(self, headers: dict[str, str] | None = None, **members: Any) -> Answer:
        body = {"client_id": CHECKOUT, "connection": "email", "email": "ada@example.com", "send": "code"} | members
        return self.call("POST", "/passwordless/start", body, headers)

    def logs(self, query: str = "", **parameters: Any) -> Any:
        answer = self.manage("GET", "/api/v2/logs?" + urlencode({"q": query} | parameters))
        assert answer.status == 200, answer.body
        return answer.json

    def toggle(self, on: bool) -> Answer:
        return self.manage("PATCH", "/api/v2/tenants/settings", {"flags": {TOGGLE: on}})

    def outbox(self) -> list[dict[str, str]]:
        answer = self.manage("GET", "/outbox")
        assert answer.status == 200
        messages: list[dict[str, str]] = answer.json["messages"]
        return messages

    def raw(self, data: bytes, timeout: float = 10) -> bytes:
        """Everything that comes back for these bytes until the server closes or nothing more comes."""
        with socket.create_connection(self.address, timeout=timeout) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server has answered and gone before everything was sent
            return read_all(connection)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, bytes]:
        """The exit status, and all that was written to standard output and standard error."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, b"".join(self.said) + out + err


def read_all(connection: socket.socket) -> bytes:
    got = b""
    try:
        while piece := connection.recv(65536):
            got += piece
    except (TimeoutError, ConnectionResetError):
        pass
    return got


def program() -> Path:
    found = Path(sysconfig.get_path("scripts")) / "startgate-serve"
    assert found.exists(), f"{found} is missing: `./dev build` makes it"
    return found


Launch = Callable[..., Server]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Starts servers that are gone at the end of the test, and after a minute at the latest."""
    started: list[Server] = []

    def start(*options: str, policy: dict[str, Any] | Path | None = None, tenant: str = "tenant.json", **files: str) -> Server:
        if not isinstance(policy, Path):
            rules = json.loads((TENANT / "policy.json").read_text()) | (policy or {})
            policy = tmp_path / "policy.json"
            policy.write_text(json.dumps(rules))
        log = tmp_path / f"log-{len(started)}.ndjson"
        given = {
            "policy": str(policy),
            "applications": str(TENANT / "clients.json"),
            "tenant": str(TENANT / tenant),
            "keys": str(TENANT / "keys.json"),
            "listen": "127.0.0.1:0",
            "log": str(log),
            "seconds": "60",
        } | files
        given = {name: value for name, value in given.items() if value}
        command = [str(program()), *(f"--{name}={value}" for name, value in given.items()), *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={"PATH": os.environ["PATH"]})
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        told = json.loads(line)
        started.append(Server(process, told["url"], told.get("token", ""), log, [line]))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
        server.process.communicate()


@pytest.fixture
def server(launch: Launch) -> Server:
    """The sample tenant as it stands: notices, nothing enforced."""
    return launch()
