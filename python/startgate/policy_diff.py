"""Two policies side by side: what they judge otherwise, and what else differs between them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ._core import diff_verdicts, profile

File = tuple[str, str]

# These the judge has compared over every combination of facts; the others lie outside the facts.
JUDGED = {"schema", "profile", "enforcement.mode", "client_address.requires_switch", "request.on_unobserved"}

OF_AN_APPLICATION = "start_per_application"


def compare(before: File, after: File) -> dict[str, Any]:
    """`verdicts`: groups of combinations of facts; `members`: every other member that differs.

    Raises ValueError for a file that is no policy.
    """
    verdicts = json.loads(diff_verdicts(before, after))
    one, other = dict(_members(_complete(before[1]))), dict(_members(_complete(after[1])))
    members = [
        {"member": name, "before": _shown(name, one.get(name)), "after": _shown(name, other.get(name))}
        for name in sorted(one.keys() | other.keys())
        if name not in JUDGED and one.get(name) != other.get(name)
    ]
    return {"verdicts": verdicts, "members": members}


def _complete(text: str) -> dict[str, Any]:
    policy = json.loads(text or "{}")
    # The engine has read the file, so the profile is one of its own.
    return _merged(json.loads(profile(policy.get("profile") or "auth0") or "{}"), policy)


def _merged(base: dict[str, Any], over: dict[str, Any], path: str = "") -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        below = base.get(name)
        if isinstance(value, dict) and ("count" in value or "plan" in value):
            merged[name] = _limit(below, value, OF_AN_APPLICATION in path)
        elif isinstance(value, dict):
            merged[name] = _merged(below if isinstance(below, dict) else {}, value, f"{path}.{name}")
        else:
            merged[name] = value
    return merged


def _limit(below: Any, stated: dict[str, Any], of_application: bool) -> dict[str, Any]:
    """A limit is stated whole; what it leaves out is burst = count, counted locally, blocking, for whom the profile says."""
    mode = {"mode": "block"} if of_application else {}
    scope = {"applies_to": below["applies_to"]} if isinstance(below, dict) and "applies_to" in below else {}
    burst = {"burst": stated["count"]} if "count" in stated else {}
    return burst | mode | {"unavailable": "local"} | scope | stated


def _members(policy: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in policy.items():
        if isinstance(value, dict) and value:
            yield from _members(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", None if value == {} else value


def _shown(name: str, value: Any) -> Any:
    """The value without the password that a store's URL may carry."""
    if name == "store.url" and isinstance(value, str):
        return re.sub(r"^(rediss?://[^:/@]*):[^/]*@", r"\1:***@", value)
    return value
