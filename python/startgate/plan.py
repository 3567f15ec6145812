"""The plan: what the engine found in the logs, put together as one value that every renderer shows and no renderer adds to.

The verdict, its reason and its fix are the engine's (include/startgate/plan.hpp). Here stands what surrounds them: the tenant's
toggle, the snippet for a fix, exceptions, the baseline, the last step of the migration, and the order in which to enforce.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ._core import PlanScan
from .errors import InputError
from .exports import application_lines, application_owners
from .files import read_text
from .log_files import Source
from .log_reading import read_logs
from .plan_files import TOGGLE, read_baseline, read_exceptions, read_marks, read_toggle
from .pseudonyms import Pseudonyms
from .remedies import SEND_SECRET, snippet_for

VERDICTS = ("breaks", "cannot_tell", "safe")
CRITERION = (
    "safe: at least ten proved calls on at least three days since the application's last notice, and no notice after them. "
    "A call is proved if in the 60 minutes before it nobody in the tenant caused a notice of this feature; "
    "the first hour of the log, and of what follows a gap, proves nothing, and neither does a call before the first or after the "
    "last record that is no call. Where a part of the logs could not be read, nobody is safe by proof."
)

# What an SDK has to be able to do.
NEEDS_A_VERSION = ("send_client_secret", "upgrade_sdk", "sign_client_assertion")

Plan = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What a plan is made from, beside the logs."""

    applications: Path
    tenant: Path | None = None
    per_second: int = 100
    keep_going: bool = False
    exceptions: Path | None = None
    baseline: Path | None = None
    marks: tuple[str, ...] = ()
    today: date = field(default_factory=date.today)
    pseudonyms: Pseudonyms = field(default_factory=Pseudonyms)


def make_plan(logs: Iterable[Source], settings: Settings) -> Plan:
    """Reads everything and judges; InputError names the file and the line that cannot be read."""
    toggle, marks = read_toggle(settings.tenant), read_marks(settings.marks)
    scan = PlanScan()
    export = read_text(settings.applications)
    try:
        unread = read_logs(logs, scan.feed, settings.keep_going)
        found = json.loads(scan.finish(export, bool(toggle["enforced"]), settings.per_second, partly_unread=unread.count > 0))
    except ValueError as error:
        raise InputError(str(error)) from error
    except RuntimeError as error:
        raise InputError(f"{error}; set TMPDIR to a place with room") from error

    owners, lines = application_owners(export[1]), application_lines(export[1])
    applications = sorted((_complete(a, owners, lines) for a in found["applications"]), key=_worst_first)
    unknown = _excuse(applications, settings)
    order = enforcement_order(applications)
    for each in found["limits"]["start_per_address"]:
        each["address"] = settings.pseudonyms.address(each["address"])
    return {
        "schema": 1,
        "verdict": min((a["verdict"] for a in applications), key=VERDICTS.index, default="cannot_tell"),
        "summary": {verdict: sum(a["verdict"] == verdict for a in applications) for verdict in VERDICTS},
        "tenant": toggle,
        "at_stake": at_stake(applications),
        "last_step": last_step(applications, found, toggle, unread.count),
        "window": found["window"],
        "applications": applications,
        "enforce_first": order,
        "canary": canary(order),
        "limits": found["limits"],
        "marks": marks,
        "unknown_exceptions": unknown,
        "other_notices": found["other_notices"],
        "record_types": found["types"],
        "masked": found["masked"],
        "has_uncounted_addresses": found["has_uncounted_addresses"],
        "criterion": CRITERION,
        "unread": unread.places,
        "unread_count": unread.count,
    }


def _worst_first(application: dict[str, Any]) -> tuple[int, int, str, str]:
    return (
        VERDICTS.index(application["verdict"]),
        -application["evidence"]["sends"],
        application["name"],
        application["client_id"] or "",
    )


def _complete(application: dict[str, Any], owners: dict[str, str], lines: dict[str, int]) -> dict[str, Any]:
    evidence = application["evidence"]
    sdk = evidence["notice_sdk"] or evidence["sdk"]
    fix = application["fix"]
    if sdk and (first := fix.get("first_version")):
        fix["text"] = _with_version(fix, sdk, first)
    elif sdk and fix["code"] in NEEDS_A_VERSION:
        # A name that nobody knows is whatever the caller wrote, and no part of a sentence of ours.
        name = sdk["name"] if sdk["name"].lower() in SEND_SECRET else "this SDK"
        fix["text"] += f"; from which version on {name} does it is not known here: make one call and look for a notice"
    application["owner"] = owners.get(application["client_id"])
    application["exported_at"] = lines.get(application["client_id"]) if application["exported"] else None
    if snippet := snippet_for(fix["code"], sdk["name"] if sdk else None):
        fix["snippet"] = {"language": snippet.language, "where": snippet.where, "code": snippet.code}
    return application


def _with_version(fix: dict[str, Any], sdk: dict[str, str], first: str) -> str:
    if fix["code"] == "upgrade_sdk":
        return (
            f"{sdk['name']} {first} is the first version that sends the secret: upgrade from {sdk['version']}, "
            "or make this one call over plain HTTP"
        )
    does = "signs it" if fix["code"] == "sign_client_assertion" else "sends it"
    return f"{fix['text']}; {sdk['name']} {first} is the first version that {does}"


