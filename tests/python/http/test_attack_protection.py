"""What happens after a start: who types wrong codes is held back, and nobody else is, over real sockets."""

import json
from typing import Any

import pytest

CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
CHECKOUT_SECRET = "not-a-real-secret-of-checkout"  # noqa: S105
PROXY = "203.0.113.1"
ATTACKER, ELSEWHERE = "198.51.100.7", "192.0.2.44"


@pytest.fixture(params=["tenant.json", "tenant-locked.json"], ids=["notice", "enforce"])
def behind_proxy(launch, request) -> Any:
    """A server that believes what this machine says in x-forwarded-for, in notice and in enforce mode."""
    client_address = {"trusted_proxies": ["127.0.0.1/32"], "header": "x-forwarded-for"}
    limits = {"start_per_address": None}
    return launch(policy={"client_address": client_address, "limits": limits}, tenant=request.param)


def start(server, address: str = ATTACKER, email: str = "ada@example.com") -> Any:
    return server.start({"x-forwarded-for": address}, email=email, client_secret=CHECKOUT_SECRET)


def code_for(server, email: str) -> str:
    return next(m["code"] for m in server.outbox() if m["to"] == email)


def log_in(server, code: str, address: str = ATTACKER, email: str = "ada@example.com") -> Any:
    body = {"client_id": CHECKOUT, "to": email, "code": code}
    return server.call("POST", "/login/code", body, {"x-forwarded-for": address})


def fail(server, times: int, address: str = ATTACKER, email: str = "ada@example.com") -> None:
    for _ in range(times):
        log_in(server, "never", address, email)


def test_ten_wrong_codes_hold_that_recipient_back_at_that_address_and_nobody_else(behind_proxy) -> None:
    server = behind_proxy
    assert start(server).status == 200
    fail(server, 9)
    assert start(server).status == 200
    fail(server, 1)
    refused = start(server)
    assert (refused.status, refused.json["error"]) == (429, "too_many_attempts")
    assert refused.header("retry-after") is None, "it would tell whose bucket is used up"
    assert log_in(server, code_for(server, "ada@example.com")).status == 429, "not even the right code helps there"
    assert start(server, email="grace@example.com").status == 200, "other users of the same address"
    assert start(server, ELSEWHERE).status == 200, "the user, from elsewhere"
    assert log_in(server, code_for(server, "ada@example.com"), ELSEWHERE).json == {"result": "right"}
    assert [record["type"] for record in server.logs("type:limit_wc")] == ["limit_wc"]


def test_a_login_clears_what_was_counted_for_it(behind_proxy) -> None:
    start(behind_proxy)
    fail(behind_proxy, 9)
    start(behind_proxy)  # three wrong tries end a code
    assert log_in(behind_proxy, code_for(behind_proxy, "ada@example.com")).json == {"result": "right"}
    fail(behind_proxy, 9)
    assert start(behind_proxy).status == 200


def test_a_hundred_failed_logins_throttle_the_forwarded_address_and_not_its_proxy(behind_proxy) -> None:
    for i in range(100):
        fail(behind_proxy, 1, email=f"user{i}@example.com")
    assert start(behind_proxy, email="somebody@example.com").json["error"] == "too_many_attempts"
    assert behind_proxy.call("GET", "/login/link?ticket=x", None, {"x-forwarded-for": ATTACKER}).status == 429
    assert start(behind_proxy, ELSEWHERE, email="somebody@example.com").status == 200


def test_wrong_links_count_for_the_address_that_opened_them(behind_proxy) -> None:
    for _ in range(100):
        behind_proxy.call("GET", "/login/link?ticket=guess", None, {"x-forwarded-for": ATTACKER})
    assert start(behind_proxy).status == 429
    assert start(behind_proxy, ELSEWHERE).status == 200


