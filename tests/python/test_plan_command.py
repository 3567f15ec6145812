"""`startgate plan` as a gate in somebody's pipeline: what each exit status means, and what stands in the way of none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tenant_logs import client, notice, proof, record, send, write

from startgate.cli import main

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the plan of a tenant in which `bad` breaks, `new` was never seen, and `good` has proved itself."""
    write(tmp_path, [*proof("good"), notice("bad", 97)], [client("good"), client("bad"), client("new")])

    def command(*more: str) -> int:
        return main(["plan", str(tmp_path / "logs.ndjson"), "-a", str(tmp_path / "clients.json"), *more])

    return command


def side(folder: Path, name: str, value: object) -> str:
    (folder / name).write_text(json.dumps(value))
    return str(folder / name)


def excuse(client_id: str, until: str = "2099-12-31") -> dict[str, str]:
    return {"client_id": client_id, "until": until, "why": "its owner knows"}


@pytest.mark.parametrize(
    ("fail_on", "excused", "status"),
    [
        (None, [], 1),
        ("breaks", [], 1),
        ("breaks", ["bad"], 0),
        ("cannot_tell", [], 1),
        ("cannot_tell", ["bad"], 1),
        ("cannot_tell", ["bad", "new"], 0),
        ("never", [], 0),
    ],
)
def test_the_exit_status_is_that_of_the_worst_that_nobody_excuses(
    fail_on: str | None, excused: list[str], status: int, run: Run, tmp_path: Path
) -> None:
    options = ["--fail-on", fail_on] if fail_on else []
    if excused:
        options += ["--exceptions", side(tmp_path, "exceptions.json", [excuse(who) for who in excused])]
    assert run(*options) == status


def test_what_has_proved_itself_fails_no_run(tmp_path: Path) -> None:
    logs, clients = write(tmp_path, proof("good"), [client("good")])
    for fail_on in ("breaks", "cannot_tell", "never"):
        assert main(["plan", str(logs), "-a", str(clients), "--fail-on", fail_on]) == 0


def test_an_exception_that_is_over_excuses_nobody_and_is_shown(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--exceptions", side(tmp_path, "exceptions.json", [excuse("bad", "2026-01-01")])) == 1
    assert "exception expired on 2026-01-01: its owner knows" in capsys.readouterr().out


def test_an_exception_for_an_application_that_is_not_there_is_told(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--exceptions", side(tmp_path, "exceptions.json", [excuse("bda")])) == 1
    assert "an exception names bda, which neither the export nor the log has" in capsys.readouterr().out


def test_yesterdays_plan_is_todays_baseline(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json") == 1
    (tmp_path / "before.json").write_text(capsys.readouterr().out)
    for fail_on in ("breaks", "cannot_tell"):
        assert run("--baseline", str(tmp_path / "before.json"), "--fail-on", fail_on) == 0
    assert "known from the baseline" in capsys.readouterr().out
    logs = tmp_path / "logs.ndjson"
    logs.write_text(logs.read_text() + json.dumps(notice("good", 98)) + "\n")
    assert run("--baseline", str(tmp_path / "before.json")) == 1, "what was safe breaks"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--fail-on", "sometimes"], "startgate: Invalid value for '--fail-on': "),
        (["--baseline", "nowhere.json"], "startgate: nowhere.json: No such file or directory"),
        (["--exceptions", "nowhere.json"], "startgate: nowhere.json: No such file or directory"),
        (["--html", "/nowhere/report.html"], "startgate: /nowhere/report.html: No such file or directory"),
        (["--per-second", "0"], "startgate: Invalid value for '--per-second': "),
        (["--bogus"], "startgate: No such option: --bogus"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_wrong_usage_is_one_line_and_status_two(
    options: list[str], complaint: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*options) == 2
    told = capsys.readouterr()
    assert told.err.startswith(complaint)
    assert told.err.count("\n") == 1
    assert told.out == ""


@pytest.mark.parametrize("bad", ["truncated", "empty", "mixed", "packed"])
def test_a_log_that_cannot_be_read_is_status_two_and_is_passed_over_on_request(
    bad: str, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {
        "truncated": b'{"type": "s", "date": "2026-11-',
        "empty": b"",
        "mixed": json.dumps(record("s", "good", 50)).encode() + b"\nHTTP/1.1 500 oops\n" + json.dumps(send("good", 51)).encode(),
        "packed": b"\x1f\x8b\x08\x00cut",
    }[bad]
    (tmp_path / "other.log").write_bytes(other)
    assert run(str(tmp_path / "other.log")) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert f"{tmp_path / 'other.log'}:" in told.err
    assert "expected" in told.err
    line = told.err.removeprefix("startgate: ").strip()
    assert run(str(tmp_path / "other.log"), "--keep-going") == 1
    shown = capsys.readouterr().out
    assert "not read: 1 place" in shown
    assert line in shown
    assert run(str(tmp_path / "other.log"), "--keep-going", "--fail-on", "never") == 0


def test_a_run_that_passed_over_something_fails_where_that_may_hide_what_would_fail_it(tmp_path: Path) -> None:
    logs, clients = write(tmp_path, proof("good"), [client("good")])
    logs.write_text(logs.read_text() + "oops\n")
    command = ["plan", str(logs), "-a", str(clients), "--keep-going"]
    assert main([*command, "--fail-on", "cannot_tell"]) == 1, "nobody is safe by proof while something is unread"
    assert main(command) == 0
