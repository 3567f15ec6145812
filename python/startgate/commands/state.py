"""`startgate state issue` and `startgate state check`."""

from typing import Annotated

import typer

from . import options

Application = Annotated[str, typer.Option("--application", help="client_id of the application whose login page it is.")]
At = Annotated[str | None, typer.Option("--at", help="Moment (RFC 3339); now by default.", show_default=False)]
Transaction = Annotated[
    str, typer.Option("--transaction", help="Any text that names the login transaction; without it the transaction is random.")
]
Cookie = Annotated[str, typer.Option("--cookie", help="Value of the browser's startgate_transaction cookie.")]


def _moment(text: str | None) -> int:
    from .._core import parse_instant
    from ..errors import InputError
    from ..files import now_ns

    if text is None:
        return now_ns()
    moment = parse_instant(text)
    if moment is None:
        raise InputError(f"--at: expected a date and time such as 2026-12-01T10:00:00Z, not {text!r}")
    return moment


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The hosted login page's state: issue one, or say what one is.", no_args_is_help=True)
    app.add_typer(group, name="state")

    @group.command()
    def issue(
        keys: options.Keys,
        application: Application,
        policy: options.Policy = None,
        applications: options.OptionalApplications = None,
        at: At = None,
        transaction: Transaction = "",
        cookie: Cookie = "",
    ) -> None:
        """Print a state for the policy's issuer."""
        from ..errors import InputError
        from ..files import load_service

        service = load_service(policy, applications, None, keys)
        try:
            typer.echo(service.issue_state(application, _moment(at), transaction, cookie))
        except ValueError as error:
            raise InputError(str(error)) from error

    @group.command()
    def check(
        keys: options.Keys,
        application: Application,
        policy: options.Policy = None,
        applications: options.OptionalApplications = None,
        at: At = None,
        transaction: Annotated[str, typer.Option("--transaction", hidden=True)] = "",
        cookie: Cookie = "",
    ) -> int:
        """Read a state from standard input and say what it is. Exit status 0 for a valid one, 1 otherwise."""
        import json

        from ..files import load_service, standard_input

        del transaction  # takes the same options as `issue`
        service = load_service(policy, applications, None, keys)
        answer = service.check_state(standard_input().read().decode(errors="replace").strip(), application, _moment(at), cookie)
        typer.echo(answer)
        return 0 if json.loads(answer)["valid"] else 1
