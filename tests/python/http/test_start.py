"""POST /passwordless/start over HTTP: the answer is the decision's own response, and the log tells what happened."""

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
import time
from typing import Any
from urllib.parse import quote

import pytest

CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
SECRET = "not-a-real-secret-of-checkout"  # noqa: S105
FRAMING = {"date", "content-length", "connection", "access-control-allow-origin", "access-control-expose-headers"}


def line(**body: Any) -> bytes:
    start = {"client_id": CHECKOUT, "connection": "email", "email": "ada@example.com", "send": "code"} | body
    headers = [["content-type", "application/json"]]
    return json.dumps(
        {"id": "r1", "at": "2026-11-24T10:00:00Z", "peer": "203.0.113.9", "headers": headers, "body": start}
    ).encode()


def decide(server, *lines: bytes) -> list[Any]:
    answer = server.manage("POST", "/v1/decide", b"\n".join(lines))
    assert answer.status == 200
    return [json.loads(one) for one in answer.body.splitlines()]


def test_vendor_profile_auth0_a_confidential_application_without_proof_gets_its_code_and_a_depnote(server) -> None:
    assert (server.start().status, server.start().json) == (200, {})
    (notice,) = server.logs("type:depnote AND description:*passwordless*")
    assert notice["client_name"] == "Checkout"
    assert notice["user_name"] == "ada@example.com"
    assert notice["ip"] == "127.0.0.1"
    assert notice["details"]["reason"] == "authentication_missing"
    assert notice["details"]["feature"]["id"] == "enforce_client_authentication_on_passwordless_start"


@pytest.mark.parametrize(
    "members",
    [{}, {"client_secret": SECRET}, {"client_secret": "wrong"}, {"client_id": "nobody"}, {"email": "x"}, {"send": 1}],
    ids=str,
)
def test_the_answer_is_the_response_of_the_decision_line(launch, members: dict[str, Any]) -> None:
    policy = {"enforcement": {"mode": "enforce"}}
    answer = launch(policy=policy, tenant="tenant-locked.json").start(**members)
    (decision,) = decide(launch(policy=policy, tenant="tenant-locked.json"), line(**members))
    expected = decision["response"]
    assert answer.status == expected["status"]
    assert answer.body == json.dumps(expected["body"], separators=(",", ":")).encode()
    own = [[name, value] for name, value in answer.headers if name not in FRAMING]
    moving = {"x-ratelimit-reset", "retry-after"}
    assert [h for h in own if h[0] not in moving] == [h for h in expected["headers"] if h[0] not in moving]
    assert [h[0] for h in own] == [h[0] for h in expected["headers"]]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "post"])
def test_rfc6749_3_2_a_start_is_a_post_and_nothing_else(server, method: str) -> None:
    members = {"client_id": CHECKOUT, "client_secret": SECRET, "connection": "email", "email": "ada@example.com"}
    answer = server.call(method, "/passwordless/start", members)
    assert (answer.status, answer.header("allow")) == (405, "POST, OPTIONS")
    assert server.outbox() == []


def test_rfc6749_2_3_1_credentials_in_the_uri_are_not_read(launch) -> None:
    server = launch(tenant="tenant-locked.json")
    body = {"client_id": CHECKOUT, "connection": "email", "email": "ada@example.com"}
    inside = f"client_id={CHECKOUT}&client_secret={SECRET}"
    refused = server.call("POST", f"/passwordless/start?{inside}", body)
    assert (refused.status, refused.json["error"]) == (403, "unauthorized_client")
    del body["client_id"]
    assert server.call("POST", f"/passwordless/start?{inside}", body).json["error"] == "bad.client_id"
    assert {record["details"]["reason"] for record in server.logs("type:f")} == {
        "authentication_missing",
        "request_client_id_missing",
    }


