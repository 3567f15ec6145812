"""Law 13 over HTTP, `no_secret_leaves`, and no injection: what a caller writes comes out as text, a credential not at all."""

import base64
import json

import pytest

CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
SECRETS = {
    "client_secret": "not-a-real-secret-marker-body",
    "client_assertion": "not-a-real-marker.assertion.x",
    "authParams": {"state": "not-a-real-state-marker"},
    "state": "not-a-real-top-level-marker",
}
HEADERS = {
    "authorization": "Basic " + base64.b64encode(f"{CHECKOUT}:not-a-real-secret-marker-basic".encode()).decode(),
    "cookie": "startgate_transaction=not-a-real-cookie-mark",
}
HOSTILE = "<script>\x1b[31m[link=x]\u009b2J\u202e\r"


def test_no_secret_leaves(launch) -> None:
    server = launch(policy={"enforcement": {"mode": "notice"}})
    for members in (SECRETS, {"client_secret": SECRETS["client_secret"]}, {}):
        server.start(headers=HEADERS, **members)
        server.start(**members)
    server.start(send="link", client_secret="not-a-real-secret-of-checkout")
    location = server.call("GET", f"/authorize?client_id={CHECKOUT}").header("location") or ""
    code = next(m["code"] for m in server.outbox() if "code" in m)
    ticket = next(m["link"] for m in server.outbox() if "link" in m).split("=")[1]
    outbox, logs = json.dumps(server.outbox()), json.dumps(server.logs(per_page=100))
    _, said = server.stop()
    written = server.log.read_text()
    assert written.count("\n") > 5
    credentials = [text for text in (*SECRETS.values(), *HEADERS.values()) if isinstance(text, str)]
    credentials += ["not-a-real", HEADERS["authorization"].removeprefix("Basic "), location.split("state=")[1]]
    for credential in credentials:
        for place in (outbox, logs, written, said.decode().replace(server.token, "")):
            assert credential not in place
    for delivered in (f'"{code}"', ticket):
        for place in (logs, written, said.decode()):
            assert delivered not in place
    assert server.token not in written


def test_what_a_caller_writes_is_text_in_the_log_the_outbox_and_every_header(server) -> None:
    body = {"client_id": HOSTILE, "connection": "email", "email": "a<b@example.com", "send": HOSTILE}
    raw = json.dumps(body).encode()
    head = b"POST /passwordless/start HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n" % len(raw)
    agent = b"User-Agent: <script>[link=x]\xc2\x9b2J\xe2\x80\xae\xff\r\n\r\n"
    answer = server.raw(head + agent + raw)
    assert b"<script" not in answer
    server.stop()
    written = server.log.read_bytes()
    assert written.count(b"\n") == 1
    assert written.isascii()
    assert b"\x1b" not in written
    assert json.loads(written)["client_id"] == HOSTILE
    assert json.loads(written)["user_agent"] == "<script>[link=x]\u009b2J\u202e\ufffd"


@pytest.mark.parametrize("byte", [b"\x1b", b"\x00", b"\x07", b"\r", b"\n", b"\x7f"])
def test_a_control_in_a_header_is_refused_before_anybody_reads_it(server, byte: bytes) -> None:
    answer = server.raw(b"GET /health HTTP/1.1\r\nHost: x\r\nUser-Agent: a" + byte + b"b\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_user_agent_of_kilobytes_does_not_fill_the_log(server) -> None:
    server.start(headers={"user-agent": "a" * 6000})
    assert len(server.logs("type:cls")[0]["user_agent"]) == 512
