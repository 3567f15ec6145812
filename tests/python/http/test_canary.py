"""The policy that the plan writes for its canary order, at work in the server, and what takes it back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from startgate.cli import main
from startgate.log_files import sources
from startgate.plan import Settings, make_plan

from .conftest import Server

TENANT = Path(__file__).parents[3] / "examples" / "tenant"


@pytest.fixture(scope="module")
def canary() -> dict[str, Any]:
    plan = make_plan(sources([TENANT / "logs.ndjson.gz"]), Settings(TENANT / "clients.json", TENANT / "tenant.json"))
    assert plan["enforce_first"]
    return {"first": plan["enforce_first"][0]["client_id"], **plan["canary"]}


def start_without_a_secret(server: Server, client_id: str) -> int:
    return server.start(client_id=client_id, connection="email", email="ada@example.com", send="code").status


def test_the_canary_policy_enforces_the_proved_applications_and_no_other(
    launch: Callable[..., Server], canary: dict[str, Any]
) -> None:
    server = launch(policy=canary["policy"])
    assert start_without_a_secret(server, canary["first"]) == 403
    assert start_without_a_secret(server, "checkout6RTgadK4WdIcamPX2yOTQUuO") == 200


def test_the_member_that_takes_it_back_takes_it_back(launch: Callable[..., Server], canary: dict[str, Any]) -> None:
    server = launch(policy=canary["policy"] | canary["take_back"])
    assert start_without_a_secret(server, canary["first"]) == 200


def test_the_file_that_the_command_writes_is_enforced_as_it_is(launch: Callable[..., Server], tmp_path: Path) -> None:
    inputs = [str(TENANT / "logs.ndjson.gz"), "-a", str(TENANT / "clients.json")]
    assert main(["plan", *inputs, "--canary", str(tmp_path / "canary.json")]) == 1
    listed = set(json.loads((tmp_path / "canary.json").read_text())["enforcement"]["applications"])
    server = launch(policy=tmp_path / "canary.json", keys="", tenant="tenant.json")
    exported = json.loads((TENANT / "clients.json").read_text())
    refused = {c["client_id"] for c in exported if start_without_a_secret(server, c["client_id"]) == 403}
    third_party = {c["client_id"] for c in exported if c.get("is_first_party") is False}
    assert listed
    assert refused == listed | third_party
