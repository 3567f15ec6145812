"""Packed bytes as they were before packing: gzip and zstd, known by what they begin with; everything else as it is."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import zstandard

CHUNK = 1 << 20


class DamagedError(Exception):
    """The file ends or breaks where nobody expected it; the text says what was expected."""


def unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, unpacked where they are packed. Raises DamagedError where the packing breaks off."""
    first = next(pieces, b"")
    rest = chain(first, pieces)
    for packing in PACKINGS:
        if first.startswith(packing.magics):
            return _joined(_members(packing, rest))
    return rest


def chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """The rest of what somebody has looked at the beginning of, as a whole again."""
    if first:
        yield first
    yield from rest


@dataclass(frozen=True)
class _Packing:
    name: str
    magics: tuple[bytes, ...]
    unpacker: Callable[[], Any]
    broken: type[Exception]
    slice_size: int  # small enough that what it unpacks to is no more than some 16 MiB, whatever it was made to hold
    padding: bytes = b""  # what may stand after the last member


SKIPPABLE = tuple(bytes([first, 0x2A, 0x4D, 0x18]) for first in range(0x50, 0x60))  # RFC 8878 3.1.2

PACKINGS = (
    _Packing("gzip", (b"\x1f\x8b",), lambda: zlib.decompressobj(wbits=31), zlib.error, 1 << 13, padding=b"\0"),
    _Packing(
        "zstd",
        (b"\x28\xb5\x2f\xfd", *SKIPPABLE),
        lambda: zstandard.ZstdDecompressor().decompressobj(),
        zstandard.ZstdError,
        1 << 9,
    ),
)


def _members(packing: _Packing, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Also several members one after the other, as appended archives have them, and padding after the last."""
    member = packing.unpacker()
    try:
        for left in _slices(pieces, packing.slice_size):
            while left.strip(packing.padding) or (left and not member.eof):
                if member.eof:
                    member = packing.unpacker()
                yield member.decompress(left)
                left = member.unused_data  # noqa: PLW2901
    except packing.broken as error:
        raise DamagedError(f"expected the rest of the {packing.name} data, but it is damaged") from error
    if not member.eof:
        raise DamagedError(f"expected the rest of the {packing.name} data, but the file is cut off")


def _slices(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        for at in range(0, len(piece), size):
            yield piece[at : at + size]


def _joined(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces that are worth handing on."""
    held: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= CHUNK:
                yield b"".join(held)
                held, size = [], 0
    except DamagedError:
        yield b"".join(held)  # what came before the damage can be read
        raise
    yield b"".join(held)
