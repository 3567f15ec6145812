"""The plan around its verdicts: the last step, what is at stake, exceptions and the baseline, the canary, the limits."""

import json
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from tenant_logs import at, client, notice, plan_of, proof, record, send, verdicts, write

from startgate import plan_words
from startgate.log_files import sources
from startgate.plan import Settings, fails, make_plan
from startgate.plan_files import LOCK, TOGGLE
from startgate.plan_view import print_for_people
from startgate.report import html, markdown, sarif


def tenant(folder: Path, **flags: bool) -> Path:
    path = folder / "tenant.json"
    path.write_text(json.dumps({"flags": flags}))
    return path


def test_the_last_step_says_not_yet_as_long_as_somebody_breaks(tmp_path: Path) -> None:
    step = plan_of(tmp_path, [*proof("a"), notice("b", 90)], [client("a"), client("b")])["last_step"]
    assert step["answer"] == "not_yet"
    assert step["text"] == "not yet: 1 application breaks"
    assert step["waiting_for"] == ["b"]
    assert step["quiet_since"] == at(90)


def test_the_last_step_says_now_with_the_change_and_the_way_back(tmp_path: Path) -> None:
    unused = client("b", grant_types=["client_credentials"])
    step = plan_of(tmp_path, proof("a"), [client("a"), unused])["last_step"]
    assert step["answer"] == "now"
    assert step["turn_on"] == {"method": "PATCH", "path": "/api/v2/tenants/settings", "body": {"flags": {TOGGLE: True}}}
    assert step["take_back"]["body"] == {"flags": {TOGGLE: False}}


def test_a_now_without_any_notice_in_the_log_rests_on_a_condition(tmp_path: Path) -> None:
    other = record("depnote", "a", 1, description="oauth/ro passwordless: This feature is being deprecated.")
    silent, speaking = (plan_of(tmp_path, records, [client("a")]) for records in (proof("a"), [*proof("a"), other]))
    assert "provided that these logs would show a notice" in silent["last_step"]["text"]
    assert any("depnote" in line for line in plan_words.caveat_lines(silent))
    assert "provided" not in speaking["last_step"]["text"]
    assert not any("depnote" in line for line in plan_words.caveat_lines(speaking))


def test_a_log_that_could_not_be_read_whole_lets_nothing_be_turned_on(tmp_path: Path) -> None:
    other = record("depnote", "a", 1, description="oauth/ro passwordless: This feature is being deprecated.")
    logs, applications = write(tmp_path, [*proof("a"), other], [client("a")])
    logs.write_text(logs.read_text() + "oops\n")
    plan = make_plan(sources([logs]), Settings(applications, keep_going=True))
    assert (plan["last_step"]["answer"], plan["last_step"]["waiting_for"]) == ("not_yet", ["a"])
    assert (plan["applications"][0]["reason"], plan["applications"][0]["fix"]["code"]) == ("partly_unread", "mend_log")
    assert plan["enforce_first"] == []


def test_a_now_that_needs_no_proof_says_what_could_not_be_read(tmp_path: Path) -> None:
    logs, applications = write(tmp_path, [record("s", "a", 0)], [client("a", app_type="spa")])
    logs.write_text(logs.read_text() + "oops\n")
    step = make_plan(sources([logs]), Settings(applications, keep_going=True))["last_step"]
    assert step["text"].endswith("provided that these logs would show a notice and that what could not be read held none")


def test_the_owner_in_the_clients_metadata_is_shown(tmp_path: Path) -> None:
    clients = [client("a", client_metadata={"owner": "team shop"}), client("b", client_metadata={"owner": 7}), client("c")]
    plan = plan_of(tmp_path, [notice("a", 1)], clients)
    assert {a["client_id"]: a["owner"] for a in plan["applications"]} == {"a": "team shop", "b": None, "c": None}
    for text in (html.render(plan), markdown.render(plan), json.dumps(sarif.render(plan))):
        assert "team shop" in text


def test_the_line_about_the_toggle_tells_a_last_notice_from_none(tmp_path: Path) -> None:
    assert plan_words.toggle_line(plan_of(tmp_path, proof("a"), [client("a")])).endswith("no notice since 2026-11-01 10:00")
    noticed = plan_of(tmp_path, [notice("a", 1)], [client("a")])
    assert plan_words.toggle_line(noticed).endswith("the last notice was at 2026-11-01 11:00")
    assert plan_words.toggle_line(plan_of(tmp_path, [], [client("a")])).endswith("there is no log to go by")


def test_what_is_at_stake_is_the_calls_of_what_breaks_in_the_last_seven_days(tmp_path: Path) -> None:
    records = [*(send("a", hours) for hours in range(24 * 14)), *(notice("a", hours) for hours in range(24 * 14)), *proof("b")]
    stake = plan_of(tmp_path, records, [client("a"), client("b")])["at_stake"]
    assert stake == {"applications": 1, "calls_a_day_at_most": 22}  # the window ends at nine in the morning


