"""The plan from end to end: logs and an export in, verdicts out."""

import functools
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tenant_logs import at, client, lines, notice, plan_of, proof, record, send, verdicts, write
from test_sample_tenant import made

from startgate._core import PlanScan
from startgate.errors import InputError
from startgate.log_files import sources
from startgate.plan import Settings, make_plan
from startgate.plan_files import TOGGLE
from startgate.report import html, markdown, sarif

SAMPLE = Path(__file__).parents[2] / "examples" / "tenant"


def sample_plan() -> dict[str, Any]:
    return make_plan(sources([SAMPLE / "logs.ndjson.gz"]), Settings(SAMPLE / "clients.json", SAMPLE / "tenant.json"))


def agreement(plan: dict[str, Any], truth: dict[str, Any]) -> float:
    """The share of verdicts that are exact; fails at once where something that breaks is called safe."""
    found = verdicts(plan)
    for application in truth["applications"]:
        assert not (application["breaks"] and found[application["client_id"]][0] == "safe"), application["name"]
    exact = [found[a["client_id"]][0] == a["verdict"] for a in truth["applications"]]
    return sum(exact) / len(exact)


def test_every_verdict_and_cause_of_the_sample_tenant_is_exact() -> None:
    truth = json.loads((SAMPLE / "truth.json").read_text())
    found = verdicts(sample_plan())
    assert {a["client_id"]: (a["verdict"], a["reason"]) for a in truth["applications"]} == {
        client_id: found[client_id] for client_id in (a["client_id"] for a in truth["applications"])
    }


@pytest.mark.parametrize("throttle", ["application", "tenant"])
@pytest.mark.parametrize("seed", [3, 11])
def test_on_a_generated_tenant_nothing_that_breaks_is_called_safe_and_nine_in_ten_verdicts_are_exact(
    seed: int, throttle: str, tmp_path: Path
) -> None:
    truth = made(tmp_path, seed=seed, throttle=throttle)
    plan = make_plan(sources([tmp_path / "logs.ndjson"]), Settings(tmp_path / "clients.json"))
    assert len(truth["applications"]) == 24
    assert agreement(plan, truth) >= 0.9


# ---- the criterion -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], ("cannot_tell", "never_seen")),
        (proof("a"), ("safe", "authenticated")),
        (proof("a", sends=9), ("cannot_tell", "too_little_evidence")),
        # Twenty calls, but on two days.
        (
            [record("s", "a", 0), *(send("a", 1.1 * i) for i in range(20)), record("s", "a", 30)],
            ("cannot_tell", "too_little_evidence"),
        ),
        ([*proof("a"), notice("a", 100)], ("breaks", "backend_without_secret")),
        ([notice("a", 0), *proof("a", 2)], ("safe", "fixed_since")),
        ([notice("a", 0), *proof("a", 2, sends=9)], ("breaks", "backend_without_secret")),
        ([notice("a", 0), *(send("a", 2 + i) for i in range(20)), record("s", "a", 30)], ("cannot_tell", "too_little_evidence")),
        # Another application's notices hide what these calls would have caused.
        ([r for i in range(12) for r in (notice("b", 8 * i), send("a", 8 * i + 0.5))], ("cannot_tell", "too_little_evidence")),
        ([record("depnote", "a", 1, description="oauth/ro passwordless: This"), *proof("a", 2)], ("safe", "authenticated")),
        ([notice(None, 1, client_name="name of a")], ("breaks", "backend_without_secret")),
        ([*proof("a"), notice(None, 100)], ("cannot_tell", "too_little_evidence")),  # it may have been this one
        ([notice("a", 1, auth0_client={"name": "node-auth0", "version": "2.23.0"})], ("breaks", "sdk_too_old")),
        ([notice("a", 1, auth0_client={"name": "auth0.js", "version": "9.32.0"})], ("breaks", "browser_call")),
        ([notice("a", 1, auth0_client={"name": "lock.js-ulp", "version": "14.3.0"})], ("breaks", "login_page_lost_state")),
    ],
)  # fmt: skip
def test_verdict(records: list[dict[str, Any]], expected: tuple[str, str], tmp_path: Path) -> None:
    assert verdicts(plan_of(tmp_path, records, [client("a"), client("b")]))["a"] == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"client_authentication_methods": {"tls_client_auth": {"credentials": [{"id": "c"}]}}}, "certificate_client"),
        ({"client_authentication_methods": {"private_key_jwt": {"credentials": [{"id": "c"}]}}}, "assertion_client"),
        ({"app_type": "spa"}, "backend_without_secret"),  # a notice outweighs the export
    ],
)
def test_cause_from_the_export(members: dict[str, Any], expected: str, tmp_path: Path) -> None:
    assert verdicts(plan_of(tmp_path, [notice("a", 1)], [client("a", **members)]))["a"] == ("breaks", expected)


