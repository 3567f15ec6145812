"""The hosted login page: a transaction for a known application, bound to the browser, nothing of a request in the markup."""

import base64
import functools
import html
import json
import operator
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
MEMBERS = "membersAreaVYC8D5o91DkCkF1nt7WvI"
HOSTILE = "<script>alert(1)</script>\"'&{{nonce}}"


def opened(server, client_id: str = CHECKOUT, **headers: str) -> tuple[str, str, str]:
    """Where /authorize sends the browser, the state in it, and the cookie that goes with it."""
    answer = server.call(
        "GET", f"/authorize?client_id={client_id}&redirect_uri=https://shop.example/cb&state=mine", None, headers
    )
    assert answer.status == 302
    location = answer.header("location") or ""
    cookie = (answer.header("set-cookie") or "").split(";")[0]
    return location, parse_qs(urlsplit(location).query)["state"][0], cookie


def started(server, state: str, cookie: str | None, client_id: str = CHECKOUT, **headers: str) -> Any:
    given = {"origin": server.url} | ({"cookie": cookie} if cookie else {}) | headers
    return server.start(headers=given, client_id=client_id, authParams={"scope": "openid", "state": state})


@pytest.fixture
def enforced(launch):
    return launch(tenant="tenant-locked.json")


def test_a_start_that_forwards_the_pages_state_is_proved_where_everything_is_enforced(enforced) -> None:
    _, state, cookie = opened(enforced)
    assert started(enforced, state, cookie).status == 200
    assert enforced.logs("type:cls")[0]["details"]["authentication"] == "login_state"


@pytest.mark.parametrize(
    "change",
    [
        {"state": "x"},
        {"cookie": "startgate_transaction=AAAAAAAAAAAAAAAAAAAAAA"},
        {"client_id": MEMBERS},
        {"origin": "https://evil.example"},
        {"state": ""},
    ],
    ids=str,
)
def test_rfc6749_10_12_rfc9700_4_7_a_state_proves_nothing_elsewhere(enforced, change: dict[str, str]) -> None:
    _, state, cookie = opened(enforced)
    refused = started(enforced, **({"state": state, "cookie": cookie} | change))
    assert (refused.status, refused.json["error"]) == (403, "unauthorized_client")


def test_two_tabs_of_one_browser_share_the_cookie_and_both_work(enforced) -> None:
    _, first, cookie = opened(enforced)
    _, second, same = opened(enforced, cookie=f"other=1; {cookie}")
    assert same == cookie
    assert first != second
    assert [started(enforced, state, cookie).status for state in (first, second)] == [200, 200]


def test_rfc6749_10_10_the_cookie_has_128_bits_that_nobody_can_guess(server) -> None:
    values = [opened(server)[2].removeprefix("startgate_transaction=") for _ in range(60)]
    drawn = [int.from_bytes(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))) for value in values]
    ever_one = functools.reduce(operator.or_, drawn)
    always_one = functools.reduce(operator.and_, drawn)
    assert ever_one.bit_count() >= 128
    assert always_one == 0


@pytest.mark.parametrize(
    ("query", "status"), [("", 302), ("&prompt=x", 302), ("&state=", 302), ("&client_id=x", 400), ("&state=theirs", 400)]
)
def test_rfc6749_3_1_no_parameter_stands_twice_and_unknown_ones_are_ignored(server, query: str, status: int) -> None:
    mine = "" if query == "&state=" else "&state=mine"
    assert server.call("GET", f"/authorize?client_id={CHECKOUT}{mine}{query}").status == status


@pytest.mark.parametrize("planted", ["x", "A" * 21, "A" * 23, "AAAAAAAAAAAAAAAAAAAAA!", ""])
def test_a_cookie_that_is_none_of_ours_is_replaced(server, planted: str) -> None:
    assert opened(server, cookie=f"startgate_transaction={planted}")[2] != f"startgate_transaction={planted}"


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(server, launch) -> None:
    plain = server.call("GET", f"/authorize?client_id={CHECKOUT}").header("set-cookie") or ""
    assert plain.split("; ")[1:] == ["Path=/", "Max-Age=3600", "HttpOnly", "SameSite=Lax"]
    behind_tls = (
        launch(origin="https://login.acme.example").call("GET", f"/authorize?client_id={CHECKOUT}").header("set-cookie") or ""
    )
    assert behind_tls.split("; ")[1:] == ["Path=/", "Max-Age=3600", "HttpOnly", "SameSite=Lax", "Secure"]


def test_the_page_gets_the_config_of_classic_login_and_a_policy_that_keeps_it_ours(server) -> None:
    location, state, _ = opened(server)
    page = server.call("GET", location)
    config = json.loads(html.unescape(re.findall(r'data-config="([^"]*)"', page.body.decode())[0]))
    assert config["clientID"] == CHECKOUT
    assert config["internalOptions"] == {"scope": "openid", "state": state}
    policy = page.header("content-security-policy") or ""
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
    assert policy.startswith("default-src 'none'; ")
    assert set(re.findall(r'nonce="([^"]+)"', page.body.decode())) == {nonce}
    assert nonce not in server.call("GET", location).body.decode()
    assert re.findall(r"https?://", page.body.decode()) == [], "nothing is fetched from elsewhere"


@pytest.mark.parametrize("client_id", ["nobody", "", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "dealerTools%0d%0aset-cookie:x=1"])
def test_an_unknown_application_gets_a_page_that_repeats_nothing(server, client_id: str) -> None:
    for path in (f"/authorize?client_id={client_id}", f"/login?client={client_id}&state=x"):
        answer = server.call("GET", path)
        assert answer.status == 400
        assert answer.header("set-cookie") is None
        assert b"alert(1)" not in answer.body
        assert b"This sign-in cannot start" in answer.body


@pytest.mark.parametrize("state", ["", "%3Cb%3E", "a%22b", "x" * 300])
def test_a_page_without_a_state_of_the_right_shape_is_not_shown(server, state: str) -> None:
    assert server.call("GET", f"/login?client={CHECKOUT}&state={state}").status == 400


def test_opening_transactions_is_limited_by_address(launch) -> None:
    server = launch(policy={"limits": {"state_issue_per_address": {"count": 2, "period_s": 3600, "burst": 2}}})
    statuses = [server.call("GET", f"/authorize?client_id={CHECKOUT}").status for _ in range(3)]
    assert statuses == [302, 302, 429]


def test_without_a_keys_file_states_are_signed_with_a_key_of_this_run(launch, tmp_path) -> None:
    server = launch(keys="", tenant="tenant-locked.json")
    _, state, cookie = opened(server)
    assert state.startswith("sgs1.this-run.")
    assert started(server, state, cookie).status == 200


def test_an_application_named_in_markup_is_text_on_every_page(launch, tmp_path) -> None:
    clients = tmp_path / "clients.json"
    clients.write_text(json.dumps([{"client_id": "hostile", "name": HOSTILE, "app_type": "regular_web"}]))
    server = launch(applications=str(clients), keys="")
    for path in (opened(server, "hostile")[0], "/"):
        text = server.call("GET", path).body.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
