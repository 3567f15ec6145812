"""Texts of a login page: without their escapes, and one after the other."""

import re
import sys

from .address import START_PATH
from .values import UNKNOWN, Const, Other, Text, Value

ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|.)", re.DOTALL)


def without_escapes(literal: str) -> str:
    return ESCAPE.sub(_without_escape, literal)


def _without_escape(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    return chr(min(int(digits, 16), sys.maxunicode)) if digits else found[0][1:].strip("\n")


def one_after_the_other(left: Value, right: Value) -> Value:
    if Const("") in (left, right):
        return right if left == Const("") else left
    texts = [each for each in (left, right) if isinstance(each, Const) and isinstance(each.value, str)]
    parts, pieces = [str(each.value) for each in texts], frozenset(piece for each in texts for piece in each.pieces)
    if any(START_PATH in part for part in parts):
        return Const(START_PATH, pieces)
    if Other() in (left, right) and all(isinstance(each, Const | Other) for each in (left, right)):
        return Other()
    # A number is kept as it is written, so what looks like one is not joined.
    if len(parts) == 2 and not any(part[:1].isdigit() for part in parts):
        return Const("".join(parts), pieces)
    return _with_ends(left, right)


def _with_ends(left: Value, right: Value) -> Value:
    """What is written first and last stays known, whatever is between."""
    head, tail = _written(left), _written(right)
    if isinstance(right, Text):
        head, tail = head and head + right.head, right.tail
    if isinstance(left, Text):
        head, tail = left.head, tail if isinstance(right, Text) else tail and left.tail + tail
    return Text(head, tail) if head or tail else UNKNOWN


def _written(value: Value) -> str:
    written = value.value if isinstance(value, Const) else None
    return written if isinstance(written, str) and not written[:1].isdigit() else ""
