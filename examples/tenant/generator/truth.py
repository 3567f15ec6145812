"""What a log proves about each application: the criterion of the plan, worked out while the log is being made.

This is the test's own reading, kept apart from the engine's on purpose. A start is *proved* if in the 60 minutes before it nobody
in the tenant caused a notice; it is *quiet* if the application itself caused none in the 60 minutes before it.

- `safe`: public, third-party, or at least ten proved starts on at least three days since the application's last notice;
- `breaks`: it caused a notice, and after the last one came fewer than ten quiet starts, or none of them proved;
- `cannot_tell`: everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from generator.clients import Application
from generator.traffic import HOUR, Entry, Window

STARTS, DAYS = 10, 3


@dataclass
class Evidence:
    sends: int = 0
    notices: int = 0
    first_seen: int | None = None
    last_seen: int | None = None
    last_notice: int | None = None  # also one that may be another application's of the same name
    quiet_sends: int = 0
    proved_sends: int = 0
    proved_days: set[int] = field(default_factory=set)

    def noticed(self, at: int, certain: bool) -> None:
        self.notices += certain
        self.last_notice = at
        self.quiet_sends = self.proved_sends = 0
        self.proved_days = set()

    def sent(self, at: int, tenant_quiet_since: int) -> None:
        self.sends += 1
        self.first_seen = self.first_seen or at
        self.last_seen = at
        if self.last_notice is None or at - self.last_notice >= HOUR:
            self.quiet_sends += 1
        if at - tenant_quiet_since >= HOUR:
            self.proved_sends += 1
            self.proved_days.add(at // (24 * HOUR))


class Truth:
    def __init__(self, applications: Sequence[Application], exported: Sequence[Application], window: Window) -> None:
        self._applications = applications
        self._exported = exported
        self._window = window
        self._evidence = {a.client_id: Evidence() for a in applications}
        self._namesakes = {a.client_id: [b.client_id for b in applications if b.name == a.name] for a in applications}
        # What was before the window, or in a gap, is unknown: the first hour after either proves nothing.
        self._tenant_quiet_since = window.first
        self._previous = window.first
        self.records: Counter[str] = Counter()

    def see(self, entry: Entry) -> None:
        self.records[entry.type] += 1
        if entry.at - self._previous > HOUR:
            self._tenant_quiet_since = entry.at
        self._previous = entry.at
        if entry.type == "depnote":
            self._notice(entry)
        elif entry.type in ("cls", "cs"):
            self._evidence[entry.application.client_id].sent(entry.at, self._tenant_quiet_since)

    def _notice(self, entry: Entry) -> None:
        self._tenant_quiet_since = entry.at
        client_id = entry.application.client_id
        concerned = self._namesakes[client_id] if entry.application.kind.named_only else [client_id]
        for each in concerned:
            self._evidence[each].noticed(entry.at, certain=len(concerned) == 1)

    def verdict(self, application: Application) -> str:
        kind, seen = application.kind, self._evidence[application.client_id]
        if kind.silent or (seen.proved_sends >= STARTS and len(seen.proved_days) >= DAYS):
            return "safe"
        if seen.notices and (seen.quiet_sends < STARTS or not seen.proved_sends):
            return "breaks"
        return "cannot_tell"

    def table(self) -> dict[str, Any]:
        rows = [self._row(a) for a in self._exported]
        verdicts = [row["verdict"] for row in rows]
        absent = [a for a in map(self._row, self._absent()) if a["evidence"]["sends"]]
        return {
            "window": {"from": iso(self._window.first), "to": iso(self._window.first + self._window.days * 24 * HOUR)},
            "records": dict(sorted(self.records.items())),
            "verdict": next(v for v in ("breaks", "cannot_tell", "safe") if v in verdicts),
            "applications": rows,
            "not_in_export": absent,
        }

    def _absent(self) -> list[Application]:
        known = {a.client_id for a in self._exported}
        return [a for a in self._applications if a.client_id not in known]

    def _row(self, application: Application) -> dict[str, Any]:
        kind, seen, verdict = application.kind, self._evidence[application.client_id], self.verdict(application)
        return {
            "client_id": application.client_id,
            "name": application.name,
            "verdict": verdict,
            "reason": reason(application, verdict, seen),
            "breaks": kind.breaks,
            "why": kind.why,
            "evidence": {
                "sends": seen.sends,
                "notices": seen.notices,
                "first_seen": iso(seen.first_seen),
                "last_seen": iso(seen.last_seen),
                "last_notice": iso(seen.last_notice),
                "quiet_sends": seen.quiet_sends,
                "proved_sends": seen.proved_sends,
                "proved_days": len(seen.proved_days),
            },
        }


def reason(application: Application, verdict: str, seen: Evidence) -> str:
    """The archetype's own cause where the log shows as much, else what the log does show."""
    kind = application.kind
    if verdict == "cannot_tell":
        if not seen.sends and not seen.notices:
            return "never_seen"
        return kind.reason if kind.reason == "ambiguous_name" else "too_little_evidence"
    if verdict == "safe" and not kind.silent and kind.reason != "secret_in_browser":
        return "fixed_since" if seen.last_notice else "authenticated"
    return "backend_without_secret" if verdict == "breaks" and not kind.breaks else kind.reason


def iso(at: int | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
