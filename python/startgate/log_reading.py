"""Feeds logs to the engine's readers and keeps the account of what could not be read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .errors import InputError
from .log_files import Source
from .progress import track
from .unpacking import DamagedError
from .visible import visible

Feed = Callable[[bytes, bool], list[tuple[int, str]]]
MOST_NAMED = 1000


@dataclass
class Unread:
    """What was not read: the places, up to a thousand of them, and how many there were."""

    places: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, line: int, expected: str) -> None:
        self.count += 1
        if len(self.places) < MOST_NAMED:
            self.places.append({"file": file, "line": line, "expected": expected})


def read_logs(logs: Iterable[Source], feed: Feed, keep_going: bool) -> Unread:
    """Feed every source to its end. Without `keep_going` the first thing that cannot be read is an InputError of one line."""
    unread = Unread()

    def refuse(source: Source, line: int, expected: str) -> None:
        if not keep_going:
            raise InputError(f"{source.name}:{line}: {expected}")
        unread.add(source.name, line, expected)

    for source in logs:
        lines, empty = 1, source.path is not None
        try:
            for chunk in track(source.chunks(), f"reading {visible(source.name)}"):
                for line, expected in feed(chunk, False):
                    refuse(source, line, expected)
                while source.faults:
                    refuse(source, *source.faults.popleft())
                lines += chunk.count(b"\n")
                empty = empty and not chunk.strip()
        except DamagedError as damage:
            refuse(source, lines, str(damage))
            empty = False
        if empty:
            refuse(source, lines, "expected a log record in JSON, but the file is empty")
        for line, expected in feed(b"", True):
            refuse(source, line, expected)
    return unread
