"""Recorded requests under two policies side by side: what flips, which limits refuse, and when first."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ._core import Service

Decision = dict[str, Any]

# What a limit or attack protection decided depends on the order of the calls before it; what a rule decided does not.
ORDER_DEPENDENT = ("limit_", "attack_")


@dataclass(frozen=True)
class Flip:
    """One way in which decisions differ: of which application, from what to what, because of which reason, and the fix."""

    client_id: str | None
    before: str
    after: str
    reason: str
    fix: str | None
    by_order: bool


@dataclass
class Side:
    """What one policy did to all requests."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    refusals_by_limit: Counter[str] = field(default_factory=Counter)
    first_refusal: Decision | None = None
    first_refused_at: str | None = None

    def count(self, decision: Decision, at: str | None) -> None:
        """Take one decision into account."""
        self.outcomes[decision["outcome"]] += 1
        if decision["outcome"] != "deny":
            return
        if self.first_refusal is None:
            self.first_refusal, self.first_refused_at = decision, at
        if decision["reason"].startswith(ORDER_DEPENDENT):
            self.refusals_by_limit[decision["reason"]] += 1


@dataclass
class Comparison:
    """Both sides, and the flips between them with a count and the id of the first request each."""

    policy: Side
    against: Side
    requests: int = 0
    unreadable: int = 0
    flips: Counter[Flip] = field(default_factory=Counter)
    examples: dict[Flip, str | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The comparison as the command prints it."""
        return {
            "requests": self.requests,
            "unreadable": self.unreadable,
            "flips": [self._flip_json(flip, count) for flip, count in self.flips.most_common() if not flip.by_order],
            "order_dependent_flips": [self._flip_json(flip, count) for flip, count in self.flips.most_common() if flip.by_order],
            "policies": [_side_json(self.policy), _side_json(self.against)],
        }

    def _flip_json(self, flip: Flip, count: int) -> dict[str, Any]:
        return {
            "client_id": flip.client_id,
            "from": flip.before,
            "to": flip.after,
            "reason": flip.reason,
            "count": count,
            "first_id": self.examples[flip],
            "fix": flip.fix,
        }


def compare(chunks: Iterable[list[bytes]], policy: tuple[str, Service], against: tuple[str, Service], now: int) -> Comparison:
    """Decide every request line under both policies, each with its own buckets."""
    result = Comparison(Side(policy[0]), Side(against[0]))
    for lines in chunks:
        pairs = zip(lines, policy[1].decide_lines(lines, now), against[1].decide_lines(lines, now), strict=True)
        for line, one, other in pairs:
            _compare_one(result, line, json.loads(one), json.loads(other))
    return result


def _compare_one(result: Comparison, line: bytes, one: Decision, other: Decision) -> None:
    result.requests += 1
    if one["reason"] == "request_unreadable_line":
        result.unreadable += 1
        return
    at = _moment_of(line)
    result.policy.count(one, at)
    result.against.count(other, at)
    if one["outcome"] == other["outcome"] and (one["outcome"] != "deny" or one["reason"] == other["reason"]):
        return
    flip = _flip(one, other)
    result.flips[flip] += 1
    result.examples.setdefault(flip, one["id"])


def _moment_of(line: bytes) -> str | None:
    # Deep nesting and endless numbers are too much for Python's reader, not for the engine's.
    try:
        at: str | None = json.loads(line).get("at")
    except (ValueError, RecursionError):
        return None
    return at


def _flip(one: Decision, other: Decision) -> Flip:
    # The stricter of the two says why, and what to do about it.
    telling = other if other["outcome"] == "deny" or one["outcome"] == "allow" else one
    by_order = any(d["outcome"] == "deny" and d["reason"].startswith(ORDER_DEPENDENT) for d in (one, other))
    fix = telling["fix"]["text"] if telling["fix"] else None
    return Flip(telling["application"]["client_id"], one["outcome"], other["outcome"], telling["reason"], fix, by_order)


def _side_json(side: Side) -> dict[str, Any]:
    first = side.first_refusal
    return {
        "policy": side.name,
        "outcomes": dict(side.outcomes),
        "refusals_by_limit": dict(side.refusals_by_limit),
        "first_refusal": first and {"id": first["id"], "at": side.first_refused_at, "reason": first["reason"]},
    }
