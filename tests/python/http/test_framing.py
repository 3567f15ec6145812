"""Bytes that no well-behaved client sends: all are answered or dropped, none is read in two ways, and serving goes on."""

import json
import re
import resource
import select
import socket
import time
from collections.abc import Iterator

import pytest

BODY = json.dumps({"client_id": "nobody", "connection": "email", "email": "ada@example.com"}).encode()
START = b"POST /passwordless/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def server(server) -> Iterator[object]:
    yield server
    assert server.call("GET", "/health").json == {"status": "ok"}, "it goes on serving"


def statuses(answers: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)]


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"


SMUGGLED = b"GET /outbox HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 40\r\n",
        b"Content-Length: 4, 4\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: 0x4\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Content-Length : 4\r\n",
        b"Transfer-Encoding: gzip\r\n",
        b"Transfer-Encoding: chunked, gzip\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
        b"Transfer-Encoding\r\n",
        b" Transfer-Encoding: chunked\r\n",
        b"Host: y\r\n",
        b"X: a\rTransfer-Encoding: chunked\r\n",
        b"X: a\nTransfer-Encoding: chunked\r\n",
        b"X: a\x00b\r\n",
        b"X\x00: a\r\n",
        b": a\r\n",
    ],
    ids=repr,
)
def test_a_request_that_two_readers_could_frame_differently_is_refused_and_the_connection_closed(server, head: bytes) -> None:
    assert statuses(server.raw(START + head + b"\r\n0\r\n\r\n" + SMUGGLED)) == [400]


@pytest.mark.parametrize(
    "line",
    [
        b"GET /health HTTP/1.1",
        b"GET  /health HTTP/1.1\r\n",
        b"GET /hea lth HTTP/1.1\r\n",
        b"GET /\x01 HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n",
        b"GET /health\r\n",
        b"GET /health HTP/1.1\r\n",
        b"\0\0\0\0\r\n",
    ],
    ids=repr,
)
def test_what_is_no_request_line_is_400(server, line: bytes) -> None:
    assert statuses(server.raw(line + b"\nHost: x\r\n\r\n")) == [400]


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/1.2", b"HTTP/0.9"])
def test_another_version_is_400(server, version: bytes) -> None:
    assert statuses(server.raw(b"GET /health " + version + b"\r\nHost: x\r\n\r\n")) == [400]


