"""Configuration files and lines of input, with one clear line for whatever cannot be read."""

import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ._core import Service
from .errors import InputError

LINES_AT_ONCE = 2048


def read_text(path: Path | None) -> tuple[str, str]:
    """(name for messages, text) of a file, or empty texts where there is none."""
    if path is None:
        return ("", "")
    try:
        return (str(path), path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


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
    try:
        return Service(read_text(policy), read_text(applications), read_text(tenant), read_text(keys), rehearsal)
    except ValueError as error:
        raise InputError(str(error)) from error


def input_lines(path: Path | None) -> Iterator[bytes]:
    """Lines of a file, or of standard input for None and `-`, without their end.

    Bytes: what is no UTF-8 is the engine's to refuse.
    """
    if path is None or str(path) == "-":
        yield from _lines(sys.stdin.buffer)
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
