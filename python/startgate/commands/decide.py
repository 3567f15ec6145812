"""`startgate decide`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import options


def register(app: typer.Typer) -> None:
    @app.command()
    def decide(
        applications: options.Applications,
        requests: Annotated[Path | None, typer.Argument(help="NDJSON requests; - or nothing is standard input.")] = None,
        policy: options.Policy = None,
        tenant: options.Tenant = None,
        keys: options.Keys = None,
    ) -> int:
        """Decide NDJSON requests: one decision line for each line, in order, buckets kept between them.

        The decisions are real: where the policy names a shared store, they count there, in its time.

        Exit status 0 when every line could be read, 1 when one could not (it is answered `request_unreadable_line`).
        """
        from ..files import chunks, input_lines, load_service, now_ns
        from ..progress import track

        service = load_service(policy, applications, tenant, keys, rehearsal=False)
        if service.store_trouble:
            print(f"startgate decide: store.url: {service.store_trouble}", file=sys.stderr)
        unreadable = 0
        for lines in track(chunks(input_lines(requests)), "deciding"):
            decisions = service.decide_lines(lines, now_ns())
            unreadable += sum('"reason":"request_unreadable_line"' in line for line in decisions)
            sys.stdout.write("".join(f"{line}\n" for line in decisions))
        return 1 if unreadable else 0
