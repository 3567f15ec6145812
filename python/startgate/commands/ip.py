"""`startgate ip`."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    @app.command()
    def ip(
        lines: Annotated[Path | None, typer.Argument(help="NDJSON {peer, headers}; - or nothing is standard input.")] = None,
        trusted: Annotated[
            list[str] | None, typer.Option("--trusted", help="Prefix of trusted proxies; may be repeated.")
        ] = None,
        header: Annotated[
            str | None, typer.Option("--header", help="The forwarding header; x-forwarded-for by default.", show_default=False)
        ] = None,
        hops: Annotated[
            int | None, typer.Option("--hops", min=1, max=16, help="Proxies from the right; alone it believes every peer.")
        ] = None,
        policy: Annotated[
            Path | None,
            typer.Option("--policy", "-p", help="Policy file whose client_address says all this instead.", show_default=False),
        ] = None,
        key: Annotated[bool, typer.Option("--key", help="Add the key that limits count by.")] = False,
        preset: Annotated[
            str | None,
            typer.Option(
                "--as",
                help="auth0 (the default), nginx, nginx_recursive, apache, envoy, envoy_cidrs, express or rails.",
                show_default=False,
            ),
        ] = None,
        compare: Annotated[str | None, typer.Option("--compare", help="Show the answer of another preset beside it.")] = None,
        trace: Annotated[bool, typer.Option("--trace", help="Add every hop and every header without a say.")] = False,
    ) -> int:
        """Tell who is calling: NDJSON {peer, headers} in, {address, source, reason} out.

        Exit status 1 when a line gives no address, or when --compare shows a difference.
        """
        from .._core import IpReader
        from ..errors import InputError
        from ..files import input_lines, read_text

        if policy and (trusted or header or hops or preset):
            raise InputError("--policy says whom to trust: leave out --trusted, --header, --hops and --as")
        try:
            if policy:
                reader = IpReader.of_policy(read_text(policy), compare, key, trace)
            else:
                reader = IpReader(trusted or [], header or "x-forwarded-for", hops, preset or "auth0", compare, key, trace)
        except ValueError as error:
            raise InputError(str(error)) from error
        all_well = True
        for line in input_lines(lines):
            answer, found, same = reader.line(line)
            all_well &= found and same
            sys.stdout.write(f"{answer}\n")
        return 0 if all_well else 1
