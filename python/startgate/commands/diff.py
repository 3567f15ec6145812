"""`startgate diff`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from . import options


def register(app: typer.Typer) -> None:
    @app.command()
    def diff(
        before: Annotated[Path, typer.Argument(help="One policy file.")],
        after: Annotated[Path, typer.Argument(help="The other policy file.")],
        as_json: options.Json = False,
    ) -> int:
        """Every combination of facts that two policies judge differently, grouped by cause, and every other member that differs.

        Exit status 0 only for policies that decide alike, 1 otherwise.
        """
        from .._core import diff_policies
        from ..errors import InputError
        from ..files import read_text

        try:
            result = json.loads(diff_policies(read_text(before), read_text(after)))
        except ValueError as error:
            raise InputError(str(error)) from error
        if as_json:
            json.dump(result, sys.stdout, indent=2)
            sys.stdout.write("\n")
        else:
            _print_for_people(result)
        return 1 if result["verdicts"] or result["members"] else 0


def _print_for_people(result: dict[str, list[dict[str, Any]]]) -> None:
    from ..visible import visible

    if not result["verdicts"] and not result["members"]:
        typer.echo("the policies decide alike")
    for group in result["verdicts"]:
        change = f"{_words(group['before'])} -> {_words(group['after'])}"
        count = group["combinations"]
        typer.echo(f"{group['cause']}: {change} in {count} combination{'s' if count > 1 else ''} of facts")
        for line in group["when"]:
            typer.echo("  when " + (", ".join(f"{fact} {' or '.join(values)}" for fact, values in line.items()) or "whatever"))
    for member in result["members"]:
        typer.echo(visible(f"{member['member']}: {json.dumps(member['before'])} -> {json.dumps(member['after'])}"))


def _words(verdict: dict[str, str]) -> str:
    return f"{verdict['outcome']} (would be {verdict['would_be']}, address from the {verdict['address']})"
