"""Tenant logs as people keep them: files, folders and standard input; plain, gzip or zstd; JSON of any shape, or CSV.

What the bytes hold decides, not what the file is called. Reading and unpacking run in a thread of their own, ahead of the engine.
"""

import csv
import io
import json
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Full, Queue
from threading import Event, Thread
from typing import Any, BinaryIO, cast

import zstandard

from .errors import InputError

CHUNK = 1 << 20
AHEAD = 4
LOG_SUFFIXES = frozenset({".json", ".ndjson", ".jsonl", ".log", ".txt", ".csv", ".gz", ".zst"})
CSV_NAMES = {"client": "client_name", "user": "user_name", "useragent": "user_agent", "logid": "log_id", "ip_address": "ip"}


class DamagedError(Exception):
    """The file ends or breaks where nobody expected it; the text says what was expected."""


@dataclass(frozen=True)
class Source:
    """One file, or standard input for a path of None."""

    path: Path | None

    @property
    def name(self) -> str:
        return "standard input" if self.path is None else str(self.path)

    def chunks(self) -> Iterator[bytes]:
        """Plain JSON text in pieces, read ahead. Raises InputError where it cannot be opened, DamagedError where it breaks."""
        return _read_ahead(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        try:
            with self._open() as stream:
                pieces = _plain(_pieces_of(stream))
                yield from _csv_as_json(pieces) if self._is_csv() else pieces
        except OSError as error:
            raise InputError(f"{self.name}: {error.strerror or error}") from error

    def _open(self) -> AbstractContextManager[BinaryIO]:
        return nullcontext(sys.stdin.buffer) if self.path is None else self.path.open("rb")

    def _is_csv(self) -> bool:
        return self.path is not None and ".csv" in [suffix.lower() for suffix in self.path.suffixes[-2:]]


def sources(paths: Iterable[Path]) -> list[Source]:
    """Every file that is meant: folders stand for the logs in them, `-` or nothing for standard input."""
    found = [source for path in paths for source in _sources_at(path)]
    return found or [Source(None)]


def _sources_at(path: Path) -> list[Source]:
    if str(path) == "-":
        return [Source(None)]
    if not path.is_dir():
        return [Source(path)]
    inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in LOG_SUFFIXES and not p.name.startswith("."))
    if not inside:
        raise InputError(f"{path}: no log files in this folder; expected {', '.join(sorted(LOG_SUFFIXES))}")
    return [Source(p) for p in inside]


def _pieces_of(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def _plain(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, b"")
    rest = _chain(first, pieces)
    if first.startswith(b"\x1f\x8b"):
        return _gunzip(rest)
    if first.startswith(b"\x28\xb5\x2f\xfd"):
        return _unzstd(rest)
    return rest


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Also several members one after the other, as appended archives have them, and padding after the last."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        for left in _slices(pieces, 1 << 16):
            while left.strip(b"\0") or (left and not inflate.eof):
                if inflate.eof:
                    inflate = zlib.decompressobj(wbits=31)
                yield inflate.decompress(left)
                left = inflate.unused_data  # noqa: PLW2901
    except zlib.error as error:
        raise DamagedError("expected the rest of the gzip data, but it is damaged") from error
    if not inflate.eof:
        raise DamagedError("expected the rest of the gzip data, but the file is cut off")


def _unzstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    frame = zstandard.ZstdDecompressor().decompressobj()
    try:
        for left in _slices(pieces, 1 << 14):
            while left:
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                yield frame.decompress(left)
                left = frame.unused_data  # noqa: PLW2901
    except zstandard.ZstdError as error:
        raise DamagedError("expected the rest of the zstd data, but it is damaged") from error
    if not frame.eof:
        raise DamagedError("expected the rest of the zstd data, but the file is cut off")


def _slices(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Small enough that what they unpack to stays small, whatever they were made to hold."""
    for piece in pieces:
        for at in range(0, len(piece), size):
            yield piece[at : at + size]


def _csv_as_json(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """One JSON line for each row. The header leaves an empty line, so that line numbers stay those of the file."""
    text = io.TextIOWrapper(cast(Any, io.BufferedReader(_Raw(pieces))), encoding="utf-8-sig", errors="replace", newline="")
    rows = csv.reader(text)
    try:
        header = [_field_of(name) for name in next(rows, [])]
        if header and "type" not in header:
            raise DamagedError("expected a CSV header with a column `type`")
        lines = ["\n"] if header else []
        for row in rows:
            lines.append(json.dumps(_record(header, row)) + "\n" if row else "\n")
            if len(lines) == 4096:
                yield "".join(lines).encode()
                lines = []
        yield "".join(lines).encode()
    except csv.Error as error:
        raise DamagedError(f"expected CSV, but {error}") from error


def _field_of(name: str) -> str:
    field = name.strip().lower().replace(" ", "_")
    return CSV_NAMES.get(field, field)


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
            inner[last] = value
            if value[:1] == "{":
                with suppress(ValueError):
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


def _read_ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, read by a thread; what it raises is raised here. It stops when nobody listens any more."""
    queue: Queue[bytes | BaseException | None] = Queue(AHEAD)
    stopped = Event()

    def offer(item: bytes | BaseException | None) -> bool:
        while not stopped.is_set():
            with suppress(Full):
                queue.put(item, timeout=0.1)
                return True
        return False

    def read() -> None:
        try:
            if all(offer(piece) for piece in pieces):
                offer(None)
        except BaseException as error:  # also a DamagedError: it belongs to whoever reads
            offer(error)

    Thread(target=read, daemon=True).start()
    try:
        while (item := queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
