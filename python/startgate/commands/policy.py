"""`startgate policy`."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    @app.command()
    def policy(profile: Annotated[str, typer.Option("--profile", help="auth0 or hardened.")] = "auth0") -> None:
        """Print a complete policy file, to start from."""
        from .._core import profile as text_of
        from ..errors import InputError

        text = text_of(profile)
        if text is None:
            raise InputError(f"--profile: expected auth0 or hardened, not {profile!r}")
        typer.echo(text, nl=False)