@pytest.mark.parametrize(("proxies", "status"), [("127.0.0.0/8", 200), ("10.0.0.0/8", 403)])
def test_rfc8705_6_5_the_certificate_of_a_proxy_that_ended_tls_counts_only_where_it_is_trusted(
    launch, tmp_path, proxies: str, status: int
) -> None:
    openssl = shutil.which("openssl")
    assert openssl, "openssl is missing: ./dev test installs it"
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(tmp_path / "key.pem")]
    made = subprocess.run([openssl, "req", "-x509", *key, "-subj", "/CN=checkout"], check=True, capture_output=True)
    pem = made.stdout.decode()
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"applications": {CHECKOUT: {"certificates": [pem]}}}))
    policy = {
        "client_address": {"trusted_proxies": [proxies], "header": "x-forwarded-for"},
        "client_authentication": {"certificate_header": {"name": "x-client-cert", "format": "nginx"}},
    }
    server = launch(policy=policy, tenant="tenant-locked.json", keys=str(keys))
    answer = server.start(headers={"x-client-cert": quote(pem), "x-forwarded-for": "203.0.113.9"})
    assert answer.status == status
    assert server.start(headers={"x-client-cert": quote(pem[:-40]), "x-forwarded-for": "203.0.113.9"}).status != 200


def signed(secret: str, **claims: Any) -> str:
    def encoded(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    signing_input = encoded(b'{"alg":"HS256"}') + "." + encoded(json.dumps(claims).encode())
    return signing_input + "." + encoded(hmac.digest(secret.encode(), signing_input.encode(), hashlib.sha256))


def test_a_full_replay_memory_is_503_with_a_retry_after(launch, tmp_path) -> None:
    secret = "not-a-real-secret-of-checkout-to-sign-with"  # noqa: S105
    keys = tmp_path / "keys.json"
    application = {"secrets": [{"value": secret}], "assertion_secret_algorithms": ["HS256"]}
    keys.write_text(json.dumps({"applications": {CHECKOUT: application}}))
    policy = {"limits": {"authentication_api": None}}
    server = launch("--clock", "lines", policy=policy, tenant="tenant-locked.json", keys=str(keys))

    def members(jwt_id: int) -> dict[str, str]:
        claims = {"iss": CHECKOUT, "sub": CHECKOUT, "aud": "https://acme.example/", "jti": str(jwt_id)}
        return {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": signed(secret, exp=int(time.time()) + 240, **claims),
        }

    # A minute from now, since room comes back with time.
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60)).encode()
    lines = [line(**members(i)).replace(b"2026-11-24T10:00:00Z", later) for i in range(4096)]
    for first in range(0, len(lines), 1024):
        assert {one["authentication"]["reason"] for one in decide(server, *lines[first : first + 1024])} == {"assertion_valid"}
    full = server.start(**members(4096))
    assert (full.status, full.json["error"]) == (503, "temporarily_unavailable")
    assert full.header("retry-after") == "1"
    assert server.logs("type:f")[0]["details"]["reason"] == "assertion_replay_memory_full"


def test_the_toggle_turns_a_notice_into_a_refusal_at_once_and_back(server) -> None:
    assert server.start().status == 200
    assert server.toggle(True).status == 200
    refused = server.start()
    assert (refused.status, refused.json["error"]) == (403, "unauthorized_client")
    assert server.start(client_secret=SECRET).status == 200
    assert server.toggle(False).json["flags"]["enforce_client_authentication_on_passwordless_start"] is False
    assert server.start().status == 200


def test_the_forwarded_address_counts_beside_the_secret_only(server) -> None:
    forwarded = {"auth0-forwarded-for": "198.51.100.7"}
    server.start(headers=forwarded, client_secret=SECRET)
    server.start(headers=forwarded)
    unproved, proved = server.logs("type:cls")
    assert (proved["ip"], proved["client_ip"]) == ("198.51.100.7", "127.0.0.1")
    assert unproved["ip"] == "127.0.0.1"
    assert "client_ip" not in unproved


