"""`startgate replay`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import options


def register(app: typer.Typer) -> None:
    @app.command()
    def replay(
        requests: Annotated[Path, typer.Argument(help="Recorded requests, NDJSON; - is standard input.")],
        applications: options.Applications,
        policy: Annotated[Path, typer.Option("--policy", "-p", help="One policy file.")],
        against: Annotated[Path, typer.Option("--against", help="The other policy file.")],
        keys: options.Keys = None,
        as_json: options.Json = False,
    ) -> int:
        """Replay recorded requests under two policies side by side: flips, refusals per limit, the first refusal.

        Exit status 0 when nothing flips, 1 when something does. The tenant's toggle plays no part: each policy says its own mode.
        """
        from ..files import chunks, input_lines, now_ns, read_text, service_of
        from ..progress import track
        from ..replay import compare
        from ..replay_view import print_for_people

        exported, secrets = read_text(applications), read_text(keys)  # both sides', and either may be a pipe
        sides = [(str(path), service_of(read_text(path), exported, ("", ""), secrets)) for path in (policy, against)]
        comparison = compare(track(chunks(input_lines(requests)), "replaying"), sides[0], sides[1], now_ns())
        if as_json:
            json.dump(comparison.as_json(), sys.stdout, indent=2)
            sys.stdout.write("\n")
        else:
            from ..exports import application_names

            print_for_people(comparison, application_names(exported[1]))
        return 1 if comparison.flips or comparison.unreadable else 0
