"""Puts states of the tenant's hosted login page where a recorded request has `{{state:CLIENT_ID:AGE}}`.

    python3 fill_states.py TENANT_FOLDER STARTGATE

The state is the one that the page would have been given AGE seconds before the request, made with the sample tenant's own key by
`startgate state issue`; each request is a login transaction of its own. Content-Length follows.
"""

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

PLACEHOLDER = re.compile(r"\{\{state:(\w+):(\d+)\}\}")


def issue(tenant: Path, startgate: str, client_id: str, at: datetime, transaction: str) -> str:
    files = [f"--{name}={tenant / file}" for name, file in FILES.items()]
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    command = [startgate, "state", "issue", *files, "--application", client_id, "--at", moment, "--transaction", transaction]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


FILES = {"policy": "policy.json", "applications": "clients.json", "keys": "keys.json"}


def filled(line: str, tenant: Path, startgate: str) -> str:
    found = PLACEHOLDER.search(line)
    if found is None:
        return line
    request: dict[str, Any] = json.loads(line)
    opened = datetime.fromisoformat(request["at"]) - timedelta(seconds=int(found[2]))
    state = issue(tenant, startgate, found[1], opened, request["id"])
    request = json.loads(line.replace(found[0], state))
    for header in request["headers"]:
        if header[0].lower() == "content-length":
            header[1] = str(int(header[1]) + len(state) - len(found[0]))
    return json.dumps(request, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    tenant, startgate = Path(sys.argv[1]), sys.argv[2]
    requests = tenant / "requests.ndjson"
    lines = requests.read_text(encoding="utf-8").splitlines()
    requests.write_text("".join(filled(line, tenant, startgate) + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
