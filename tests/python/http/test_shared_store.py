"""Servers that share a real Redis: together they admit exactly the limit, and none of them hangs on it."""

import json
import os
import signal
import subprocess
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from redis_server import PASSWORD, Redis

PROGRAM = Path(sysconfig.get_path("scripts")) / "startgate-serve"
TENANT = Path(__file__).parents[3] / "examples" / "tenant"
CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
PER_ADDRESS = {"count": 30, "period_s": 3600, "burst": 30}  # an hour is longer than any test runs


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.end()


def policy_over(url: str, deadline_ms: int = 2_000, **limits: Any) -> dict[str, Any]:
    limits = {"authentication_api": None, "start_per_address": PER_ADDRESS} | limits
    return {"limits": limits, "store": {"url": url, "deadline_ms": deadline_ms}}


def decide(server, count: int = 1, address: str = "198.51.100.7") -> list[dict[str, Any]]:
    """Decisions about starts without a proof."""
    body = {"client_id": CHECKOUT, "connection": "email", "email": "ada@example.com"}
    line = json.dumps({"peer": address, "headers": [], "body": body}) + "\n"
    answer = server.manage("POST", "/v1/decide", (line * count).encode())
    assert answer.status == 200, answer.body
    return [json.loads(decided) for decided in answer.body.splitlines()]


def is_degraded(decision: dict[str, Any]) -> bool:
    marks = {limit.get("degraded", False) for limit in decision["limits"]}
    assert len(marks) == 1
    return marks.pop()


def wait_until_reached(server) -> None:
    """Ask, from an address of its own, until an answer comes from the store."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if not is_degraded(decide(server, address="192.0.2.77")[0]):
            return
        time.sleep(0.05)
    raise AssertionError("the store was not found again")


def test_two_servers_on_one_store_together_admit_exactly_the_limit(launch, redis: Redis) -> None:
    servers = [launch(policy=policy_over(redis.url)) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: servers[i % 2].start({"origin": "https://shop.example"}).status, range(80)))
    assert Counter(answers) == {200: 30, 429: 50}
    assert all(server.start().status == 429 for server in servers)


def test_a_server_that_is_restarted_forgives_nobody(launch, redis: Redis) -> None:
    first = launch(policy=policy_over(redis.url))
    assert Counter(d["outcome"] for d in decide(first, 40)) == {"notice": 30, "deny": 10}
    first.stop()
    assert {d["outcome"] for d in decide(launch(policy=policy_over(redis.url)), 5)} == {"deny"}


def test_a_store_that_dies_in_the_middle_is_marked_and_found_again(launch, redis: Redis) -> None:
    server = launch(policy=policy_over(redis.url))
    before = decide(server, 10)
    assert {(d["outcome"], is_degraded(d)) for d in before} == {("notice", False)}
    redis.end()
    alone = decide(server, 40)
    assert {is_degraded(d) for d in alone} == {True}
    assert Counter(d["outcome"] for d in alone) == {"notice": 15, "deny": 25}, "half of the limit, in this process"
    redis.start()
    until = time.monotonic() + 20
    while decide(server)[0]["outcome"] == "deny" and time.monotonic() < until:
        time.sleep(0.05)
    after = decide(server, 40)
    assert Counter(d["outcome"] for d in after) == {"notice": 29, "deny": 11}, (
        "with the one that was waited for: one further burst"
    )
    assert {is_degraded(d) for d in after} == {True}, "the store came back empty, and that is said"


def test_a_store_that_stands_still_holds_nobody_up(launch, redis: Redis) -> None:
    server = launch(policy=policy_over(redis.url, deadline_ms=100))
    wait_until_reached(server)
    redis.process.send_signal(signal.SIGSTOP)
    try:
        alone = decide(server, 20)  # the store does not move before they are here
    finally:
        redis.process.send_signal(signal.SIGCONT)
    assert {is_degraded(d) for d in alone} == {True}
    wait_until_reached(server)
    assert not is_degraded(decide(server)[0])


@pytest.mark.parametrize(("unavailable", "admitted"), [("open", 40), ("closed", 0), ("local", 15)])
def test_each_limit_does_what_it_says_while_the_store_is_away(launch, redis: Redis, unavailable: str, admitted: int) -> None:
    redis.end()
    server = launch(policy=policy_over(redis.url, start_per_address=PER_ADDRESS | {"unavailable": unavailable}))
    decided = decide(server, 40)
    assert sum(d["outcome"] == "notice" for d in decided) == admitted
    assert {is_degraded(d) for d in decided} == {True}


def test_a_server_starts_without_its_store_and_says_so_without_the_password(launch, redis: Redis) -> None:
    redis.end()
    server = launch(policy=policy_over(redis.url))
    assert server.start().status == 200
    status, said = server.stop()
    told = "startgate serve: store.url: the server cannot be reached; until it can, each limit does what its `unavailable` says\n"
    assert (status, told.encode() in said, PASSWORD.encode() in said) == (0, True, False)


def reload(server, policy: Path, strict: bool, **changed: Any) -> None:
    """Have the files read again, and wait until that is seen: unknown members of a body are refused, or not any more."""
    rules = json.loads(policy.read_text())
    rules["store"] |= changed
    policy.write_text(json.dumps(rules | {"request": {"strict_members": strict}}))
    server.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 20
    while (server.start(unknown=1).status == 400) is not strict and time.monotonic() < until:
        time.sleep(0.02)


def test_a_reload_keeps_the_buckets_of_the_same_store_and_another_store_has_its_own(launch, redis: Redis, tmp_path: Path) -> None:
    server = launch(policy=policy_over(redis.url))
    assert Counter(d["outcome"] for d in decide(server, 40)) == {"notice": 30, "deny": 10}
    reload(server, tmp_path / "policy.json", strict=True)
    assert decide(server)[0]["outcome"] == "deny"
    reload(server, tmp_path / "policy.json", strict=False, url=f"{redis.url}/1")
    assert Counter(d["outcome"] for d in decide(server, 40)) == {"notice": 30, "deny": 10}


def refusal(tmp_path: Path, url: str) -> tuple[int, str]:
    """The exit status of a server that is given this store, and what it says on standard error."""
    policy = tmp_path / "policy.json"
    policy.write_text('{\n"store": {\n"url": ' + json.dumps(url) + "}}")
    done = subprocess.run(
        [PROGRAM, f"--policy={policy}", f"--applications={TENANT / 'clients.json'}", "--listen=127.0.0.1:0", "--seconds=5"],
        capture_output=True,
        check=False,
        timeout=30,
        env={"PATH": os.environ["PATH"]},
    )
    return done.returncode, done.stderr.decode().replace(str(policy), "policy.json")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "redis://:a-wrong-password@127.0.0.1:{}",
            "the server refuses the user or the password; correct what stands before the @",
        ),
        ("redis://127.0.0.1:{}", "the server refuses the user or the password; correct what stands before the @"),
        (f"redis://:{PASSWORD}@127.0.0.1:{{}}/99", "the server has no such database; correct its number"),
        (
            f"redis:/:{PASSWORD}@127.0.0.1:{{}}",
            "expected `redis://[user[:password]@]host[:port][/database]`, `rediss://...` for TLS, or `unix:/path[?db=n]`",
        ),
    ],
    ids=["wrong password", "no password", "no such database", "no URL"],
)
def test_a_store_that_cannot_be_used_is_one_line_that_names_the_member_and_no_password(
    redis: Redis, tmp_path: Path, url: str, told: str
) -> None:
    assert refusal(tmp_path, url.format(redis.port)) == (2, f"startgate serve: policy.json:3: store.url: {told}\n")
