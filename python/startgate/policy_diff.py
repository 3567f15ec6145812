"""Two policies side by side: what they judge otherwise, and what else differs between them."""

import json
from collections.abc import Iterator
from typing import Any

from ._core import diff_verdicts, profile

File = tuple[str, str]

# These the judge has compared over every combination of facts; the others lie outside the facts.
JUDGED = {"schema", "profile", "enforcement.mode", "client_address.requires_switch", "request.on_unobserved"}


def compare(before: File, after: File) -> dict[str, Any]:
    """`verdicts`: groups of combinations of facts; `members`: every other member that differs.

    Raises ValueError for a file that is no policy.
    """
    verdicts = json.loads(diff_verdicts(before, after))
    one, other = dict(_members(_complete(before[1]))), dict(_members(_complete(after[1])))
    members = [
        {"member": name, "before": one.get(name), "after": other.get(name)}
        for name in sorted(one.keys() | other.keys())
        if name not in JUDGED and one.get(name) != other.get(name)
    ]
    return {"verdicts": verdicts, "members": members}


def _complete(text: str) -> dict[str, Any]:
    policy = json.loads(text or "{}")
    # The engine has read the file, so the profile is one of its own.
    return _merged(json.loads(profile(policy.get("profile") or "auth0") or "{}"), policy)


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        below = base.get(name)
        if isinstance(value, dict) and "count" in value:
            # A limit is stated whole; what it leaves out is burst = count, counted locally, for whom the profile says.
            scope = {"applies_to": below["applies_to"]} if isinstance(below, dict) and "applies_to" in below else {}
            merged[name] = {"burst": value["count"], "unavailable": "local"} | scope | value
        else:
            merged[name] = _merged(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged


def _members(policy: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in policy.items():
        if isinstance(value, dict) and value:
            yield from _members(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value
