"""The policy that the plan writes for its canary order, at work in the server, and what takes it back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