def test_an_enforced_and_locked_tenant_has_nothing_to_plan(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [], [client("a")], tenant=tenant(tmp_path, **{TOGGLE: True, LOCK: True}))
    assert plan["last_step"]["answer"] == "done"
    assert verdicts(plan)["a"] == ("safe", "tenant_already_enforced")


def test_a_run_fails_on_what_is_new_and_not_excused(tmp_path: Path) -> None:
    records, clients = [notice("a", 1)], [client("a"), client("b")]
    plan = plan_of(tmp_path, records, clients)
    assert fails(plan, "breaks")
    assert fails(plan, "cannot_tell")
    assert not fails(plan, "never")
    (tmp_path / "before.json").write_text(json.dumps(plan))
    again = plan_of(tmp_path, records, clients, baseline=tmp_path / "before.json")
    assert not fails(again, "breaks")
    assert all(a["in_baseline"] for a in again["applications"])


def test_applications_without_a_client_id_are_told_apart_by_name(tmp_path: Path) -> None:
    old, new = notice(None, 1, client_name="old one"), notice(None, 2, client_name="new one")
    (tmp_path / "before.json").write_text(json.dumps(plan_of(tmp_path, [old], [])))
    (tmp_path / "exceptions.json").write_text(json.dumps([{"client_id": "new one", "until": "2026-12-31", "why": "going"}]))
    again = plan_of(tmp_path, [old, new], [], baseline=tmp_path / "before.json")
    assert {a["name"]: a["in_baseline"] for a in again["applications"]} == {"old one": True, "new one": False}
    excused = plan_of(tmp_path, [new], [], exceptions=tmp_path / "exceptions.json", today=date(2026, 12, 1))
    assert not fails(excused, "breaks")


@pytest.mark.parametrize(("today", "excused"), [("2026-12-31", True), ("2027-01-01", False)])
def test_an_exception_ends_on_its_day_and_stays_visible(today: str, excused: bool, tmp_path: Path) -> None:
    exceptions = tmp_path / "exceptions.json"
    exceptions.write_text(json.dumps([{"client_id": "a", "until": "2026-12-31", "why": "owner is on leave"}]))
    plan = plan_of(tmp_path, [notice("a", 1)], [client("a")], exceptions=exceptions, today=date.fromisoformat(today))
    assert fails(plan, "breaks") is not excused
    assert plan["applications"][0]["exception"] == {
        "client_id": "a", "until": "2026-12-31", "why": "owner is on leave", "in_force": excused,
    }  # fmt: skip


@pytest.mark.parametrize("until", ["20260101", "2026-W01-1", "2026-01-01"])
def test_an_exception_that_has_ended_is_over_however_its_day_is_written(until: str, tmp_path: Path) -> None:
    exceptions = tmp_path / "exceptions.json"
    exceptions.write_text(json.dumps([{"client_id": "a", "until": until, "why": "owner is on leave"}]))
    plan = plan_of(tmp_path, [notice("a", 1)], [client("a")], exceptions=exceptions, today=date(2026, 11, 24))
    assert plan["applications"][0]["exception"]["in_force"] is False


def test_of_two_exceptions_the_longer_one_counts(tmp_path: Path) -> None:
    exceptions = tmp_path / "exceptions.json"
    entries = [{"client_id": "a", "until": until, "why": until} for until in ("2027-01-01", "2026-01-01")]
    exceptions.write_text(json.dumps(entries))
    plan = plan_of(tmp_path, [notice("a", 1)], [client("a")], exceptions=exceptions, today=date(2026, 11, 24))
    assert plan["applications"][0]["exception"]["in_force"] is True


def test_what_got_better_than_the_baseline_fails_no_run_and_what_got_worse_does(tmp_path: Path) -> None:
    for was, now_fails in (("breaks", False), ("cannot_tell", True)):
        (tmp_path / "before.json").write_text(json.dumps({"applications": [{"client_id": "a", "verdict": was}]}))
        plan = plan_of(tmp_path, [notice("a", 1)], [client("a")], baseline=tmp_path / "before.json")
        assert fails(plan, "breaks") is now_fails
    (tmp_path / "before.json").write_text(json.dumps({"applications": [{"client_id": "a", "verdict": "breaks"}]}))
    better = plan_of(tmp_path, [notice("b", 1)], [client("a"), client("b")], baseline=tmp_path / "before.json")
    assert {a["client_id"]: a["in_baseline"] for a in better["applications"]} == {"a": True, "b": False}


def test_what_cannot_log_anybody_in_fails_no_run(tmp_path: Path) -> None:
    machine = {**client("machine"), "grant_types": ["client_credentials"]}
    plan = plan_of(tmp_path, proof("a"), [client("a"), machine])
    assert {a["client_id"]: a["verdict"] for a in plan["applications"]} == {"a": "safe", "machine": "cannot_tell"}
    assert not fails(plan, "cannot_tell")


