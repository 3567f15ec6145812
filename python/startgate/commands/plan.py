"""`startgate plan`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from . import options


class FailOn(StrEnum):
    breaks = "breaks"
    cannot_tell = "cannot_tell"
    never = "never"


def _file(flag: str, text: str) -> Any:
    return typer.Option(flag, help=text, show_default=False, metavar="FILE")


def register(app: typer.Typer) -> None:
    @app.command()
    def plan(
        applications: options.Applications,
        logs: Annotated[
            list[Path] | None, typer.Argument(help="Tenant logs: files or folders; - or nothing is standard input.")
        ] = None,
        tenant: options.Tenant = None,
        as_json: options.Json = False,
        html: Annotated[Path | None, _file("--html", "Also write one self-contained page.")] = None,
        markdown: Annotated[Path | None, _file("--markdown", "Also write Markdown.")] = None,
        sarif: Annotated[Path | None, _file("--sarif", "Also write SARIF 2.1.0.")] = None,
        ndjson: Annotated[Path | None, _file("--ndjson", "Also write one line per application.")] = None,
        canary: Annotated[Path | None, _file("--canary", "Also write a policy that enforces what has proved itself.")] = None,
        fail_on: Annotated[
            FailOn, typer.Option("--fail-on", help="Exit with 1 when an application is as bad as this.")
        ] = FailOn.breaks,
        baseline: Annotated[Path | None, _file("--baseline", "An earlier --json: what it had fails no run.")] = None,
        exceptions: Annotated[Path | None, _file("--exceptions", "JSON array of {client_id, until, why}.")] = None,
        keep_going: Annotated[
            bool, typer.Option("--keep-going", help="Pass over what cannot be read; the report says what.")
        ] = False,
        per_second: Annotated[int, typer.Option("--per-second", min=1, help="The tenant's Authentication API limit.")] = 100,
        snippets: Annotated[bool, typer.Option("--snippets", help="Show the code of each fix.")] = False,
        mark: Annotated[
            list[str] | None,
            typer.Option("--mark", help="Mark a day in the plots: DATE=TEXT, such as a release.", metavar="DATE=TEXT"),
        ] = None,
        pseudonym_key: Annotated[
            Path | None, _file("--pseudonym-key", "Key for stand-ins that stay the same between runs.")
        ] = None,
        show_addresses: Annotated[bool, typer.Option("--show-addresses", help="Addresses as they are, not stand-ins.")] = False,
    ) -> int:
        """Who breaks when the toggle is turned on, why, and how each one is fixed.

        Exit status 1 when an application is as bad as --fail-on and neither in the baseline nor excepted.
        """
        from ..log_files import sources
        from ..plan import Settings, fails, make_plan
        from ..pseudonyms import Pseudonyms, read_key
        from ..report import write

        key = read_key(pseudonym_key) if pseudonym_key else None
        settings = Settings(
            applications, tenant, per_second, keep_going, exceptions, baseline, tuple(mark or ()),
            pseudonyms=Pseudonyms(key, show_addresses),
        )  # fmt: skip
        found = make_plan(sources(logs or []), settings)
        if html:
            from ..report.html import render as page

            write.text(html, page(found))
        if markdown:
            from ..report.markdown import render as marks

            write.text(markdown, marks(found))
        if sarif:
            from ..report.sarif import render as results

            write.text(sarif, write.as_json(results(found, str(applications))))
        if ndjson:
            write.text(ndjson, write.as_ndjson(found["applications"]))
        if canary:
            write.text(canary, write.as_json(found["canary"]["policy"]))
        if as_json:
            typer.echo(write.as_json(found), nl=False)
        else:
            from ..plan_view import print_for_people

            print_for_people(found, snippets)
        return 1 if fails(found, fail_on.value) else 0
