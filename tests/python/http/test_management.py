"""What the bearer token opens: the tenant log's search, the toggle, the outbox and the decisions for gateways."""

import json

import pytest

TOGGLE = "enforce_client_authentication_on_passwordless_start"
LOCK = "cannot_change_" + TOGGLE
SETTINGS = "/api/v2/tenants/settings"
PATHS = [("GET", "/api/v2/logs"), ("GET", SETTINGS), ("PATCH", SETTINGS), ("GET", "/outbox"), ("POST", "/v1/decide")]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_without_the_token_there_is_nothing_to_see(server, method: str, path: str) -> None:
    for authorization in (
        {},
        {"authorization": "Bearer "},
        {"authorization": f"Basic {server.token}"},
        {"authorization": f"Bearer {server.token}x"},
        {"authorization": f"Bearer {server.token[:-1]}"},
        {"authorization": server.token},
    ):
        answer = server.call(method, path, b"{}", authorization)
        assert (answer.status, answer.json["statusCode"]) == (401, 401)
        assert (answer.header("www-authenticate") or "").startswith("Bearer")
    assert server.manage(method, path, b"{}").status in (200, 400)


def test_two_authorization_headers_open_nothing(server) -> None:
    head = f"GET /outbox HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\n"
    assert b"200 OK" in server.raw(head.encode() + b"\r\n")
    assert b"401 Unauthorized" in server.raw(head.encode() + b"Authorization: Bearer x\r\n\r\n")


def test_the_logs_are_searched_newest_first_by_page(server) -> None:
    for number in range(5):
        server.start(email=f"user{number}@example.com")
    assert [r["user_name"][4] for r in server.logs("type:cls", per_page=2)] == ["4", "3"]
    assert [r["user_name"][4] for r in server.logs("type:cls", per_page=2, page=2)] == ["0"]
    assert [r["user_name"][4] for r in server.logs("type:cls", sort="date:1", per_page=2)] == ["0", "1"]
    assert server.logs('user_name:"user3@example.com" AND type:cls')[0]["user_name"] == "user3@example.com"
    totals = server.logs("type:cls", per_page=2, page=1, include_totals="true")
    assert {k: totals[k] for k in ("start", "limit", "length", "total")} == {"start": 2, "limit": 2, "length": 2, "total": 5}
    assert server.logs("type:nothing") == []


def test_the_logs_are_read_by_checkpoint_each_record_once(server) -> None:
    for number in range(5):
        server.start(email=f"user{number}@example.com")
    everything = [r["log_id"] for r in server.logs(sort="date:1", per_page=100)]
    assert everything == sorted(set(everything))
    read: list[str] = []
    path: str | None = "/api/v2/logs?take=2"
    while path:
        answer = server.manage("GET", path)
        read += [record["log_id"] for record in answer.json]
        link = answer.header("link")
        path = link[1 : link.index(">")].removeprefix(server.url) if link else None
    assert read == everything
    assert server.manage("GET", f"/api/v2/logs?from={everything[2]}").json[0]["log_id"] == everything[3]


@pytest.mark.parametrize(
    "query",
    [
        "q=type%3A",
        "q=unknown%3Ax",
        "q=%28",
        "page=-1",
        "page=x",
        "per_page=0",
        "per_page=101",
        "sort=ip%3A1",
        "include_totals=1",
        "fields=ip",
        "take=5&q=x",
        "from=1&page=2",
    ],
)
def test_a_search_that_is_not_understood_is_400_with_the_reason(server, query: str) -> None:
    answer = server.manage("GET", "/api/v2/logs?" + query)
    assert (answer.status, answer.json["error"]) == (400, "Bad Request")
    assert answer.json["message"]


def test_the_settings_show_the_toggle_and_its_lock(server) -> None:
    assert server.manage("GET", SETTINGS).json == {"flags": {TOGGLE: False, LOCK: False}}
    assert server.toggle(True).json == {"flags": {TOGGLE: True, LOCK: False}}
    assert server.manage("GET", SETTINGS).json["flags"][TOGGLE] is True


@pytest.mark.parametrize(
    "patch",
    [
        "",
        "[]",
        "{}",
        '{"flags":[]}',
        '{"flags":{}}',
        f'{{"flags":{{"{TOGGLE}":1}}}}',
        f'{{"flags":{{"{TOGGLE}":null}}}}',
        '{"flags":{"other":true}}',
        f'{{"flags":{{"{TOGGLE}":true,"other":true}}}}',
        f'{{"flags":{{"{TOGGLE}":true}},"friendly_name":"x"}}',
        f'{{"flags":{{"{TOGGLE}":true,"{TOGGLE}":false}}}}',
    ],
)
def test_a_patch_that_would_only_half_take_effect_is_refused_whole(server, patch: str) -> None:
    assert server.manage("PATCH", SETTINGS, patch.encode(), {"content-type": "application/json"}).status == 400
    assert server.manage("GET", SETTINGS).json["flags"][TOGGLE] is False


def test_a_patch_has_to_be_json(server) -> None:
    text = json.dumps({"flags": {TOGGLE: True}}).encode()
    assert server.manage("PATCH", SETTINGS, text, {"content-type": "text/plain"}).status == 415


def test_a_locked_toggle_stays_and_says_why(launch) -> None:
    server = launch(tenant="tenant-locked.json")
    refused = server.toggle(False)
    assert refused.status == 403
    assert LOCK in refused.json["message"]
    assert server.start().status == 403
    assert server.toggle(True).status == 200, "what it is already may be said again"


def test_a_person_without_the_token_gets_the_page_that_asks_for_it(server) -> None:
    server.start()
    page = server.call("GET", "/outbox", None, {"accept": "text/html,*/*;q=0.8"})
    assert page.status == 401
    assert b"<form" in page.body
    assert server.outbox()[0]["code"].encode() not in page.body
