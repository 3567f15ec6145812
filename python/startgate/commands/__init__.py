"""One module per command, each with a `register(app)`.

A command returns its exit status (None is 0) and raises `InputError` for 2. What is slow to import is imported inside the
command, so that `startgate --help` stays quick.
"""

import typer

from . import check_page, decide, diff, explain, ip, limit, logs, plan, policy, replay, secret, serve, state, version


def register_all(app: typer.Typer) -> None:
    """Add every command, in the order that the help shows."""
    for command in (plan, logs, check_page, decide, explain, replay, diff, ip, limit, state, secret, policy, serve, version):
        command.register(app)
