"""`startgate check-page`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from . import options

PAGES = frozenset({".html", ".htm", ".js", ".mjs"})


def _pages_at(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    from ..errors import InputError

    inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in PAGES)
    if not inside:
        raise InputError(f"{path}: no pages in this folder; expected {', '.join(sorted(PAGES))}")
    return inside


def register(app: typer.Typer) -> None:
    @app.command("check-page")
    def check_page(
        files: Annotated[
            list[Path], typer.Argument(help="Login page templates: HTML, their JavaScript alone, or folders of them.")
        ],
        as_json: options.Json = False,
    ) -> int:
        """Does this login page template still forward `state`? Its script is read, never run.

        Exit status 0 only when every page forwards it; any widget that lost it makes the page lost.
        """
        from ..files import read_text
        from ..page.check import check_page as check

        answers = [check(read_text(path)[1], str(path)) for file in files for path in _pages_at(file)]
        if as_json:
            for answer in answers:
                typer.echo(json.dumps(answer))
        else:
            from ..page_view import print_for_people

            print_for_people(answers)
        return 0 if all(answer["verdict"] == "forwards" for answer in answers) else 1
