"""`startgate explain`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import options


def register(app: typer.Typer) -> None:
    @app.command()
    def explain(
        applications: options.Applications,
        request: Annotated[
            Path | None, typer.Argument(help="One request line or one log record; - or nothing is standard input.")
        ] = None,
        policy: options.Policy = None,
        tenant: options.Tenant = None,
        keys: options.Keys = None,
        as_json: options.Json = False,
    ) -> int:
        """Explain one request, or one tenant log record: what was seen, which rule decided, the smallest fix.

        Exit status 0 when enforcement lets the call pass and nothing is to be mended, 1 otherwise.
        """
        from ..errors import InputError
        from ..explanation import print_for_people
        from ..files import input_lines, load_service, now_ns

        service = load_service(policy, applications, tenant, keys)
        text = b"\n".join(input_lines(request)).strip()
        answer = json.loads(service.explain_line(text, now_ns()))
        decision = answer["decision"]
        if decision["reason"] == "request_unreadable_line":
            raise InputError(
                f"{request or 'standard input'}:1: expected one request line or one tenant log record, a JSON object"
            )
        if as_json:
            json.dump(answer, sys.stdout, indent=2)
            sys.stdout.write("\n")
        else:
            print_for_people(answer)
        return 0 if decision["would_be"] == "allow" and not decision["fix"] else 1
