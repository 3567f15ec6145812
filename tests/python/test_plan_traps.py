"""Logs in which an application that breaks looks as if it were safe: whatever else is said of it, never that it is."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tenant_logs import FEATURE, Record, at, client, notice, plan_of, proof, record, send, verdicts, write

from startgate.errors import InputError
from startgate.log_files import sources
from startgate.plan import Settings, make_plan

TEXT = f"{FEATURE}: This feature is being deprecated. Please see details.feature of this log for more information."


def twice_without_milliseconds(records: list[Record]) -> list[Record]:
    """Each record once more, as a table has it that knows no milliseconds."""
    odd = [{**r, "date": r["date"].replace(".000Z", ".789Z")} for r in records]
    return [*odd, *({**r, "date": r["date"].replace(".789Z", "Z")} for r in odd)]


TRAPS: dict[str, Callable[[], list[Record]]] = {
    "sends alone, notices filtered out": lambda: [send("a", 8 * i) for i in range(20)],
    "a feature under a name of its own": lambda: [
        *proof("a"),
        notice("a", 100, details={"feature": {"id": "not_published", "name": "passwordless start"}}),
    ],
    "a name within a longer text": lambda: [*proof("a"), record("depnote", "a", 100, description=f"Notice: {TEXT}")],
    "a notice that tells no feature": lambda: [*proof("a"), record("depnote", "a", 100)],
    "a notice that tells nothing": lambda: [*proof("a"), record("depnote", None, 100)],
    "an older name that no record has": lambda: [*proof("a"), notice(None, 100, client_name="what a was called")],
    "a masked name": lambda: [*proof("a"), notice(None, 100, client_name="*****")],
    "every send twice, once without milliseconds": lambda: twice_without_milliseconds(proof("a", sends=6)),
    "notices of a year ago and of tomorrow": lambda: [notice("a", -24 * 365), notice("a", 24 * 30), *proof("a")],
    "offsets in place of Z": lambda: [
        *proof("a"),
        notice("a", 0, date="2026-11-07T23:00:00+05:30"),
    ],
    "both shapes of a record": lambda: [*proof("a", sends=6), *({"log_id": r["log_id"], "data": r} for r in proof("a", sends=6))],
}


@pytest.mark.parametrize("name", TRAPS)
def test_an_application_that_breaks_is_never_called_safe(name: str, tmp_path: Path) -> None:
    plan = plan_of(tmp_path, TRAPS[name](), [client("a"), client("b")])
    assert verdicts(plan)["a"][0] != "safe"
    assert plan["last_step"]["answer"] == "not_yet"
    assert plan["enforce_first"] == []


def test_a_log_of_sends_alone_is_told_from_one_that_is_quiet(tmp_path: Path) -> None:
    sends = [send("a", 8 * i) for i in range(20)]
    assert verdicts(plan_of(tmp_path, sends, [client("a")]))["a"] == ("cannot_tell", "notices_left_out")
    assert verdicts(plan_of(tmp_path, [*sends, record("s", "a", 0), record("s", "a", 160)], [client("a")]))["a"] == (
        "safe",
        "authenticated",
    )


def test_a_login_before_or_long_after_a_log_of_sends_alone_does_not_make_it_speak(tmp_path: Path) -> None:
    for login in (-24 * 30, 24 * 42):
        records = [*(send("a", 8 * i) for i in range(30)), record("s", "a", login)]
        assert verdicts(plan_of(tmp_path, records, [client("a")]))["a"] == ("cannot_tell", "notices_left_out")


def test_a_name_that_nobody_has_is_judged_and_what_came_before_it_proves_nothing(tmp_path: Path) -> None:
    found = verdicts(
        plan_of(tmp_path, [*proof("a"), notice(None, 100, client_name="old"), *proof("b", 102)], [client("a"), client("b")])
    )
    assert found == {
        "a": ("cannot_tell", "too_little_evidence"),
        "b": ("safe", "fixed_since"),
        None: ("breaks", "backend_without_secret"),
    }


@pytest.mark.parametrize(
    ("member", "complaint"),
    [
        ({"date": "2026-11-02"}, "expected a `date` with its time: a day alone does not say what came first"),
        ({"tenant_name": "other"}, "expected one tenant's records alone, but `tenant_name` is another than before"),
    ],
)
def test_what_cannot_be_compared_is_not_read(member: Record, complaint: str, tmp_path: Path) -> None:
    records = [record("s", "a", 0, tenant_name="acme"), record("s", "a", 1, tenant_name="acme") | member]
    logs, clients = write(tmp_path, records, [client("a")])
    with pytest.raises(InputError, match=f":2: {complaint}"):
        make_plan(sources([logs]), Settings(clients))
    plan = make_plan(sources([logs]), Settings(clients, keep_going=True))
    assert (plan["window"]["records"], plan["unread_count"]) == (1, 1)


@pytest.mark.parametrize("unread", ["notice", "cut"])
def test_a_notice_that_cannot_be_read_is_no_silence(unread: str, tmp_path: Path) -> None:
    logs, clients = write(tmp_path, proof("a"), [client("a")])
    text = json.dumps(notice("a", 90, date=1700000000000) if unread == "notice" else notice("a", 90))
    logs.write_text(logs.read_text() + (text if unread == "notice" else text[:60]))
    plan = make_plan(sources([logs]), Settings(clients, keep_going=True))
    assert verdicts(plan)["a"] == ("cannot_tell", "partly_unread")
    assert plan["last_step"]["answer"] == "not_yet"
    assert plan["enforce_first"] == []


@pytest.mark.parametrize("rest", [gzip.compress(b"\n" * 10_000)[:-9], b""], ids=["archive", "empty"])
def test_a_file_that_cannot_be_read_to_its_end_is_no_silence(rest: bytes, tmp_path: Path) -> None:
    logs, clients = write(tmp_path, proof("a"), [client("a")])
    other = tmp_path / "other.gz"
    other.write_bytes(rest)
    plan = make_plan(sources([logs, other]), Settings(clients, keep_going=True))
    assert verdicts(plan)["a"] == ("cannot_tell", "partly_unread")


def test_a_log_that_is_read_a_hundred_times_proves_what_it_proved_once(tmp_path: Path) -> None:
    logs, clients = write(tmp_path, proof("a"), [client("a")])
    once, often = (make_plan(sources([logs] * times), Settings(clients)) for times in (1, 100))
    assert once["applications"] == often["applications"]
    assert once["window"]["gaps"] == often["window"]["gaps"]


def test_a_table_in_the_words_of_the_dashboard_is_read(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(f'Type,Description,Date,Client\nDeprecation Notice,"{TEXT}",{at(1)},name of a\n')
    (tmp_path / "clients.json").write_text(json.dumps([client("a")]))
    plan = make_plan(sources([tmp_path / "log.csv"]), Settings(tmp_path / "clients.json"))
    assert verdicts(plan)["a"] == ("breaks", "backend_without_secret")
