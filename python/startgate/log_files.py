"""Tenant logs as people keep them: files, folders and standard input; plain, gzip or zstd; JSON of any shape, or CSV.

What the bytes hold decides, not what the file is called. Reading and unpacking run in a thread of their own, ahead of the engine.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Full, Queue
from threading import Event, Thread
from typing import BinaryIO

from . import log_csv
from .errors import InputError
from .files import STANDARD_INPUT, is_standard_input, standard_input
from .unpacking import CHUNK, DamagedError, chain, unpacked

AHEAD = 4
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LOG_SUFFIXES = frozenset({"", ".json", ".ndjson", ".jsonl", ".log", ".txt", ".csv", ".gz", ".zst"})


@dataclass(frozen=True)
class Source:
    """One file, or standard input for a path of None."""

    path: Path | None
    faults: deque[tuple[int, str]] = field(default_factory=deque, compare=False)  # line and what was expected, of a table's rows

    @property
    def name(self) -> str:
        return STANDARD_INPUT if self.path is None else str(self.path)

    def chunks(self) -> Iterator[bytes]:
        """Plain JSON text in pieces, read ahead. Raises InputError where it cannot be opened, DamagedError where it breaks."""
        return _read_ahead(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        try:
            with self._open() as stream:
                yield from self._as_json(unpacked(_pieces_of(stream)))
        except OSError as error:
            raise InputError(f"{self.name}: {error.strerror or error}") from error

    def _open(self) -> AbstractContextManager[BinaryIO]:
        return nullcontext(standard_input()) if self.path is None else self.path.open("rb")

    def _as_json(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        first = next((piece for piece in pieces if piece.strip()), b"")
        if first.startswith(UTF_16):
            raise DamagedError("expected UTF-8, but this is UTF-16")
        delimiter = log_csv.delimiter_of(first)
        if delimiter:
            return log_csv.as_json(chain(first, pieces), delimiter, lambda *fault: self.faults.append(fault))
        if first and self._is_called_csv() and first.lstrip()[:1] not in (b"{", b"["):
            raise DamagedError("expected a CSV header with a column `type`")
        return chain(first, pieces)

    def _is_called_csv(self) -> bool:
        return self.path is not None and ".csv" in [suffix.lower() for suffix in self.path.suffixes[-2:]]


def sources(paths: Iterable[Path]) -> list[Source]:
    """Every file that is meant: folders stand for the logs in them, `-` or nothing for standard input."""
    found = [source for path in paths for source in _sources_at(path)]
    return found or [Source(None)]


def _sources_at(path: Path) -> list[Source]:
    if is_standard_input(path):
        return [Source(None)]
    if not path.is_dir():
        return [Source(path)]
    inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in LOG_SUFFIXES and not p.name.startswith("."))
    if not inside:
        raise InputError(f"{path}: no log files in this folder; expected {', '.join(sorted(LOG_SUFFIXES - {''}))} or no ending")
    return [Source(p) for p in inside]


def _pieces_of(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


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
