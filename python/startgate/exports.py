"""What views need to know of an export that the engine has already checked."""

import json
from pathlib import Path


def application_names(path: Path) -> dict[str, str]:
    """client_id to name."""
    export = json.loads(path.read_bytes())
    clients = export["clients"] if isinstance(export, dict) else export
    return {client["client_id"]: client.get("name") or client["client_id"] for client in clients}