def test_metadata_that_is_no_object_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, proof("a"), [{**client("a"), "client_metadata": "a text"}])
    assert plan["applications"][0]["owner"] is None
    settings = tmp_path / "with-a-mark.json"
    settings.write_bytes(b"\xef\xbb\xbf" + tenant(tmp_path, **{TOGGLE: False}).read_bytes())
    assert plan_of(tmp_path, proof("a"), [client("a")], tenant=settings)["tenant"] == {"enforced": False, "locked": None}


def test_the_enforcement_order_begins_with_the_least_used_of_the_proved(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [*proof("a", sends=30), *proof("b", 0.1), notice("c", 300)], [client("a"), client("b"), client("c")])
    assert [each["client_id"] for each in plan["enforce_first"]] == ["b", "a"]
    assert plan["canary"]["policy"]["enforcement"] == {"mode": "notice", "applications": {"b": "enforce", "a": "enforce"}}
    assert plan["canary"]["take_back"] == {"enforcement": {"mode": "notice", "applications": {}}}


def test_addresses_are_stand_ins_unless_somebody_asks(tmp_path: Path) -> None:
    records = [send("a", i / 60) for i in range(60)]
    shown = json.dumps(plan_of(tmp_path, records, [client("a")]))
    assert "203.0.113.9" not in shown
    assert "address-" in shown


def test_an_address_near_the_limit_says_whose_it_is_and_when_it_first_ran_out(tmp_path: Path) -> None:
    records = [*(send("a", i / 3600) for i in range(60)), *proof("b", 5)]
    [address] = plan_of(tmp_path, records, [client("a"), client("b")])["limits"]["start_per_address"]
    assert address["applications"] == ["name of a", "name of b"]
    assert (address["peak"], address["refused"]) == (60, 10)
    assert address["first_refusal"] == at(50 / 3600)


def test_notices_are_hours_under_both_readings_of_the_throttle(tmp_path: Path) -> None:
    records = [notice("a", 0), send("a", 0.01), notice("b", 5), send("a", 5.1), send("a", 9)]
    evidence = plan_of(tmp_path, records, [client("a"), client("b")])["applications"][0]["evidence"]
    assert evidence["client_hours"] == {"per_application": 1, "per_tenant_at_most": 2}


def test_addresses_that_were_not_kept_and_masked_ones_are_owned_up_to(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [send("a", 1, ip="5f2ac01d", user_name="9e8d")], [client("a")])
    assert plan["has_uncounted_addresses"] is False
    assert [line.split()[0] for line in plan_words.caveat_lines(plan)[1:]] == ["ip", "user_name"]
    assert any("too low" in line for line in plan_words.caveat_lines(plan | {"has_uncounted_addresses": True, "masked": []}))


def test_a_gap_in_a_busy_log_is_reported(tmp_path: Path) -> None:
    records = [record("s", "a", i / 30) for i in range(30 * 20) if not 150 <= i < 270]
    assert plan_of(tmp_path, records, [client("a")])["window"]["gaps"] == [{"from": at(5), "to": at(9)}]


def test_one_address_that_nobody_can_call_from_is_told_as_what_it_is(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [send("a", 8 * i, ip="127.0.0.1") for i in range(12)], [client("a")])
    told = plan_words.evidence_line(plan["applications"][0]["evidence"])
    assert "from 1 address that no call can come from, so auth0-forwarded-for counts" in told


def test_many_gaps_are_counted_and_not_listed_one_by_one(tmp_path: Path) -> None:
    by_day = [record("s", "a", 24 * day + i / 30) for day in range(20) for i in range(30 * 8)]
    plan = plan_of(tmp_path, by_day, [client("a")])
    assert len(plan["window"]["gaps"]) == 19
    line = plan_words.window_line(plan["window"])
    assert line.endswith("nothing from 2026-11-03 18:00 to 2026-11-04 10:00, and 16 more gaps")
    assert line.count("nothing from") == 3


@pytest.mark.parametrize(
    ("flags", "changes"),
    [
        ({}, ["true", "false"]),
        ({TOGGLE: False, LOCK: False}, ["true", "false"]),
        ({TOGGLE: True, LOCK: False}, ["false"]),
        ({TOGGLE: True, LOCK: True}, []),
        ({TOGGLE: False, LOCK: True}, []),
    ],
)
def test_every_view_gives_the_changes_that_can_be_made_and_no_other(
    flags: dict[str, bool], changes: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(tmp_path, [*proof("a"), notice("b", 97)], [client("a"), client("b")], tenant=tenant(tmp_path, **flags))
    print_for_people(plan)
    for text in (unescape(html.render(plan)), markdown.render(plan).replace("\\", ""), capsys.readouterr().out):
        assert [value for value in ("true", "false") if f'{{"flags": {{"{TOGGLE}": {value}}}}}' in text] == changes
        assert ("--canary" in text) is not flags.get(TOGGLE, False), "where all are enforced nobody is first"
