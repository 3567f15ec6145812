"""`startgate secret`."""

import sys
from typing import Annotated

import typer


def _secret() -> bytes:
    """The secret: asked for without an echo at a terminal, otherwise the one line of standard input."""
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("Client secret: ").encode()
    return sys.stdin.buffer.read().removesuffix(b"\n").removesuffix(b"\r")


def register(app: typer.Typer) -> None:
    @app.command()
    def secret(
        form: Annotated[
            str | None,
            typer.Option(
                help="sha256, pbkdf2 or scrypt; by default sha256 for 32 characters and more, and scrypt for fewer.",
                show_default=False,
            ),
        ] = None,
    ) -> None:
        """Read a client secret from standard input and print its verifier, to stand as `verifier` in the keys file."""
        from .._core import import_secret
        from ..errors import InputError

        try:
            typer.echo(import_secret(_secret(), form))
        except ValueError as error:
            raise InputError(f"standard input: {error}") from error