def test_a_duplicated_header_reaches_the_decision_twice(server) -> None:
    body = json.dumps(
        {"client_id": CHECKOUT, "client_secret": SECRET, "connection": "email", "email": "ada@example.com"}
    ).encode()
    head = b"POST /passwordless/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    twice = b"Auth0-Forwarded-For: 198.51.100.7\r\nX-Other: 1\r\nAuth0-Forwarded-For: 198.51.100.8\r\n\r\n"
    assert b"200 OK" in server.raw(head + twice + body)
    assert server.logs("type:cls")[0]["ip"] == "127.0.0.1"


def test_what_was_let_through_lies_in_the_outbox_and_what_was_refused_does_not(server) -> None:
    server.start(send="code")
    server.start(send="link")
    server.start(connection="sms", email=None, phone_number="+4915112345678")
    server.start(client_id="nobody")
    text, link, code = server.outbox()
    assert (text["to"], text["connection"]) == ("+4915112345678", "sms")
    assert code["code"].isdigit()
    assert len(code["code"]) == 6
    assert link["link"].startswith(server.url + "/login/link?ticket=")
    path = link["link"].removeprefix(server.url)
    assert b"Signed in" in server.call("GET", path).body
    assert b"used before" in server.call("GET", path).body


def test_a_code_is_good_once_and_for_three_tries(server) -> None:
    def check(code: str) -> str:
        return str(
            server.call("POST", "/login/code", {"client_id": CHECKOUT, "to": "Ada@example.com", "code": code}).json["result"]
        )

    server.start()
    assert check("no") == "wrong"
    code = server.outbox()[0]["code"]
    assert [check(code), check(code)] == ["right", "used_up"]
    server.start()
    assert [check("no"), check("no"), check("no"), check(server.outbox()[0]["code"])] == ["wrong", "wrong", "wrong", "used_up"]


def test_decide_answers_line_for_line_also_what_it_cannot_read_and_sends_nothing(server) -> None:
    first, unreadable, unknown = decide(server, line(), b"nonsense \xff", line(client_id="nobody"))
    assert (first["id"], first["outcome"], first["client_ip"]["address"]) == ("r1", "notice", "203.0.113.9")
    assert unreadable["reason"] == "request_unreadable_line"
    assert unknown["reason"] == "application_unknown"
    assert server.outbox() == []
    assert {record["ip"] for record in server.logs()} == {"203.0.113.9"}


def test_a_body_over_the_cap_of_the_policy_is_413_and_told_to_the_log(launch) -> None:
    server = launch(policy={"request": {"max_body_bytes": 300}})
    answer = server.start(padding="x" * 300)
    assert (answer.status, answer.json["error"]) == (413, "bad.request")
    assert server.logs("type:f")[0]["details"]["reason"] == "request_too_large"
    assert server.start().status == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"a":1,"a":2}', b"[" * 4000, b'{"client_id":"\xed\xa0\x80"}', b"null"]
)
def test_what_is_no_request_body_is_400_with_a_reason_in_the_log(server, body: bytes) -> None:
    answer = server.call("POST", "/passwordless/start", body, {"content-type": "application/json"})
    assert (answer.status, answer.json["error"]) == (400, "bad.request")
    assert server.logs("type:f")[0]["details"]["reason"].startswith("request_")


def test_rfc6585_4_the_address_limit_answers_429_with_integers_and_a_retry_after(launch) -> None:
    server = launch(policy={"limits": {"start_per_address": {"count": 2, "period_s": 3600, "burst": 2}}})
    assert [server.start().status for _ in range(3)] == [200, 200, 429]
    refused = server.start()
    assert refused.json["error"] == "too_many_requests"
    assert refused.json["error_description"]
    assert refused.header("cache-control") == "no-store"
    assert int(refused.header("retry-after") or "") > 0
    assert int(refused.header("x-ratelimit-reset") or "") > 1_700_000_000
    assert server.start(client_secret=SECRET).status == 200
