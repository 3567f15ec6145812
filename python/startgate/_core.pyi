"""
The engine, as compiled from the C++ headers.
"""
from __future__ import annotations
import typing
__all__: list[str] = ['parse_instant', 'print_instant', 'reasons']
def parse_instant(text: str) -> int | None:
    """
    Nanoseconds since 1970-01-01T00:00:00Z of an RFC 3339 date-time or a bare date, or None where it is neither.
    """
def print_instant(instant: int) -> str:
    """
    RFC 3339 in UTC with milliseconds, as tenant logs carry it.
    """
def reasons() -> list[dict[str, str]]:
    """
    Every reason code with its sentence, in the order of the engine's closed list.
    """
__version__: str
