"""Packed bytes as they were before packing: gzip and zstd, known by what they begin with; everything else as it is."""

import zlib
from collections.abc import Iterator

import zstandard

CHUNK = 1 << 20


class DamagedError(Exception):
    """The file ends or breaks where nobody expected it; the text says what was expected."""


def unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, unpacked where they are packed. Raises DamagedError where the packing breaks off."""
    first = next(pieces, b"")
    rest = chain(first, pieces)
    if first.startswith(b"\x1f\x8b"):
        return _joined(_gunzip(rest))
    if first.startswith(b"\x28\xb5\x2f\xfd"):
        return _joined(_unzstd(rest))
    return rest


def chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """The rest of what somebody has looked at the beginning of, as a whole again."""
    if first:
        yield first
    yield from rest


def _gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Also several members one after the other, as appended archives have them, and padding after the last."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        for left in _slices(pieces, 1 << 13):
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
        for left in _slices(pieces, 1 << 9):
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
    """Small enough that what they unpack to is no more than some 16 MiB, whatever they were made to hold."""
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
