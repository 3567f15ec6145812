"""`startgate limit`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

LARGEST = 2**64 - 1


def register(app: typer.Typer) -> None:
    @app.command()
    def limit(
        count: Annotated[int, typer.Option("--count", min=0, max=LARGEST, help="Requests in each period, in the long run.")],
        period_ns: Annotated[int, typer.Option("--period-ns", min=0, max=LARGEST, help="The period, in nanoseconds.")],
        burst: Annotated[int, typer.Option("--burst", min=0, max=LARGEST, help="Requests at once.")],
        lines: Annotated[
            Path | None, typer.Argument(help="NDJSON {key, now_ns, cost, op}; - or nothing is standard input.")
        ] = None,
    ) -> int:
        """Ask rate-limit buckets: NDJSON {key, now_ns, cost, op} in, {allowed, remaining, retry_after_ns, reset_after_ns} out.

        `op` is consume, peek (what consume would answer), refund or reset; "never" is what more than the burst waits for. Exit
        status 1 when a line could not be read.
        """
        from .._core import LimitReader
        from ..errors import InputError
        from ..files import input_lines

        try:
            reader = LimitReader(count, period_ns, burst)
        except ValueError as error:
            raise InputError(str(error)) from error
        whole = True
        for line in input_lines(lines):
            answer, read = reader.line(line)
            whole &= read
            sys.stdout.write(f"{answer}\n")
        return 0 if whole else 1
