"""The commands that decide, explain and replay, as a person at a shell uses them."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from startgate.cli import main

TENANT = Path(__file__).parents[2] / "examples" / "tenant"
FILES = ["-a", str(TENANT / "clients.json"), "-k", str(TENANT / "keys.json"), "-p", str(TENANT / "policy.json")]
REQUESTS, LOGS = str(TENANT / "requests.ndjson"), str(TENANT / "logs.ndjson.gz")
CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
MEMBERS = "membersAreaVYC8D5o91DkCkF1nt7WvI"


def request(**body: object) -> str:
    start = {"client_id": CHECKOUT, "connection": "email", "email": "ada@example.com", **body}
    return json.dumps({"id": "r1", "at": "2026-11-24T10:00:00Z", "peer": "203.0.113.9", "headers": [], "body": start})


def test_decide_answers_every_line_in_order_and_keeps_buckets_between_them(feed, capsys):
    feed("\n".join([request(), "not json", request(client_secret="not-a-real-secret-of-checkout")]) + "\n")
    assert main(["decide", *FILES]) == 1
    first, unreadable, proved = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["outcome"], first["reason"]) == ("notice", "authentication_missing")
    assert (unreadable["outcome"], unreadable["reason"]) == ("deny", "request_unreadable_line")
    assert (proved["outcome"], proved["reason"]) == ("allow", "allowed_authenticated")
    assert [limit["remaining"] for limit in proved["limits"]] == [98]


def test_refusals_alone_are_no_findings_of_decide(feed, capsys):
    feed(request(client_id="nobody"))
    assert main(["decide", *FILES]) == 0
    assert json.loads(capsys.readouterr().out)["reason"] == "application_unknown"


def test_a_body_that_is_no_utf_8_is_answered_and_nothing_is_lost(feed, capsys):
    feed(b'{"id":"r1","body":"\xff"}\n' + request().encode())
    assert main(["decide", *FILES]) == 0, "the line can be read; its body is what is wrong"
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["id"], first["reason"], first["response"]["status"]) == ("r1", "request_malformed", 400)
    assert second["outcome"] == "notice"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{\n  "enforcement": {"mode": "on"}\n}', ":2: enforcement.mode: expected `off`, `notice`, `warn` or `enforce`"),
        (
            '{"limits": {"start_per_address": {"count": 0, "period_s": 1}}}',
            ":1: limits.start_per_address.count: expected a whole number",
        ),
        ('{\n"client_address": {\n"trusted_proxies": ["10.0.0.1/8"]}}', ":3: client_address.trusted_proxies: `10.0.0.1/8`"),
        (
            '{\n"store": {\n"url": "http://:not-a-real-password@127.0.0.1"}}',
            ":3: store.url: expected `redis://[user[:password]@]host",
        ),
        ('{"polcy": 1}', ":1: polcy: unknown member"),
        ('{"issuer": "https://a.example/",}', ":1: not valid JSON"),
    ],
)
def test_a_wrong_policy_names_file_line_and_member(tmp_path, capsys, text, told):
    policy = tmp_path / "policy.json"
    policy.write_text(text)
    assert main(["decide", "-a", str(TENANT / "clients.json"), "-p", str(policy)]) == 2
    error = capsys.readouterr().err
    assert f"{policy}{told}" in error
    assert error.count("\n") == 1


def test_explain_tells_a_person_who_why_and_the_fix(feed, capsys):
    feed(request())
    assert main(["explain", *FILES]) == 1
    shown = capsys.readouterr().out
    assert "Checkout" in shown
    assert "enforcement would refuse it" in shown
    assert "send the application's client_secret in the JSON body (send_client_secret)" in shown


def test_explain_says_why_the_walk_stopped_and_which_headers_had_no_say(feed, capsys, tmp_path):
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"issuer": "https://acme.example/", "client_address": {"trusted_proxies": ["203.0.113.0/24"]}}))
    headers = [["x-forwarded-for", "unknown"], ["x-real-ip", "6.6.6.6"], ["auth0-forwarded-for", "198.51.100.7"]]
    line = {**json.loads(request()), "peer": "203.0.113.9", "headers": headers}
    feed(json.dumps(line))
    main(["explain", *FILES[:4], "-p", str(policy)])
    shown = " ".join(capsys.readouterr().out.split())
    assert "connection 203.0.113.9, from peer: " in shown
    assert "ignored x-real-ip, auth0-forwarded-for" in shown


def test_explain_reads_a_deprecation_notice_and_joins_it_by_name(feed, capsys):
    notice = {
        "type": "depnote",
        "date": "2026-11-20T08:00:00.000Z",
        "client_id": None,
        "client_name": "Payments",
        "ip": "203.0.113.7",
    }
    feed(json.dumps(notice))
    assert main(["explain", *FILES, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["explanation"]["application_name"] == "Payments"
    assert answer["decision"]["fix"]["code"] == "sign_client_assertion"


def test_a_hostile_application_name_stays_text(feed, capsys):
    feed(request(client_id="guestbookusZ81HY5me2hfGuK96Xt297"))
    main(["explain", *FILES])
    shown = capsys.readouterr().out
    assert "\x1b]8" not in shown
    assert "\x1b[31m" not in shown
    assert "\u202e" not in shown
    assert "[link=https://evil.example]" in shown


def test_a_state_that_was_issued_is_valid_for_its_application_alone(feed, capsys):
    issued = ["--application", MEMBERS, "--at", "2026-11-24T10:00:00Z", "--transaction", "t1"]
    assert main(["state", "issue", *FILES, *issued]) == 0
    state = capsys.readouterr().out.strip()
    assert main(["state", "issue", *FILES, *issued]) == 0
    assert capsys.readouterr().out.strip() == state

    feed(state)
    assert main(["state", "check", *FILES, *issued]) == 0
    assert json.loads(capsys.readouterr().out)["expires_at"] == "2026-11-24T11:00:00.000Z"
    feed(state)
    assert main(["state", "check", *FILES, "--application", CHECKOUT, "--at", "2026-11-24T10:00:00Z"]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "state_other_application"
    feed(state)
    assert main(["state", "check", *FILES, "--application", MEMBERS, "--at", "2026-11-24T11:00:01Z"]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "state_expired"


def test_a_start_with_the_pages_state_passes_enforcement(feed, capsys):
    assert main(["state", "issue", *FILES, "--application", MEMBERS, "--at", "2026-11-24T09:59:00Z"]) == 0
    state = capsys.readouterr().out.strip()
    feed(request(client_id=MEMBERS, authParams={"state": state}))
    assert main(["decide", *FILES]) == 0
    decision = json.loads(capsys.readouterr().out)
    assert decision["authentication"]["method"] == "login_state"
    assert decision["would_be"] == "allow"
    assert state not in json.dumps(decision)


@pytest.mark.parametrize("profile", ["auth0", "hardened"])
def test_a_printed_profile_is_a_policy_that_loads(tmp_path, capsys, profile):
    assert main(["policy", "--profile", profile]) == 0
    policy = tmp_path / "policy.json"
    policy.write_text(capsys.readouterr().out)
    assert main(["replay", str(TENANT / "requests.ndjson"), *FILES[:4], "-p", str(policy), "--against", str(policy)]) == 0


def test_same_policy_empty_diff_and_enforcing_flips_the_unproved(capsys):
    requests, notice, enforced = (str(TENANT / name) for name in ("requests.ndjson", "policy.json", "policy-enforced.json"))
    assert main(["replay", requests, *FILES[:4], "-p", notice, "--against", enforced, "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert {(flip["from"], flip["to"]) for flip in result["flips"]} == {("notice", "deny")}
    assert CHECKOUT in {flip["client_id"] for flip in result["flips"]}
    assert result["order_dependent_flips"] == []


def test_a_flip_that_depends_on_the_calls_before_it_is_kept_apart_from_one_of_a_rule(tmp_path, capsys):
    lines = [request() for _ in range(5)] + [request(client_id="nobody"), request(client_secret="not-a-real-secret-of-checkout")]
    (tmp_path / "requests.ndjson").write_text("\n".join(lines))
    roomy, tight = tmp_path / "roomy.json", tmp_path / "tight.json"
    roomy.write_text("{}")
    tight.write_text('{"limits": {"start_per_address": {"count": 3, "period_s": 3600}}}')
    command = ["replay", str(tmp_path / "requests.ndjson"), *FILES[:4], "-p", str(roomy), "--against"]
    assert main([*command, str(tight), "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert result["flips"] == []
    [flip] = result["order_dependent_flips"]
    assert (flip["from"], flip["to"], flip["reason"], flip["count"]) == ("notice", "deny", "limit_start_per_address", 2)
    assert result["policies"][1]["refusals_by_limit"] == {"limit_start_per_address": 2}

    tight.write_text('{"enforcement": {"mode": "enforce"}, "limits": {"start_per_address": {"count": 3, "period_s": 3600}}}')
    assert main([*command, str(tight), "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    by_rule, by_order = result["flips"], result["order_dependent_flips"]
    assert sum(flip["count"] for flip in by_rule + by_order) == 5
    assert {flip["reason"] for flip in by_rule} == {"authentication_missing"}
    assert all(flip["reason"].startswith("limit_") for flip in by_order)


def through_pipes(arguments: list[str], pipes: dict[str, Path]) -> tuple[int, str, str]:
    """Runs a command at a shell that gives the named options as `<(cat FILE)`, which can be read once."""
    shown = " ".join(f"{option} <(cat {shlex.quote(str(path))})" for option, path in pipes.items())
    command = f"{shlex.quote(sys.executable)} -m startgate {shlex.join(arguments)} {shown}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["decide", REQUESTS], {"-p": "policy.json"}),
        (["replay", REQUESTS], {"-p": "policy.json", "--against": "policy-enforced.json"}),
        (["replay", REQUESTS, "--json"], {"-p": "policy.json", "--against": "policy-enforced.json"}),
        (["plan", LOGS, "--show-addresses"], {"-t": "tenant.json"}),
    ],
    ids=["decide", "replay", "replay --json", "plan"],
)
def test_every_file_may_be_a_pipe_since_it_is_read_once(arguments, extra):
    options = {"-a": "clients.json", **extra, **({} if arguments[0] == "plan" else {"-k": "keys.json"})}
    files = {option: TENANT / name for option, name in options.items()}
    plain = [*arguments, *(text for option, path in files.items() for text in (option, str(path)))]
    ended = subprocess.run([sys.executable, "-m", "startgate", *plain], capture_output=True, text=True, check=False, timeout=60)
    status, told, complaint = through_pipes(arguments, files)
    assert (status, complaint) == (ended.returncode, "")
    named = "|".join(re.escape(str(path)) for path in files.values())
    assert re.sub(r"/dev/fd/[0-9]+", "FILE", told) == re.sub(named, "FILE", ended.stdout)


def test_a_dash_is_standard_input_for_a_file_of_settings_as_well(feed, capsys, tmp_path):
    (tmp_path / "one").write_text(request())
    expected = main(["decide", str(tmp_path / "one"), *FILES]), capsys.readouterr().out
    feed((TENANT / "clients.json").read_text())
    assert (main(["decide", str(tmp_path / "one"), "-a", "-", *FILES[2:]]), capsys.readouterr().out) == expected


@pytest.mark.parametrize(
    "command",
    [
        ["decide", "-a", "-"],
        ["decide", "-", "-a", "-"],
        ["plan", "-a", "-"],
        ["plan", "-", "-", "-a", str(TENANT / "clients.json")],
        ["decide", REQUESTS, "-a", "-", "-k", "-"],
        ["diff", "-", "-"],
    ],
    ids=" ".join,
)
def test_standard_input_cannot_be_two_things_at_once(command, feed, capsys):
    feed((TENANT / "clients.json").read_text() if "-a" in command else "{}")
    if command[0] == "plan" and command[1] == "-":
        feed("")
    assert main(command) == 2
    assert capsys.readouterr().err == "startgate: standard input: it can be one thing only, and has been read already\n"


def test_a_first_refusal_without_a_time_is_named_by_its_request(tmp_path, capsys):
    line = json.loads(request(client_id="nobody"))
    del line["at"]
    (tmp_path / "requests").write_text(json.dumps(line))
    policies = ["-p", str(TENANT / "policy.json"), "--against", str(TENANT / "policy-enforced.json")]
    assert main(["replay", str(tmp_path / "requests"), *FILES[:2], *policies]) == 0
    shown = capsys.readouterr().out
    assert shown.count("1 refused; first refusal r1 (application_unknown)") == 2
    (tmp_path / "requests").write_text(request(client_id="nobody"))
    assert main(["replay", str(tmp_path / "requests"), *FILES[:2], *policies]) == 0
    assert "first refusal r1 at 2026-11-24T10:00:00Z (application_unknown)" in capsys.readouterr().out


def test_a_missing_file_is_one_line_and_status_two(capsys):
    assert main(["decide", "-a", "nowhere.json"]) == 2
    assert capsys.readouterr().err == "startgate: nowhere.json: No such file or directory\n"


def test_diff_lists_what_is_judged_otherwise_and_what_lies_outside_the_facts(tmp_path, capsys):
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text('{"profile": "auth0"}')
    after.write_text('{"enforcement": {"mode": "enforce"}, "limits": {"start_per_address": {"count": 10, "period_s": 3600}}}')
    assert main(["diff", str(before), str(after), "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert {group["cause"] for group in result["verdicts"]} >= {"proof_missing", "credential_refused"}
    outside = {member["member"]: (member["before"], member["after"]) for member in result["members"]}
    assert outside["limits.start_per_address.count"] == (50, 10)
    assert outside["limits.start_per_address.burst"] == (50, 10)
    assert set(outside) == {"limits.start_per_address.count", "limits.start_per_address.burst"}
    assert main(["diff", str(before), str(after)]) == 1
    assert "limits.start_per_address.count: 50 -> 10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"limits": {"start_per_address": None}}, {"limits.start_per_address.count": (50, None)}),
        ({"limits": {"sms_per_country": {"count": 5, "period_s": 60}}}, {}, {"limits.sms_per_country.count": (5, None)}),
        ({}, {"enforcement": {"applications": {"shop": "enforce"}}}, {"enforcement.applications.shop": (None, "enforce")}),
        ({}, {"client_address": {"trusted_proxies": ["10.0.0.0/8"]}}, {"client_address.trusted_proxies": ([], ["10.0.0.0/8"])}),
        (
            {"limits": {"start_per_identifier": {"count": 5, "period_s": 3600}}},
            {"limits": {"start_per_identifier": [{"count": 5, "period_s": 3600, "burst": 5}]}},
            {},
        ),
    ],
)
def test_a_member_that_differs_outside_the_facts_is_named(before, after, expected, tmp_path, capsys):
    for name, policy in (("before", before), ("after", after)):
        (tmp_path / name).write_text(json.dumps(policy))
    assert main(["diff", str(tmp_path / "before"), str(tmp_path / "after"), "--json"]) == (1 if expected else 0)
    result = json.loads(capsys.readouterr().out)
    assert result["verdicts"] == []
    found = {member["member"]: (member["before"], member["after"]) for member in result["members"]}
    assert expected.items() <= found.items()
    assert bool(found) is bool(expected)


@pytest.mark.parametrize(
    "same",
    [
        '{"profile": "auth0"}',
        '{"enforcement": {"mode": "notice"}}',
        '{"limits": {"start_per_address": {"count": 50, "period_s": 3600}}}',
        '{"limits": {"start_per_application": {"global": null, "groups": {}, "clients": {}}}}',
        '{"limits": {}, "attack_protection": {"suspicious_ip_throttling": {}}, "enforcement": {"applications": {}}}',
    ],
)
def test_policies_that_decide_alike_have_an_empty_diff(tmp_path, capsys, same):
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text("{}")
    after.write_text(same)
    assert main(["diff", str(before), str(after), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"verdicts": [], "members": []}


def diff(tmp_path: Path, capsys, before: str, after: str) -> dict[str, tuple[object, object]]:
    """The members outside the facts that differ: name to values before and after."""
    for name, text in (("before", before), ("after", after)):
        (tmp_path / name).write_text(text)
    main(["diff", str(tmp_path / "before"), str(tmp_path / "after"), "--json"])
    return {m["member"]: (m["before"], m["after"]) for m in json.loads(capsys.readouterr().out)["members"]}


def test_diff_lists_what_each_application_may_and_what_a_limit_leaves_unsaid_is_no_difference(tmp_path, capsys):
    stated = '{"count": 5, "period_s": 1, "burst": 5, "mode": "block", "unavailable": "local"}'
    before = f'{{"limits": {{"start_per_application": {{"clients": {{"shop": {stated}}}}}}}}}'
    after = '{"limits": {"start_per_application": {"global": {"count": 0}, "clients": {"shop": {"count": 5, "period_s": 1}}}}}'
    place = "limits.start_per_application"
    told = diff(tmp_path, capsys, before, after)
    assert told[f"{place}.global.count"] == (None, 0)
    assert [name for name in told if not name.startswith(f"{place}.global.")] == []
    logged = after.replace('"period_s": 1', '"period_s": 1, "mode": "log"')
    assert diff(tmp_path, capsys, after, logged) == {f"{place}.clients.shop.mode": ("block", "log")}


def test_diff_lists_the_plan_in_place_of_the_numbers_that_it_stands_for(tmp_path, capsys):
    told = diff(tmp_path, capsys, "{}", '{"limits": {"authentication_api": {"plan": "free"}}}')
    assert told["limits.authentication_api.plan"] == (None, "free")
    assert told["limits.authentication_api.count"] == (100, None)


def test_diff_shows_where_a_store_is_and_not_its_password(tmp_path, capsys):
    before, after = (json.dumps({"store": {"url": f"redis://:not-a-real-{word}@store.example"}}) for word in ("old", "new"))
    told = diff(tmp_path, capsys, before, after)
    assert told == {"store.url": ("redis://:***@store.example", "redis://:***@store.example")}