def test_http_1_1_needs_a_host_and_http_1_0_does_not(server) -> None:
    assert statuses(server.raw(b"GET /health HTTP/1.1\r\n\r\n")) == [400]
    old = server.raw(b"GET /health HTTP/1.0\r\n\r\n")
    assert statuses(old) == [200]
    assert b"connection: close" in old
    assert statuses(server.raw(b"POST /login/code HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) == [400]


@pytest.mark.parametrize(
    "head",
    [
        b"X: " + b"a" * 9000,
        b"X: " + b"a" * 100_000,
        b"\r\n".join(b"X%d: a" % i for i in range(200)),
        b"\r\n".join(b"X%d: %s" % (i, b"a" * 200) for i in range(60)),
    ],
    ids=len,
)
def test_a_header_that_is_too_large_is_431(server, head: bytes) -> None:
    assert statuses(server.raw(b"GET /health HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")) == [431]


def test_a_header_that_trickles_in_line_by_line_is_bounded_too(server) -> None:
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        while sent < 2_000_000 and not select.select([connection], [], [], 0.0005)[0]:
            sent += connection.send(b"X: " + b"a" * 100 + b"\r\n")
        assert statuses(connection.recv(65536)) == [431]
        assert sent < 1_000_000


def test_a_target_that_is_too_long_is_431(server) -> None:
    assert statuses(server.raw(b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")) == [431]


@pytest.mark.parametrize("length", [b"1000000000000", b"20000"])
def test_an_announced_body_over_the_cap_is_413_without_waiting_for_all_of_it(server, length: bytes) -> None:
    answer = server.raw(START + b"Content-Length: " + length + b"\r\n\r\n" + b" " * 17_000)
    assert statuses(answer) == [413]
    assert b'"error":"bad.request"' in answer


def test_a_chunked_body_over_the_cap_is_413(server) -> None:
    assert statuses(server.raw(START + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(*[b" " * 1000] * 30))) == [413]


def test_a_chunked_body_is_one_body(server) -> None:
    answer = server.raw(START + b"Transfer-Encoding: CHUNKED\r\n\r\n" + chunked(BODY[:10], BODY[10:11], BODY[11:]) + HEALTH)
    assert statuses(answer) == [401, 200]


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\n",
        b"-1\r\n",
        b"FFFFFFFFFFFFFFFFF\r\n",
        b"4\r\nabcdX\r\n0\r\n\r\n",
        b"4;" + b"x" * 100_000,
        b"0\r\n" + b"X: y\r\n" * 50_000,
    ],
    ids=lambda b: repr(b[:12]),
)
def test_a_broken_chunk_is_refused(server, body: bytes) -> None:
    (status,) = statuses(server.raw(START + b"Transfer-Encoding: chunked\r\n\r\n" + body))
    assert status in (400, 431)


def test_a_trailer_is_no_header(server) -> None:
    secret = json.dumps(
        {
            "client_id": "checkout6RTgadK4WdIcamPX2yOTQUuO",
            "client_secret": "not-a-real-secret-of-checkout",
            "connection": "email",
            "email": "ada@example.com",
        }
    ).encode()
    chunks = chunked(secret)[:-2] + b"auth0-forwarded-for: 198.51.100.7\r\n\r\n"
    assert statuses(server.raw(START + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)) == [200]
    assert {record["ip"] for record in server.logs()} == {"127.0.0.1"}


def test_pipelined_requests_are_answered_in_order(server) -> None:
    one = START + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
    assert statuses(server.raw(one + HEALTH + b"\r\n" + one + b"GET /nope HTTP/1.1\r\nHost: x\r\n\r\n" + HEALTH)) == [
        401,
        200,
        401,
        404,
        200,
    ]
    assert statuses(server.raw(HEALTH * 500)) == [200] * 500


def test_a_request_may_arrive_byte_by_byte(server) -> None:
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in START + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY:
            connection.sendall(bytes([byte]))
        assert statuses(connection.recv(65536)) == [401]


def test_a_client_that_waits_for_100_continue_gets_it(server) -> None:
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(START + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY))
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert statuses(connection.recv(65536)) == [401]


@pytest.mark.parametrize("sent", [b"G", START, START + b"Content-Length: 100\r\n\r\n{"], ids=["line", "header", "body"])
def test_a_request_that_does_not_come_to_its_end_is_408_while_others_are_served(launch, sent: bytes) -> None:
    server = launch("--request-timeout=1")
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(sent)
        assert server.call("GET", "/health").status == 200
        begun = time.monotonic()
        assert statuses(connection.recv(65536)) == [408]
        assert connection.recv(65536) == b""
        assert time.monotonic() - begun < 5


def test_a_trickle_does_not_prolong_the_time(launch) -> None:
    server = launch("--request-timeout=1")
    with socket.create_connection(server.address, timeout=0.1) as connection:
        begun = time.monotonic()
        answer = b""
        while not answer and time.monotonic() - begun < 8:
            connection.sendall(b"G")
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                continue
        assert statuses(answer) == [408]
        assert time.monotonic() - begun < 5


def test_many_idle_connections_do_not_keep_others_out(server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    connections = [socket.create_connection(server.address) for _ in range(1_100)]
    assert server.call("GET", "/health").status == 200
    for connection in connections:
        connection.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("gone", [HEALTH[:10], START + b"Content-Length: 10\r\n\r\n{", HEALTH * 50])
def test_a_client_that_leaves_early_harms_nobody(server, gone: bytes) -> None:
    connection = socket.create_connection(server.address)
    connection.sendall(gone)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nope", 404),
        ("DELETE", "/passwordless/start", 405),
        ("BREW", "/health", 405),
        ("TRACE", "/", 405),
        ("GET", "/passwordless/start", 405),
        ("GET", "/../etc/passwd", 404),
        ("GET", "//health", 404),
        ("GET", "/health/", 404),
        ("GET", "/login?client=%zz", 400),
        ("GET", "/login?client=%00", 400),
        ("GET", "/login?client=%ff", 400),
        ("GET", "/login?client=a&client=b", 400),
        ("GET", "http://anywhere/health", 200),
        ("OPTIONS", "*", 404),
    ],
)
def test_what_a_path_or_method_is_not_has_its_status(server, method: str, path: str, status: int) -> None:
    answer = server.raw(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert statuses(answer) == [status]
    if status == 405:
        assert b"\r\nallow: " in answer


def test_head_is_get_without_the_body(server) -> None:
    for path in ("/", "/health", "/login"):
        get, head = (server.call(method, path) for method in ("GET", "HEAD"))
        assert (head.status, head.body) == (get.status, b"")
        assert int(head.header("content-length") or 0) == len(get.body)
    assert server.call("HEAD", "/passwordless/start").status == 405
    assert statuses(server.raw(b"HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n" + HEALTH)) == [200, 200]
