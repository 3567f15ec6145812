"""Tenant logs as tables: one JSON line for each row, so that the engine reads nothing but JSON."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, cast

from .unpacking import DamagedError

LONGEST_CELL = 16 << 20
DELIMITERS = (",", ";", "\t")
TYPES = {"Deprecation Notice": "depnote", "Code/Link Sent": "cls", "Code Sent": "cs"}  # as the dashboard words them
NAMES = {"client": "client_name", "user": "user_name", "useragent": "user_agent", "logid": "log_id", "ip_address": "ip"}


def delimiter_of(beginning: bytes) -> str | None:
    """What separates the columns, going by a first line that names a column `type`; None for what is no such table."""
    line = beginning.decode("utf-8-sig", "replace").lstrip().partition("\n")[0].rstrip("\r")
    if line[:1] in ("{", "["):
        return None
    return next((delimiter for delimiter in DELIMITERS if "type" in map(_field_of, _cells(line, delimiter))), None)


def as_json(pieces: Iterator[bytes], delimiter: str, on_fault: Callable[[int, str], None]) -> Iterator[bytes]:
    """The rows as JSON lines. Lines of the file that are no row stay empty, so that line numbers stay those of the file.

    `on_fault` is told the line and what was expected of a row that cannot be read, such as one that is cut off or that begins a
    quote which is never closed and swallows the rows after it.
    """
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(cast(Any, io.BufferedReader(_Raw(pieces))), encoding="utf-8-sig", errors="replace", newline="")
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    header: list[str] = []
    lines: list[str] = []
    before = 0
    while True:
        try:
            row = next(rows, None)
        except DamagedError:
            yield "".join(lines).encode()  # the rows before the damage can be read
            raise
        except csv.Error as error:
            on_fault(before + 1, f"expected CSV, but {error}")
            row = []
        if row is None:
            break
        if header and row:
            if _fits(row, header):
                lines.append(json.dumps(_record(header, row)))
            else:
                on_fault(before + 1, f"expected {len(header)} cells as in the header, not {len(row)}")
        header = header or [_field_of(name) for name in row]
        lines.append("\n" * (rows.line_num - before))
        before = rows.line_num
        if len(lines) >= 8192:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()


def _fits(row: list[str], header: list[str]) -> bool:
    return len(row) >= len(header) and not any(row[len(header) :])


def _cells(line: str, delimiter: str) -> list[str]:
    with suppress(csv.Error):
        return next(csv.reader([line], delimiter=delimiter), [])
    return []


def _field_of(name: str) -> str:
    field = name.strip().lower().replace(" ", "_")
    return NAMES.get(field, field)


def _record(header: list[str], row: list[str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in zip(header, row, strict=False):
        inner = record
        *path, last = name.split(".")
        for step in path:
            if not isinstance(inner.setdefault(step, {}), dict):
                break
            inner = inner[step]
        else:
            inner[last] = TYPES.get(value, value) if name == "type" else value
            if value[:1] == "{":
                with suppress(ValueError, RecursionError):
                    inner[last] = json.loads(value)
    return record


class _Raw(io.RawIOBase):
    """Pieces of bytes as a stream that the text layer can read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = piece
        taken = self._held[: len(buffer)]
        self._held = self._held[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)
