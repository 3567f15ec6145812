"""`startgate serve`: hands over to the HTTP server, a program of its own that comes with the package."""

import os
import shutil
import sysconfig

import typer

from startgate.errors import InputError

PROGRAM = "startgate-serve"


def program() -> str:
    """Where the server is: beside this environment's scripts, or on the PATH.

    A package that was built where Boost was missing has none, which is an `InputError` that says so.
    """
    found = shutil.which(PROGRAM, path=sysconfig.get_path("scripts")) or shutil.which(PROGRAM)
    if found is None:
        raise InputError(
            f"{PROGRAM} is not installed: this package was built without Boost 1.81 or newer; "
            "on Debian 12 `apt-get install libboost1.81-dev`, then install the package again from its source"
        )
    return found


def register(app: typer.Typer) -> None:
    # The options, the help among them, are the program's own.
    @app.command(add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
    def serve(context: typer.Context) -> None:
        """Serve POST /passwordless/start with a login page, the tenant log and the toggle."""
        server = program()
        os.execv(server, [server, *context.args])  # noqa: S606
