"""`startgate version`."""

import typer


def register(app: typer.Typer) -> None:
    @app.command()
    def version() -> None:
        """Print the version."""
        from startgate import __version__

        typer.echo(__version__)