def test_first_sign_ins_count_as_sign_ups(launch) -> None:
    stage = {"max_attempts": 2, "rate": 3_600_000}
    throttling = {"enabled": True, "shields": ["block"], "allowlist": [], "stage": {"pre-user-registration": stage}}
    server = launch(policy={"attack_protection": {"suspicious_ip_throttling": throttling}})
    for email in ("ada@example.com", "ada@example.com", "grace@example.com"):
        assert server.start(email=email, client_secret=CHECKOUT_SECRET).status == 200
        assert log_in(server, code_for(server, email), email=email).json == {"result": "right"}
    refused = server.start(email="mary@example.com", client_secret=CHECKOUT_SECRET)
    assert refused.json["error"] == "too_many_attempts"


def reports(*events: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def test_a_host_that_checks_codes_itself_reports_what_came_of_them(behind_proxy) -> None:
    failed = {"event": "failed_login", "address": ATTACKER, "recipient": "Ada@Example.com"}
    assert behind_proxy.manage("POST", "/v1/report", reports(*[failed] * 10)).status == 204
    assert start(behind_proxy).status == 429
    assert start(behind_proxy, ELSEWHERE).status == 200
    login = failed | {"event": "login"}
    assert behind_proxy.manage("POST", "/v1/report", reports(login)).status == 204
    assert start(behind_proxy).status == 200


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"event": "logout", "address": ATTACKER}, "report:2: event: expected `failed_login`, `login` or `sign_up`"),
        ({"address": ATTACKER}, "report:2: event: expected `failed_login`, `login` or `sign_up`"),
        ({"event": "login", "address": "localhost"}, "report:2: address: expected the IP address that it came from"),
        ({"event": "failed_login", "recipient": "a@b.example"}, "report:2: address: expected the IP address"),
        ({"event": "login", "address": ATTACKER}, "report:2: recipient: expected who it was that logged in"),
        ({"event": "sign_up", "adress": ATTACKER}, "report:2: "),
        ([], "report:2: expected an object"),
    ],
    ids=str,
)
def test_a_report_that_is_wrong_is_named_and_nothing_is_counted(behind_proxy, wrong: Any, told: str) -> None:
    failed = {"event": "failed_login", "address": ATTACKER, "recipient": "ada@example.com"}
    answer = behind_proxy.manage("POST", "/v1/report", reports(failed, wrong, *[failed] * 10))
    assert answer.status == 400
    assert answer.json["message"].startswith(told)
    assert start(behind_proxy).status == 200


def test_the_servers_clock_counts_and_not_the_time_of_a_line(behind_proxy) -> None:
    failed = {"event": "failed_login", "address": ATTACKER, "recipient": "ada@example.com"}
    assert behind_proxy.manage("POST", "/v1/report", reports(failed | {"at": "2036-01-01T00:00:00Z"})).status == 204
    assert start(behind_proxy).status == 200
    behind_proxy.manage("POST", "/v1/report", reports(*[failed] * 9))
    assert start(behind_proxy).status == 429
    behind_proxy.manage("POST", "/v1/report", reports(failed | {"at": "2020-01-01T00:00:00Z"}))
    assert start(behind_proxy).status == 429, "a late report forgives nothing"


def test_a_line_of_decide_brings_no_time_of_its_own_unless_that_is_asked_for(launch) -> None:
    limits = {"start_per_address": {"count": 2, "period_s": 3600, "burst": 2}, "authentication_api": None}
    body = {"client_id": "membersAreaVYC8D5o91DkCkF1nt7WvI", "connection": "email", "email": "ada@example.com"}

    def denied(server: Any, *times: str) -> list[bool]:
        lines = reports(*[{"at": at, "peer": ATTACKER, "headers": [], "body": body} for at in times])
        answer = server.manage("POST", "/v1/decide", lines)
        return [json.loads(line)["outcome"] == "deny" for line in answer.body.splitlines()]

    times = ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z", "2026-01-01T20:00:00Z", "2020-01-01T10:00:00Z")
    assert denied(launch(policy={"limits": limits}), *times) == [False, False, True, True]
    assert denied(launch("--clock", "lines", policy={"limits": limits}), *times)[:3] == [False, False, False]


def test_only_who_has_the_token_may_report(behind_proxy) -> None:
    failed = {"event": "failed_login", "address": ATTACKER, "recipient": "ada@example.com"}
    assert behind_proxy.call("POST", "/v1/report", reports(*[failed] * 10)).status == 401
    assert start(behind_proxy).status == 200
