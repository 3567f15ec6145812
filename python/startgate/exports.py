"""What views need to know of an export that the engine has already checked."""

import json
from pathlib import Path
from typing import Any


def application_names(path: Path) -> dict[str, str]:
    """client_id to name."""
    return {client["client_id"]: client.get("name") or client["client_id"] for client in _clients(path)}


def application_owners(path: Path) -> dict[str, str]:
    """client_id to whoever `client_metadata.owner` names, where it does."""
    owners = {client["client_id"]: (client.get("client_metadata") or {}).get("owner") for client in _clients(path)}
    return {client_id: owner for client_id, owner in owners.items() if isinstance(owner, str) and owner}


def _clients(path: Path) -> list[dict[str, Any]]:
    export = json.loads(path.read_bytes())
    clients: list[dict[str, Any]] = export["clients"] if isinstance(export, dict) else export
    return clients