def test_the_fix_names_the_first_version_of_the_sdk_that_can(tmp_path: Path) -> None:
    old = {"name": "node-auth0", "version": "2.23.0"}
    fix = plan_of(tmp_path, [notice("a", 1, auth0_client=old)], [client("a")])["applications"][0]["fix"]
    assert fix["first_version"] == "2.24.0"
    assert "2.24.0 is the first version" in fix["text"]
    assert fix["snippet"]["language"] == "javascript"


@pytest.mark.parametrize(
    ("sdk", "first"),
    [("auth0-java", "1.23.0"), ("Auth0.Net", "7.0.5"), ("go-auth0", "1.0.0"), ("auth0-php", "7.2.0"), ("of-our-own", None)],
)
def test_the_fix_of_a_backend_without_a_secret_names_the_version_where_it_is_known(
    sdk: str, first: str | None, tmp_path: Path
) -> None:
    record = notice("a", 1, auth0_client={"name": sdk, "version": "99.0.0"})
    fix = plan_of(tmp_path, [record], [client("a")])["applications"][0]["fix"]
    assert fix.get("first_version") == first
    assert (f"{sdk} {first} is the first version that sends it" in fix["text"]) is (first is not None)


def test_the_fix_says_so_where_nobody_knows_from_which_version_on_it_works(tmp_path: Path) -> None:
    key = {"client_authentication_methods": {"private_key_jwt": {"credentials": [{"id": "c"}]}}}
    record = notice("a", 1, auth0_client={"name": "auth0-php", "version": "7.0.0"})
    fix = plan_of(tmp_path, [record], [client("a", **key)])["applications"][0]["fix"]
    assert fix["code"] == "sign_client_assertion"
    assert fix["text"].endswith(
        "; from which version on auth0-php does it is not known here: make one call and look for a notice"
    )


@pytest.mark.parametrize(
    ("states", "finding"),
    [
        (["/dashboard"] * 12, ["state_is_a_path"]),
        (["hKFo2SBjb25zdGFudC1zdGF0ZS1vZi1hLWxvZ2luLXBhZ2U"] * 12, ["state_repeats"]),
        ([f"hKFo2SBzdGF0ZS1vZi1hLWxvZ2luLXRyYW5zYWN0aW9u{i}" for i in range(12)], []),
    ],
    ids=["path", "constant", "transactions"],
)
def test_a_state_that_is_no_transactions_is_a_finding(states: list[str], finding: list[str], tmp_path: Path) -> None:
    records = [send("a", 8 * i, details={"body": {"authParams": {"state": state}}}) for i, state in enumerate(states)]
    plan = plan_of(tmp_path, records, [client("a")])
    assert plan["applications"][0]["findings"] == finding
    assert states[0] not in json.dumps(plan)


@pytest.mark.parametrize(("spread", "effective"), [(True, True), (False, False)])
def test_the_forwarded_header_shows_in_the_addresses_of_a_backend(spread: bool, effective: bool, tmp_path: Path) -> None:
    records = [send("a", 8 * i, ip=f"198.51.100.{i if spread else 1}") for i in range(12)]
    evidence = plan_of(tmp_path, records, [client("a", is_token_endpoint_ip_header_trusted=True)])["applications"][0]["evidence"]
    assert evidence["forwarded_for"] == {"sent": True if spread else None, "trusted": True, "effective": effective}


def test_public_and_third_party_applications_are_safe_without_a_call(tmp_path: Path) -> None:
    found = verdicts(plan_of(tmp_path, [], [client("a", app_type="spa"), client("b", is_first_party=False)]))
    assert found == {"a": ("safe", "public_unaffected"), "b": ("safe", "third_party")}


def test_a_notice_that_names_a_shared_name_accuses_neither(tmp_path: Path) -> None:
    clients = [client("a", name="kiosk"), client("b", name="kiosk")]
    found = verdicts(plan_of(tmp_path, [*proof("a"), *proof("b", 0.1), notice(None, 100, client_name="kiosk")], clients))
    assert found == {"a": ("cannot_tell", "ambiguous_name"), "b": ("cannot_tell", "ambiguous_name")}


def test_what_the_export_lacks_is_judged_all_the_same(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [notice("gone", 1)], [client("a")])
    gone = next(a for a in plan["applications"] if a["client_id"] == "gone")
    assert (gone["verdict"], gone["exported"], gone["findings"]) == ("breaks", False, ["not_in_export"])


# ---- what must change nothing --------------------------------------------------------------------------------------------------

EVENTS = st.lists(
    st.tuples(st.sampled_from(["send", "notice"]), st.sampled_from("abc"), st.integers(0, 24 * 6 * 4)),
    min_size=1,
    max_size=120,
    unique=True,
)


