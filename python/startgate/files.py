"""Configuration files and lines of input, with one clear line for whatever cannot be read."""

import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO
from weakref import WeakSet

from ._core import Service
from .errors import InputError

LINES_AT_ONCE = 2048
STANDARD_INPUT = "standard input"

File = tuple[str, str]  # what to call it in messages, and its text

_taken: WeakSet[TextIO] = WeakSet()


def is_standard_input(path: Path | None) -> bool:
    return str(path) == "-"


def standard_input() -> BinaryIO:
    """Standard input, to be read to its end. InputError where something else has read it: nothing is left, which must be told."""
    if sys.stdin in _taken:
        raise InputError(f"{STANDARD_INPUT}: it can be one thing only, and has been read already")
    _taken.add(sys.stdin)
    return sys.stdin.buffer


def read_text(path: Path | None) -> File:
    """(name for messages, text) of a file or of standard input, or empty texts where there is none.

    A pipe can be read once: whoever needs the text twice keeps it.
    """
    if path is None:
        return ("", "")
    name = STANDARD_INPUT if is_standard_input(path) else str(path)
    try:
        return (name, (standard_input().read() if is_standard_input(path) else path.read_bytes()).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise InputError(f"{name}: {error.strerror}") from error


def load_service(
    policy: Path | None,
    applications: Path | None = None,
    tenant: Path | None = None,
    keys: Path | None = None,
    *,
    rehearsal: bool = True,
) -> Service:
    """The engine with these files; InputError names the file, the line and the member that is wrong.

    A rehearsal spends nothing of a shared store that the policy names.
    """
    return service_of(read_text(policy), read_text(applications), read_text(tenant), read_text(keys), rehearsal=rehearsal)


def service_of(policy: File, applications: File, tenant: File, keys: File, *, rehearsal: bool = True) -> Service:
    """The same for files that have been read."""
    try:
        return Service(policy, applications, tenant, keys, rehearsal)
    except ValueError as error:
        raise InputError(str(error)) from error


def input_lines(path: Path | None) -> Iterator[bytes]:
    """Lines of a file, or of standard input for None and `-`, without their end.

    Bytes: what is no UTF-8 is the engine's to refuse.
    """
    if path is None or is_standard_input(path):
        yield from _lines(standard_input())
        return
    try:
        with path.open("rb") as stream:
            yield from _lines(stream)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    for line in stream:
        yield line.rstrip(b"\r\n")


def now_ns() -> int:
    """The clock for lines that carry no time, in nanoseconds since the epoch."""
    return time.time_ns()


def chunks(lines: Iterable[bytes], size: int = LINES_AT_ONCE) -> Iterator[list[bytes]]:
    """Lists of at most `size` lines."""
    iterator = iter(lines)
    while chunk := list(islice(iterator, size)):
        yield chunk
