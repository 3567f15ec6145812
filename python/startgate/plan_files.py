"""What stands beside the logs: the tenant's settings, exceptions, an earlier plan to compare with, days to mark."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from .errors import InputError
from .files import read_text

TOGGLE = "enforce_client_authentication_on_passwordless_start"
LOCK = f"cannot_change_{TOGGLE}"


def read_toggle(path: Path | None) -> dict[str, bool | None]:
    """`enforced` and `locked` of a tenant settings export; None where nothing says so."""
    if path is None:
        return {"enforced": None, "locked": None}
    name, text = read_text(path)
    try:
        flags = json.loads(text).get("flags") or {}
        enforced, locked = flags.get(TOGGLE), flags.get(LOCK)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise InputError(f"{name}:{line}: expected the tenant settings as a JSON object") from error
    except AttributeError as error:
        raise InputError(f"{name}:1: expected the tenant settings as a JSON object with `flags`") from error
    for flag, value in ((TOGGLE, enforced), (LOCK, locked)):
        if value is not None and not isinstance(value, bool):
            raise InputError(f"{name}:1: flags.{flag}: expected true or false")
    return {"enforced": enforced, "locked": locked}


def read_exceptions(path: Path | None) -> list[dict[str, str]]:
    """An array of {client_id, until, why}: until this day the application fails no run."""
    entries = _json_of(path, "an array of exceptions, each with client_id, until and why")
    if not isinstance(entries, list) or not all(_is_exception(entry) for entry in entries):
        raise InputError(f"{path}:1: expected an array of exceptions, each with client_id, until (YYYY-MM-DD) and why")
    return [
        {"client_id": entry["client_id"], "until": date.fromisoformat(entry["until"]).isoformat(), "why": entry["why"]}
        for entry in entries
    ]


def _is_exception(entry: Any) -> bool:
    try:
        date.fromisoformat(entry["until"])
        return isinstance(entry["client_id"], str) and isinstance(entry["why"], str)
    except (TypeError, KeyError, ValueError):
        return False


def read_marks(marks: Iterable[str]) -> list[dict[str, str]]:
    """Days to mark in the plots, each written as DATE=TEXT, in their order."""
    read = []
    for mark in marks:
        day, equals, text = mark.partition("=")
        try:
            read.append({"date": date.fromisoformat(day).isoformat(), "text": text})
        except ValueError:
            equals = ""
        if not equals or not text:
            raise InputError(f"--mark: expected DATE=TEXT such as 2026-11-24=checkout 4.2, not `{mark}`")
    return sorted(read, key=lambda each: each["date"])


def read_baseline(path: Path | None) -> list[dict[str, Any]]:
    """The applications of an earlier plan."""
    plan = _json_of(path, "an earlier plan, written with --json")
    if isinstance(plan, dict) and isinstance(plan.get("applications"), list):
        return [a for a in plan["applications"] if isinstance(a, dict) and {"client_id", "verdict"} <= a.keys()]
    if plan == []:
        return []
    raise InputError(f"{path}:1: expected an earlier plan, written with --json")


def _json_of(path: Path | None, expected: str) -> Any:
    if path is None:
        return []
    name, text = read_text(path)
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{name}:{getattr(error, 'lineno', 1)}: expected {expected}") from error
