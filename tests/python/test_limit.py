"""`startgate limit` against a model in exact fractions, whatever the quota, the costs, the gaps and the clock."""

import json
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from startgate._core import LimitReader
from startgate.cli import main

YEAR_2026 = 1_795_514_400_000_000_000
HOUR = 3_600_000_000_000


@dataclass
class Model:
    """A level of tokens, refilled by the time that has passed: another form of the rule than the engine's.

    `full_at` is kept beside the level, because a full bucket that meets an older clock owes what it was filled with since.
    """

    interval: int
    burst: int
    full_at: dict[str, Fraction] = field(default_factory=dict)

    def level(self, key: str, now: int) -> Fraction:
        missing = (self.full_at.get(key, Fraction(0)) - now) / self.interval
        return self.burst - min(max(missing, Fraction(0)), Fraction(self.burst))

    def keep(self, key: str, now: int, level: Fraction) -> None:
        if level < self.burst or self.full_at.get(key, Fraction(0)) > now:
            self.full_at[key] = now + (self.burst - level) * self.interval

    def answer(self, key: str, now: int, cost: int, op: str) -> dict[str, object]:
        level = self.level(key, now)
        allowed, wait = True, Fraction(0)
        if op == "refund":
            level = min(level + cost, Fraction(self.burst))
            self.full_at[key] = now + (self.burst - level) * self.interval if level < self.burst else Fraction(0)
        elif op == "reset":
            level = Fraction(self.burst)
            self.full_at[key] = Fraction(0)
        else:
            allowed = cost <= level
            wait = Fraction(0) if allowed else (cost - level) * self.interval
            level -= cost if allowed else 0
            if op == "consume":
                self.keep(key, now, level)
        return {
            "allowed": allowed,
            "remaining": level // 1,
            "retry_after_ns": "never" if not allowed and cost > self.burst else wait,
            "reset_after_ns": (self.burst - level) * self.interval,
        }


@st.composite
def quotas(draw: st.DrawFn) -> tuple[int, int, int]:
    """Quotas of every size that the engine takes."""
    count = draw(st.integers(1, 10_000) | st.integers(1, 2**64 - 1))
    period = draw(st.sampled_from([1, 10, 1_000_000_000, 60_000_000_000, HOUR, 24 * HOUR]) | st.integers(1, 2**61))
    burst = draw(st.integers(1, 200) | st.integers(1, 2**62))
    return count, period, max(1, min(burst, 2**62 // -(-period // count)))


steps = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["consume", "consume", "consume", "peek", "refund", "reset"]),
        st.integers(0, 3) | st.sampled_from(["burst", "more"]),
        st.integers(-3, 3) | st.sampled_from(["window", "back", "ahead"]),
    ),
    max_size=40,
)


@given(quota=quotas(), steps=steps)
def test_every_answer_is_that_of_the_exact_model(quota, steps):
    count, period, burst = quota
    interval = -(-period // count)
    model, reader, now = Model(interval, burst), LimitReader(*quota), YEAR_2026
    for key, op, cost, gap in steps:
        spent = {"burst": burst, "more": burst + 1}.get(cost, cost)
        jump = {"window": interval * burst, "back": -now // 2, "ahead": now // 8}
        now += interval // 2 * gap if isinstance(gap, int) else jump[gap]
        now = min(max(now, 0), 2**63 - 1)
        text, read = reader.line(json.dumps({"key": key, "now_ns": now, "cost": spent, "op": op}))
        assert read
        assert json.loads(text) == model.answer(key, now, spent, op), (key, op, spent, now)


@given(quota=quotas(), gaps=st.lists(st.integers(0, 2**20), min_size=1, max_size=60))
def test_no_more_pass_than_the_unrounded_rate_allows(quota, gaps):
    count, period, burst = quota
    reader, now, passed = LimitReader(*quota), YEAR_2026, []
    for gap in gaps:
        now += gap
        if json.loads(reader.line(json.dumps({"key": "a", "now_ns": now}))[0])["allowed"]:
            passed.append(now)
    for first, begin in enumerate(passed):
        for last, end in enumerate(passed[first:], first):
            assert last - first + 1 - burst <= Fraction(count, period) * (end - begin)


def test_the_command_answers_line_by_line(feed, capsys):
    feed('{"key":"a","now_ns":0,"cost":50,"op":"consume"}\n{"key":"a","now_ns":0,"cost":1,"op":"consume"}\n')
    assert main(["limit", "--count", "50", "--period-ns", str(HOUR), "--burst", "50"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"allowed": True, "remaining": 0, "retry_after_ns": 0, "reset_after_ns": HOUR}
    assert second == {"allowed": False, "remaining": 0, "retry_after_ns": HOUR // 50, "reset_after_ns": HOUR}


def test_the_command_says_which_line_it_could_not_read(feed, capsys):
    feed('{"key":"a"}\n{"key":"a","now_ns":0}\n')
    assert main(["limit", "--count", "1", "--period-ns", "1", "--burst", "1"]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"error": "now_ns: is missing"}
    assert second["allowed"]


@pytest.mark.parametrize(
    ("count", "period", "burst"), [("0", "1", "1"), ("1", "0", "1"), ("1", "1", "0"), ("1", str(2**62), "2"), ("x", "1", "1")]
)
def test_a_quota_that_cannot_be_made_is_wrong_usage(feed, capsys, count, period, burst):
    feed("")
    assert main(["limit", "--count", count, "--period-ns", period, "--burst", burst]) == 2
    assert capsys.readouterr().err.startswith("startgate: ")
