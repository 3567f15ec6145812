"""The policy that the plan writes for its canary, from the command that writes it to the decisions that follow from it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tenant_logs import client, notice, proof, write

from startgate.cli import main

TENANT = Path(__file__).parents[2] / "examples" / "tenant"
Decide = Callable[..., dict[str, str]]


def start(client_id: str) -> str:
    body = {"client_id": client_id, "connection": "email", "email": "ada@example.com"}
    return json.dumps({"id": client_id, "at": "2026-12-01T10:00:00Z", "peer": "203.0.113.9", "headers": [], "body": body})


@pytest.fixture
def decide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Decide:
    def outcomes(policy: dict[str, Any] | Path, clients: Path, *more: str) -> dict[str, str]:
        """What a call without any proof meets: by application."""
        if isinstance(policy, dict):
            (tmp_path / "policy").write_text(json.dumps(policy))
            policy = tmp_path / "policy"
        exported = json.loads(clients.read_text())
        (tmp_path / "requests").write_text("\n".join(start(c["client_id"]) for c in exported))
        capsys.readouterr()
        assert main(["decide", str(tmp_path / "requests"), "-a", str(clients), "-p", str(policy), *more]) == 0
        return {found["id"]: found["outcome"] for found in map(json.loads, capsys.readouterr().out.splitlines())}

    return outcomes


def planned(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], Path]:
    main(["plan", *arguments, "--json", "--canary", str(folder / "canary.json")])
    return json.loads(capsys.readouterr().out), folder / "canary.json"


def confidential(folder: Path, clients: Path, decide: Decide) -> set[str]:
    """Whom enforcement concerns at all: who gets a notice where nobody is enforced."""
    return {
        client_id for client_id, outcome in decide({"enforcement": {"mode": "notice"}}, clients).items() if outcome == "notice"
    }


def test_the_file_enforces_exactly_the_applications_that_it_lists_and_its_taking_back_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], decide: Decide
) -> None:
    clients = TENANT / "clients.json"
    plan, canary = planned(
        [str(TENANT / "logs.ndjson.gz"), "-a", str(clients), "-t", str(TENANT / "tenant.json")], tmp_path, capsys
    )
    listed = {each["client_id"] for each in plan["enforce_first"]}
    assert listed
    policy = json.loads(canary.read_text())
    assert set(policy["enforcement"]["applications"]) == listed
    concerned = confidential(tmp_path, clients, decide)
    assert listed < concerned
    before, after = decide(canary, clients), decide(policy | plan["canary"]["take_back"], clients)
    assert {client_id for client_id in concerned if before[client_id] == "deny"} == listed
    assert {before[client_id] for client_id in concerned - listed} == {"notice"}
    assert {after[client_id] for client_id in concerned} == {"notice"}
    untouched = before.keys() - concerned
    assert {client_id: before[client_id] for client_id in untouched} == {client_id: after[client_id] for client_id in untouched}


def test_the_lines_that_the_report_prints_are_what_is_to_be_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], decide: Decide
) -> None:
    """As a person does it who has nothing but the report: the file by the command, the way back by its line."""
    logs, clients = write(tmp_path, [*proof("a"), *proof("b", 0.1), notice("c", 300)], [client("a"), client("b"), client("c")])
    command = ["plan", str(logs), "-a", str(clients)]
    marks = tmp_path / "report.md"
    assert main([*command, "--canary", str(tmp_path / "canary.json"), "--markdown", str(marks)]) == 1
    shown = capsys.readouterr().out
    for text in (shown, marks.read_text().replace("\\", "")):
        assert "startgate decide REQUESTS -a clients.json -p canary.json" in text
        assert "startgate serve --applications clients.json --policy canary.json" in text
    assert decide(tmp_path / "canary.json", clients) == {"a": "deny", "b": "deny", "c": "notice"}
    [line] = [line for line in shown.splitlines() if '"applications": {}' in line]
    member = json.loads("{" + line[line.index('"enforcement"') :] + "}")
    policy = json.loads((tmp_path / "canary.json").read_text()) | member
    assert decide(policy, clients) == {"a": "notice", "b": "notice", "c": "notice"}


def test_a_canary_that_has_nobody_to_enforce_gives_notice_to_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], decide: Decide
) -> None:
    logs, clients = write(tmp_path, [notice("a", 1)], [client("a")])
    plan, canary = planned([str(logs), "-a", str(clients)], tmp_path, capsys)
    assert plan["enforce_first"] == []
    assert decide(canary, clients) == {"a": "notice"}


def test_the_tenants_own_toggle_outranks_the_canary(tmp_path: Path, capsys: pytest.CaptureFixture[str], decide: Decide) -> None:
    logs, clients = write(tmp_path, [*proof("a"), notice("b", 300)], [client("a"), client("b")])
    _, canary = planned([str(logs), "-a", str(clients)], tmp_path, capsys)
    for flag, expected in ((False, {"a": "deny", "b": "notice"}), (True, {"a": "deny", "b": "deny"})):
        (tmp_path / "tenant").write_text(json.dumps({"flags": {"enforce_client_authentication_on_passwordless_start": flag}}))
        assert decide(canary, clients, "-t", str(tmp_path / "tenant")) == expected
