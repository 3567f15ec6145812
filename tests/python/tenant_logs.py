"""Small tenants for the tests of the plan: records in the shapes that people have, and a plan in one call."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from startgate.log_files import sources
from startgate.plan import Plan, Settings, make_plan

FEATURE = "Enforce client authentication for passwordless connections"
START = datetime(2026, 11, 1, 10, tzinfo=UTC)
Record = dict[str, Any]


def at(hours: float) -> str:
    """A moment so many hours after the first."""
    return (START + timedelta(hours=hours)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def send(client_id: str | None, hours: float, **more: Any) -> Record:
    return record("cls", client_id, hours, connection="email", **more)


def notice(client_id: str | None, hours: float, **more: Any) -> Record:
    text = f"{FEATURE}: This feature is being deprecated. Please see details.feature of this log for more information."
    return record("depnote", client_id, hours, description=text, **more)


def record(kind: str, client_id: str | None, hours: float, **more: Any) -> Record:
    return {
        "type": kind,
        "date": at(hours),
        "client_id": client_id,
        "ip": "203.0.113.9",
        "log_id": f"{kind}{client_id}{hours}",
        **more,
    }


def proof(client_id: str, first_hour: float = 0, sends: int = 12) -> list[Record]:
    """Calls two hours and more apart over more than three days, between two logins as every log has them."""
    logins = [record("s", client_id, first_hour), record("s", client_id, first_hour + 8 * sends)]
    return [*logins, *(send(client_id, first_hour + 8 * i) for i in range(sends))]


def client(client_id: str, **more: Any) -> dict[str, Any]:
    return {"client_id": client_id, "name": f"name of {client_id}", "app_type": "regular_web", **more}


def lines(records: Iterable[Record]) -> str:
    return "".join(json.dumps(r) + "\n" for r in records)


def write(folder: Path, records: Iterable[Record], clients: list[dict[str, Any]], name: str = "logs.ndjson") -> tuple[Path, Path]:
    (folder / "clients.json").write_text(json.dumps(clients))
    (folder / name).write_text(lines(records) or "[]")
    return folder / name, folder / "clients.json"


def plan_of(folder: Path, records: Iterable[Record], clients: list[dict[str, Any]], **settings: Any) -> Plan:
    logs, applications = write(folder, records, clients)
    return make_plan(sources([logs]), Settings(applications, **settings))


def verdicts(plan: Plan) -> dict[str | None, tuple[str, str]]:
    return {a["client_id"]: (a["verdict"], a["reason"]) for a in plan["applications"]}