def _excuse(applications: list[dict[str, Any]], settings: Settings) -> list[str]:
    """Marks what an exception covers today and what the baseline already had; both stay in the plan for all to see.

    Returns whom exceptions name and nobody has: misspelled, or gone.
    """
    exceptions = {e["client_id"]: e for e in sorted(read_exceptions(settings.exceptions), key=lambda e: e["until"])}
    before = {identity(a): a["verdict"] for a in read_baseline(settings.baseline)}
    for application in applications:
        was = before.get(identity(application))
        application["in_baseline"] = was in VERDICTS and VERDICTS.index(was) <= VERDICTS.index(application["verdict"])
        exception = exceptions.get(identity(application))
        application["exception"] = exception and {**exception, "in_force": settings.today.isoformat() <= exception["until"]}
    return sorted(exceptions.keys() - {identity(application) for application in applications})


def identity(application: dict[str, Any]) -> str:
    """Its client_id, or its name where the log knows it by nothing else."""
    known: str = application["client_id"] or application.get("name") or ""
    return known


def fails(plan: Plan, fail_on: str) -> bool:
    """Whether a run with `--fail-on` must fail: an application as bad as that holds the toggle back, is new and not excused."""
    if fail_on == "never":
        return False
    bad = VERDICTS[: VERDICTS.index(fail_on) + 1]
    return any(
        a["verdict"] in bad and a["holds_back"] and not a["in_baseline"] and not (a["exception"] and a["exception"]["in_force"])
        for a in plan["applications"]
    )


def at_stake(applications: list[dict[str, Any]]) -> dict[str, Any]:
    """What turning the toggle on today would cost: at most so many calls a day, those of the applications that break."""
    breaking = [a for a in applications if a["verdict"] == "breaks"]
    last = max((day["date"] for a in applications for day in a["evidence"]["days"]), default=None)
    sends = 0
    if last:
        first = (date.fromisoformat(last) - timedelta(days=6)).isoformat()
        sends = sum(day["sends"] for a in breaking for day in a["evidence"]["days"] if day["date"] >= first)
    return {"applications": len(breaking), "calls_a_day_at_most": -(-sends // 7)}


def last_step(
    applications: list[dict[str, Any]], found: dict[str, Any], toggle: dict[str, bool | None], unread: int
) -> dict[str, Any]:
    """The guide's last step: no notices any more, then the toggle. Now, not yet, or not at all; and how to take it back."""
    window = found["window"]
    quiet_since = window["last_notice"] or window["from"]
    waiting = [a for a in applications if a["holds_back"]]
    if toggle["enforced"]:
        answer, text = "done", "the toggle is on already" + (" and locked: there is nothing to plan" if toggle["locked"] else "")
    elif toggle["locked"]:
        answer, text = "locked", "the toggle is locked: the service has to turn it on, ask its support"
    elif window["records"] == 0:
        answer, text = "not_yet", "not yet: there is no log to go by"
    elif waiting:
        answer, text = "not_yet", f"not yet: {_how_many(waiting)}"
    else:
        answer = "now"
        text = "now: every application that was seen has proved itself or needs no proof" + _provided(found, unread)
    return {
        "answer": answer,
        "text": text,
        "quiet_since": quiet_since,
        "waiting_for": [identity(a) for a in waiting],
        "turn_on": _patch(True),
        "take_back": _patch(False),
    }


def _provided(found: dict[str, Any], unread: int) -> str:
    """What must hold beside, where the logs themselves leave a doubt."""
    doubts = []
    if not found["window"]["last_notice"] and not found["other_notices"]:
        doubts.append("that these logs would show a notice")
    if unread:
        doubts.append("that what could not be read held none")
    return f", provided {' and '.join(doubts)}" if doubts else ""


def _how_many(waiting: list[dict[str, Any]]) -> str:
    parts = []
    for verdict, words in (("breaks", ("breaks", "break")), ("cannot_tell", ("has no verdict yet", "have no verdict yet"))):
        if count := sum(a["verdict"] == verdict for a in waiting):
            parts.append(f"{count} application{'s' if count > 1 else ''} {words[count > 1]}")
    return ", ".join(parts)


def _patch(on: bool) -> dict[str, Any]:
    return {"method": "PATCH", "path": "/api/v2/tenants/settings", "body": {"flags": {TOGGLE: on}}}


def enforcement_order(applications: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Which application to enforce first: of those that have proved themselves the least used, where a mistake costs least."""
    proved = [a for a in applications if a["may_be_enforced"] and a["client_id"]]
    proved.sort(key=lambda a: (a["evidence"]["sends"], a["client_id"]))
    return [{"client_id": a["client_id"], "name": a["name"], "sends": a["evidence"]["sends"]} for a in proved]


def canary(order: list[dict[str, Any]]) -> dict[str, Any]:
    """A policy that enforces what has proved itself and gives notice to all others, as `decide` and `serve` take it.

    Beside it the member of it that takes everything back.
    """
    modes = {each["client_id"]: "enforce" for each in order}
    return {
        "policy": {"schema": 1, "profile": "auth0", "enforcement": {"mode": "notice", "applications": modes}},
        "take_back": {"enforcement": {"mode": "notice", "applications": {}}},
    }
