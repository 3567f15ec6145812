"""The command line: exit status 0 clean, 1 findings, 2 wrong usage or unreadable input with one line on standard error."""

import os
import sys
from collections.abc import Sequence

import typer

from .commands import register_all
from .errors import InputError
from .visible import visible

app = typer.Typer(
    help="Decides, explains and rehearses who may start a passwordless login.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    # With a callback a single command is still called by its name.
    pass


register_all(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        return app(args=arguments or ["--help"], prog_name="startgate", standalone_mode=False) or 0
    except InputError as error:
        return _refuse(str(error))
    except BrokenPipeError:
        # The reader has gone (`startgate logs … | head`): nothing is left to say, not even at exit when Python flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        # Typer's own usage errors have no public base class; this method is what marks them.
        if (describe := getattr(error, "format_message", None)) is None:
            raise
        return _refuse(f"{describe().rstrip('.')}; `startgate --help` lists what there is")


def _refuse(message: str) -> int:
    sys.stderr.write(f"startgate: {visible(' '.join(message.split()))}\n")
    return 2
