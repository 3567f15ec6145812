"""The terminal that views for people are printed to."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

UNCUT = 1 << 15


def console() -> "Console":
    """Standard output; as wide as the terminal, and where there is none, so wide that nothing is cut or folded."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else UNCUT)
