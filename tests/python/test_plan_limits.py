"""The rehearsal of the limits, held against a second calculation that shares nothing with it: exact tokens, call by call."""

import json
import random
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tenant_logs import START, Record, client, notice, plan_of, send

from startgate import plan_words
from startgate.pseudonyms import Pseudonyms

HOUR_MS = 3_600_000
SHOWN = Pseudonyms(show=True)


def iso(ms: int) -> str:
    return (START + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def call(ms: int, ip: str, n: int = 0) -> Record:
    return {**send("a", 0, ip=ip, log_id=f"{ip} {ms} {n}"), "date": iso(ms)}


def brute_force(times: list[int], count: int, period_ms: int) -> dict[str, Any]:
    """A bucket of `count` tokens that refills evenly, and the fullest of all stretches of sixty sixtieths of the period."""
    tokens, before, refused = Fraction(count), 0, []
    for at in times:
        tokens, before = min(Fraction(count), tokens + Fraction(count * (at - before), period_ms)), at
        if tokens >= 1:
            tokens -= 1
        else:
            refused.append(at)
    begun = START.timestamp() * 1000
    parts = [int(Fraction(int(begun) + at) * 60 // period_ms) for at in times]
    peak = max(sum(part - 60 < other <= part for other in parts[: i + 1]) for i, part in enumerate(parts))
    return {"calls": len(times), "peak": peak, "refused": len(refused), "first_refusal": iso(refused[0]) if refused else None}


def told(limit: dict[str, Any]) -> dict[str, Any]:
    return {name: limit[name] for name in ("calls", "peak", "refused", "first_refusal")}


def limits_of(folder: Path, records: list[Record], **settings: Any) -> dict[str, Any]:
    found: dict[str, Any] = plan_of(folder, records, [client("a")], pseudonyms=SHOWN, **settings)["limits"]
    return found


def traffic(seed: int) -> dict[str, list[int]]:
    """Moments by address: steady, in bursts across full hours, idle between; some near fifty an hour, some far above or below."""
    chance = random.Random(seed)  # noqa: S311 no secret
    out: dict[str, list[int]] = {}
    for i in range(12):
        hours = chance.choice((1, 3, 12))
        calls = chance.choice((5, 38, 45, 49, 50, 51, 55, 70, 200)) * chance.choice((1, hours))
        if chance.random() < 0.5:
            edge = chance.randrange(1, 12) * HOUR_MS
            times = [edge + chance.randrange(-20, 20) * 60_000 + chance.randrange(60_000) for _ in range(calls)]
        else:
            times = [chance.randrange(hours * HOUR_MS) for _ in range(calls)]
        out[f"203.0.113.{i}" if i % 3 else f"2001:db8:0:{i + 1:x}::/64"] = sorted(times)
    return out


def ip_of(address: str, chance: random.Random) -> str:
    """An address of the network; any of its own where it is a customer's /64."""
    return address.replace("::/64", f":{chance.randrange(65536):x}::{chance.randrange(1, 65536):x}")


@pytest.mark.parametrize("seed", range(20))
def test_the_rehearsal_is_what_exact_tokens_say(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 no secret
    expected = traffic(seed)
    records = [call(ms, ip_of(ip, chance), n) for ip, times in expected.items() for n, ms in enumerate(times)]
    chance.shuffle(records)
    per_second = chance.choice((1, 2, 3, 7, 100))
    limits = limits_of(tmp_path, records, per_second=per_second)
    near = {ip: found for ip, times in expected.items() if (found := brute_force(times, 50, HOUR_MS))["peak"] >= 40}
    assert {each["address"]: told(each) for each in limits["start_per_address"]} == near
    everything = sorted(ms for times in expected.values() for ms in times)
    assert told(limits["authentication_api"]) == brute_force(everything, per_second, 1000)


def test_an_hour_need_not_begin_on_the_hour(tmp_path: Path) -> None:
    records = [call(HOUR_MS - 300_000 + 10_000 * i, "203.0.113.1", i) for i in range(60)]
    [address] = limits_of(tmp_path, records)["start_per_address"]
    assert (address["peak"], address["refused"]) == (60, 2)


def test_callers_as_busy_as_each_other_stand_in_one_order_however_the_log_is_read(tmp_path: Path) -> None:
    records = [call(1000 * i, f"203.0.113.{n}", i) for n in (3, 1, 2) for i in range(45)]
    orders = [[each["address"] for each in limits_of(tmp_path, rs)["start_per_address"]] for rs in (records, records[::-1])]
    assert orders[0] == orders[1]


def test_one_customer_is_one_caller_however_an_address_is_written(tmp_path: Path) -> None:
    texts = ("2001:db8:0:1::1", "2001:DB8:0:1:0:0:0:2", "2001:db8::1:ffff:0:0:3", "2001:db8:0:1:ffff::")
    records = [call(1000 * i, texts[i % 4], i) for i in range(44)]
    records += [call(1000 * i, ("203.0.113.9", "::ffff:203.0.113.9", "::FFFF:cb00:7109")[i % 3], i) for i in range(42)]
    found = {each["address"]: each["calls"] for each in limits_of(tmp_path, records)["start_per_address"]}
    assert found == {"2001:db8:0:1::/64": 44, "203.0.113.9": 42}


@pytest.mark.parametrize("masked", ["*****", "203.0.113.*", "***.***.***.***"])
def test_a_masked_address_is_nobodys(masked: str, tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [call(1000 * i, masked, i) for i in range(90)], [client("a")])
    assert plan["limits"]["start_per_address"] == [], "many callers look like one"
    assert plan["limits"]["authentication_api"]["calls"] == 90
    assert plan["applications"][0]["evidence"]["addresses"]["distinct"] == 0
    assert plan["masked"] == ["ip"]


def test_a_hashed_address_is_still_the_same_for_the_same_caller(tmp_path: Path) -> None:
    records = [call(1000 * i, f"{i % 2:016x}", i) for i in range(100)]
    found = limits_of(tmp_path, records)
    assert [(each["address"], each["peak"]) for each in found["start_per_address"]] == [("0" * 16, 50), ("0" * 15 + "1", 50)]


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.1.2.3", "::1", "fd00::1", "fe80::1", "::ffff:10.1.2.3"])
def test_an_address_that_is_no_users_is_told_whatever_its_family(ip: str, tmp_path: Path) -> None:
    found = plan_of(tmp_path, [send("a", 8 * i, ip=ip) for i in range(12)], [client("a")])["applications"][0]
    assert found["evidence"]["addresses"]["not_global"] == 12
    assert found["findings"] == ["forwarded_for_not_public"]


def test_a_notice_sends_nothing_and_counts_toward_no_limit(tmp_path: Path) -> None:
    records = [{**notice("a", 0, log_id=f"{i}"), "date": iso(i)} for i in range(90)]
    limits = limits_of(tmp_path, records)
    assert (limits["start_per_address"], limits["authentication_api"]["calls"]) == ([], 0)


def test_the_words_say_whose_limit_ends_and_whose_does_not(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [call(1000 * i, "203.0.113.1", i) for i in range(60)], [client("a")])
    near, everybody = plan_words.limit_lines(plan)
    assert "50 an hour are let through while they are not authenticated; 10 calls past it, the first at 2026-11-01 10:00" in near
    assert everybody.startswith(
        "afterwards calls that are authenticated count toward the Authentication API limit alone, and those of public "
        "applications toward both: all calls together reach 1 a second, 1% of its 100"
    )


def test_a_masked_recipient_says_nothing_about_addresses(tmp_path: Path) -> None:
    for name in ("9e8d1c33a0b1", "a***@example.com", "*****", "+49*******"):
        plan = plan_of(tmp_path, [send("a", 1, user_name=name)], [client("a")])
        assert plan["masked"] == ["user_name"], name
        assert "user_name is masked in some records; nothing here rests on it" in plan_words.caveat_lines(plan)


def test_the_first_refusal_is_a_moment_of_the_log(tmp_path: Path) -> None:
    [address] = limits_of(tmp_path, [call(60_000 * i // 2, "203.0.113.1", i) for i in range(200)])["start_per_address"]
    at = datetime.fromisoformat(address["first_refusal"])
    # Fifty at once and one every 72 seconds: of one every 30 seconds, the 86th is the first too many.
    assert at == START + timedelta(seconds=30 * 85)
    assert json.loads(json.dumps(address))["burst"] == 50
