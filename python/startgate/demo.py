"""The main job on the sample tenant: who breaks when the toggle is turned on, why, and the one-line fix.

Each step is a command that anybody can type; it is shown before it runs.
"""

import shlex
import sys
from pathlib import Path

from .cli import main

REPORT = Path("out") / "report.html"


def steps(tenant: Path) -> list[tuple[str, list[str]]]:
    """What is shown, and the command for it."""
    files = ["--applications", str(tenant / "clients.json"), "--keys", str(tenant / "keys.json")]
    requests, notice, enforced = (
        str(tenant / "requests.ndjson"),
        str(tenant / "policy.json"),
        str(tenant / "policy-enforced.json"),
    )
    return [
        (
            "Requests recorded from the official SDKs, decided in notice mode and in enforce mode: what flips is what breaks.",
            ["replay", requests, *files, "--policy", notice, "--against", enforced],
        ),
        (
            "The guide's own query over thirty days of tenant logs.",
            ["logs", "type:depnote AND description:*passwordless*", str(tenant / "logs.ndjson.gz"), "--count"],
        ),
        (
            "The plan from those logs: per application breaks, safe or cannot tell, with evidence, cause and fix.",
            [
                *["plan", str(tenant / "logs.ndjson.gz"), "--applications", str(tenant / "clients.json")],
                *["--tenant", str(tenant / "tenant.json"), "--html", str(REPORT)],
            ],
        ),
    ]


def run(tenant: Path) -> int:
    """Show every step; 0 when each command did its work, findings included."""
    REPORT.parent.mkdir(exist_ok=True)
    for text, arguments in steps(tenant):
        print(f"\n== {text}\n$ startgate {shlex.join(arguments)}", flush=True)
        if main(arguments) == 2:
            return 2
    print(f"\n== The report, one self-contained page: {REPORT}")
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
