"""`startgate logs`."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    @app.command()
    def logs(
        query: Annotated[str, typer.Argument(help="Tenant log search, such as: type:depnote AND description:*passwordless*")],
        files: Annotated[
            list[Path] | None, typer.Argument(help="Logs: files or folders; - or nothing is standard input.")
        ] = None,
        private_cloud: Annotated[
            bool, typer.Option("--private-cloud", help="The search that private cloud tenants have.")
        ] = False,
        count: Annotated[bool, typer.Option("--count", help="Only how many records were found.")] = False,
        keep_going: Annotated[
            bool, typer.Option("--keep-going", help="Pass over what cannot be read and say so at the end.")
        ] = False,
    ) -> int:
        """Search exported tenant logs and print what is found as NDJSON.

        Reads NDJSON, arrays, pages of search results, CSV, log-stream and EventBridge records, plain, gzip or zstd.
        Exit status 0, with or without a match.
        """
        from .._core import LogSearch, check_query
        from ..errors import InputError
        from ..log_files import sources
        from ..log_reading import read_logs
        from ..visible import visible, visible_json

        if fault := check_query(query, private_cloud):
            position, message = fault
            raise InputError(
                f"the query makes no sense at character {position + 1}, `{visible(query[position:][:20])}`: {visible(message)}"
            )
        search = LogSearch(query, private_cloud)

        def feed(chunk: bytes, last: bool) -> list[tuple[int, str]]:
            found, faults = search.feed(chunk, last)
            if not count:
                sys.stdout.buffer.write(visible_json(found))
            return faults

        unread = read_logs(sources(files or []), feed, keep_going)
        if count:
            typer.echo(search.found)
        sys.stdout.flush()
        for place in unread.places[:10]:
            typer.echo(f"startgate: passed over {visible(place['file'])}:{place['line']}: {visible(place['expected'])}", err=True)
        if unread.count > 10:
            typer.echo(f"startgate: passed over {unread.count} places in all", err=True)
        return 0
