"""The terminal that views for people are printed to."""

import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

UNCUT = 1 << 15


def console() -> "Console":
    """Standard output; as wide as the terminal, and where there is none, so wide that nothing is cut or folded."""
    from rich.console import Console

    # A terminal that cannot show a character gets its number, not a traceback.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else UNCUT)


def say(screen: "Console", text: "Text", indent: int = 0) -> None:
    """Folded between words at the width of the terminal; where there is none, the line is as long as it is."""
    from rich.padding import Padding

    screen.print(Padding(text, (0, 0, 0, indent), expand=False), soft_wrap=False)
