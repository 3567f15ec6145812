"""A policy that names a shared store, at the command line and from Python, on a real Redis."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis_server import PASSWORD, Redis

from startgate import Service
from startgate.cli import main

TENANT = Path(__file__).parents[2] / "examples" / "tenant"
FILES = ["-a", str(TENANT / "clients.json"), "-k", str(TENANT / "keys.json")]
CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.end()


def policy_over(url: str) -> str:
    limits = {"authentication_api": None, "start_per_address": {"count": 10, "period_s": 3600}}
    return json.dumps({"limits": limits, "store": {"url": url, "deadline_ms": 2000}})


@pytest.fixture
def policy(redis: Redis, tmp_path: Path) -> Path:
    path = tmp_path / "policy.json"
    path.write_text(policy_over(redis.url))
    return path


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    """Eight starts from one address, without a proof."""
    body = {"client_id": CHECKOUT, "connection": "email", "email": "ada@example.com"}
    path = tmp_path / "requests.ndjson"
    path.write_text((json.dumps({"peer": "198.51.100.7", "headers": [], "body": body}) + "\n") * 8)
    return path


def outcomes(capsys) -> Counter[str]:
    return Counter(json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines())


def test_decide_counts_on_the_store_from_one_run_to_the_next(policy: Path, requests: Path, capsys) -> None:
    assert main(["decide", *FILES, "-p", str(policy), str(requests)]) == 0
    assert outcomes(capsys) == {"notice": 8}
    assert main(["decide", *FILES, "-p", str(policy), str(requests)]) == 0
    assert outcomes(capsys) == {"notice": 2, "deny": 6}


def test_explain_replay_and_the_state_commands_spend_nothing_of_the_store(policy: Path, requests: Path, capsys, redis) -> None:
    one = requests.with_name("one.json")
    one.write_text(requests.read_text().splitlines()[0])
    for _ in range(3):
        assert main(["explain", *FILES, "-p", str(policy), str(one)]) == 1
        assert main(["replay", str(requests), *FILES, "-p", str(policy), "--against", str(policy)]) == 0
        assert main(["state", "issue", *FILES, "-p", str(policy), "--application", CHECKOUT]) == 0
    capsys.readouterr()
    main(["decide", *FILES, "-p", str(policy), str(requests)])
    assert outcomes(capsys) == {"notice": 8}
    redis.end()
    assert main(["replay", str(requests), *FILES, "-p", str(policy), "--against", str(policy)]) == 0, "nor do they need it"


def test_decide_goes_on_without_the_store_says_why_and_marks_its_answers(policy: Path, requests: Path, capsys, redis) -> None:
    redis.end()
    assert main(["decide", *FILES, "-p", str(policy), str(requests)]) == 0
    told = capsys.readouterr()
    assert told.err == (
        "startgate decide: store.url: the server cannot be reached; until it can, each limit does what its `unavailable` says\n"
    )
    decided = [json.loads(line) for line in told.out.splitlines()]
    assert {limit["degraded"] for decision in decided for limit in decision["limits"]} == {True}
    assert Counter(decision["outcome"] for decision in decided) == {"notice": 5, "deny": 3}


def test_a_store_that_refuses_the_password_is_one_line_and_status_two(tmp_path: Path, capsys, redis: Redis) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(policy_over(redis.url.replace(PASSWORD, "a-wrong-password")))
    assert main(["decide", *FILES, "-p", str(policy)]) == 2
    told = f"{policy}:1: store.url: the server refuses the user or the password; correct what stands before the @\n"
    assert capsys.readouterr().err.endswith(told)


def test_a_service_tells_whether_it_reaches_its_store(redis: Redis) -> None:
    policy = ("policy", policy_over(redis.url))
    assert Service(policy).store_trouble == ""
    redis.end()
    assert Service(policy).store_trouble.startswith("the server cannot be reached")
    assert Service(policy, rehearsal=True).store_trouble == ""
    assert Service().store_trouble == ""
