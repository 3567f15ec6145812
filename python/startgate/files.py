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
        return (str(path), path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def load_service(policy: Path | None, applications: Path | None = None, tenant: Path | None = None, keys: Path | None = None) -> Service:
    """The engine with these files; InputError names the file, the line and the member that is wrong."""
    try:
        return Service(read_text(policy), read_text(applications), read_text(tenant), read_text(keys))
    except ValueError as error:
        raise InputError(str(error)) from error


def open_input(path: Path | None) -> BinaryIO:
    """A file, or standard input for None and `-`."""
    if path is None or str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def text_lines(stream: BinaryIO) -> Iterator[str]:
    """Lines without their end. A byte that is no UTF-8 becomes a lone surrogate, which no parser takes for text."""
    for line in stream:
        yield line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")


def now_ns() -> int:
    """The clock for lines that carry no time, in nanoseconds since the epoch."""
    return time.time_ns()


def chunks(lines: Iterable[str], size: int = LINES_AT_ONCE) -> Iterator[list[str]]:
    """Lists of at most `size` lines."""
    iterator = iter(lines)
    while chunk := list(islice(iterator, size)):
        yield chunk
