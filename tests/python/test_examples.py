"""The example in examples/beast, compiled and asked as a client would."""

import http.client
import json
import re
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START = {"client_id": "shop", "connection": "email", "email": "ada@example.com"}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = tmp_path_factory.mktemp("beast") / "start"
    flags = ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "include"]
    source = ROOT / "examples" / "beast" / "start.cpp"
    subprocess.run(["g++", *flags, source, "-o", program, "-lpthread", "-lcrypto"], check=True, timeout=300)
    with subprocess.Popen([program, "0"], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        found = re.search(r":(\d+)$", service.stdout.readline())
        assert found
        yield int(found[1])
        service.kill()


def ask(port: int, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", "/passwordless/start", body, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or "{}")
    finally:
        connection.close()


def test_a_call_without_proof_is_refused_and_one_with_the_secret_is_let_pass(port: int) -> None:
    assert ask(port, json.dumps(START).encode())[0] == 403
    assert ask(port, json.dumps({**START, "client_secret": "not-a-real-secret"}).encode()) == (200, {})


def test_what_cannot_be_read_is_answered(port: int) -> None:
    status, body = ask(port, b"{")
    assert (status, body["error"]) == (400, "bad.request")


def test_more_header_lines_than_can_be_viewed_are_refused(port: int) -> None:
    assert ask(port, json.dumps(START).encode(), {f"x-{n}": "" for n in range(101)})[0] == 431


def test_a_connection_that_is_reset_or_stays_silent_holds_nobody_up(port: int) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() sends RST
            connection.sendall(b"POST /passwordless/start HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port), timeout=10):
        assert ask(port, json.dumps(START).encode())[0] == 403
