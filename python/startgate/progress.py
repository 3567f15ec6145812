"""A progress bar on standard error, only where a person watches and the work takes more than a second."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

PATIENCE_S = 1.0
T = TypeVar("T", bound=Sized)


def track(chunks: Iterable[T], doing: str) -> Iterator[T]:
    """Yields the chunks; counts their items (bytes, for pieces of a file) in a bar once a second has passed."""
    if not sys.stderr.isatty():
        yield from chunks
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = Progress(SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn(),
                   console=Console(stderr=True), transient=True)  # fmt: skip
    task = bar.add_task(doing, total=None)
    began = time.monotonic()
    with_bar = False
    try:
        for chunk in chunks:
            if not with_bar and time.monotonic() - began > PATIENCE_S:
                with_bar = True
                bar.start()
            yield chunk
            bar.update(task, advance=len(chunk))
    finally:
        if with_bar:
            bar.stop()
