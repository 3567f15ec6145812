"""What views need to know of an export that the engine has already checked: of its text, since a pipe can be read only once."""

import json
import re
from typing import Any


def application_names(export: str) -> dict[str, str]:
    """client_id to name."""
    return {client["client_id"]: client.get("name") or client["client_id"] for client in _clients(export)}


def application_owners(export: str) -> dict[str, str]:
    """client_id to whoever `client_metadata.owner` names, where it does."""
    metadata = {client["client_id"]: client.get("client_metadata") for client in _clients(export)}
    owners = {client_id: of["owner"] for client_id, of in metadata.items() if isinstance(of, dict) and "owner" in of}
    return {client_id: owner for client_id, owner in owners.items() if isinstance(owner, str) and owner}


def application_lines(export: str) -> dict[str, int]:
    """client_id to the first line that names it."""
    lines: dict[str, int] = {}
    line = at = 0
    for found in re.finditer(r'"client_id"\s*:\s*("(?:[^"\\]|\\.)*")', export):
        line, at = line + export.count("\n", at, found.start(1)), found.start(1)
        lines.setdefault(json.loads(found[1]), line + 1)
    return lines


def _clients(export: str) -> list[dict[str, Any]]:
    read = json.loads(export)
    clients: list[dict[str, Any]] = read["clients"] if isinstance(read, dict) else read
    return clients