def build(events: list[tuple[str, str, int]], name: str = "{}") -> list[dict[str, Any]]:
    make = {"send": send, "notice": notice}
    return [make[kind](name.format(who), tick / 6) for kind, who, tick in events]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, chance=st.randoms(use_true_random=False))
def test_order_files_duplicates_and_names_change_no_verdict(events: list[Any], chance: random.Random, tmp_path: Path) -> None:
    clients = [client(each) for each in "abc"]
    records = build(events)
    expected = verdicts(plan_of(tmp_path, records, clients))

    shuffled = records + chance.choices(records, k=len(records) // 2)
    chance.shuffle(shuffled)
    parts = defaultdict(list)
    for each in shuffled:
        parts[chance.randrange(3)].append(each)
    folder = tmp_path / "parts"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / "0.ndjson").write_text(lines(parts[0]) or "[]")
    (folder / "1.json").write_text(json.dumps(parts[1], indent=1))
    (folder / "2.jsonl").write_text(lines({"log_id": r["log_id"], "data": r} for r in parts[2]) or "[]")
    assert verdicts(make_plan(sources([folder]), Settings(tmp_path / "clients.json"))) == expected

    renamed = plan_of(tmp_path, build(events, "other-{}"), [client(f"other-{each}") for each in "abc"])
    assert {(client_id or "")[6:]: found for client_id, found in verdicts(renamed).items()} == expected


@pytest.mark.parametrize(
    "odd", ["é" * 150, "\ud800", "\ud800x" * 100, "\x00" * 300], ids=["cut", "surrogate", "surrogates", "nul"]
)
def test_odd_text_in_a_record_stops_no_plan(odd: str, tmp_path: Path) -> None:
    records = [
        notice(f"a{odd}", 1, client_name=odd, auth0_client={"name": odd, "version": odd}, ip=odd, user_agent=odd),
        record(f"x{odd}", "a", 2),
        record("depnote", "a", 3, description=f"x{odd}: This feature is being deprecated."),
    ]
    plan = plan_of(tmp_path, records, [client("a")])
    assert plan["window"]["records"] == 3
    for render in (html.render, markdown.render, sarif.render):
        assert render(plan)


# ---- input that is wrong -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "logs.ndjson:1: expected a log record in JSON, but the file is empty"),
        (lines([send("a", 1)]) + '{"type":"cls","da', "logs.ndjson:2: the record is cut off: expected `}`"),
        (lines([send("a", 1)]) + "oops\n", "logs.ndjson:2: expected a log record in JSON"),
        ('{"type":"cls"}\n', "logs.ndjson:1: expected a `date` such as `2026-11-24T10:00:00.000Z`"),
    ],
)
def test_a_broken_log_gets_one_line_and_the_rest_is_read_on_request(text: str, complaint: str, tmp_path: Path) -> None:
    _, applications = write(tmp_path, [], [client("a")])
    (tmp_path / "logs.ndjson").write_text(text)
    (tmp_path / "more.ndjson").write_text(lines([send("a", 2)]))
    both = [tmp_path / "logs.ndjson", tmp_path / "more.ndjson"]
    with pytest.raises(InputError) as refused:
        make_plan(sources(both), Settings(applications))
    assert str(refused.value).endswith(complaint)
    plan = make_plan(sources(both), Settings(applications, keep_going=True))
    assert plan["unread_count"] == 1
    assert f"{plan['unread'][0]['file']}:{plan['unread'][0]['line']}: {plan['unread'][0]['expected']}".endswith(complaint)
    assert plan["applications"][0]["evidence"]["last_seen"] == at(2)


def test_a_log_that_finds_no_room_to_be_sorted_gets_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr("startgate.plan.PlanScan", functools.partial(PlanScan, events_in_memory=2))
    with pytest.raises(InputError, match=r"temporary file .* cannot be written; set TMPDIR to a place with room"):
        plan_of(tmp_path, proof("a"), [client("a")])


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("tenant", "{\n]", "2: expected the tenant settings as a JSON object"),
        ("tenant", '{"flags": {"%s": "yes"}}' % TOGGLE, f"1: flags.{TOGGLE}: expected true or false"),  # noqa: UP031
        (
            "exceptions",
            '[{"client_id": "a"}]',
            "1: expected an array of exceptions, each with client_id, until (YYYY-MM-DD) and why",
        ),
        ("baseline", "{}", "1: expected an earlier plan, written with --json"),
    ],
)
def test_a_broken_side_file_gets_one_line(name: str, text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "side.json").write_text(text)
    with pytest.raises(InputError) as refused:
        plan_of(tmp_path, [], [client("a")], **{name: tmp_path / "side.json"})
    assert str(refused.value).endswith(f"side.json:{complaint}")
