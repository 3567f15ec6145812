"""Which texts of a login page may be the address that starts logins, and which calls send something to an address."""

import re
from urllib.parse import unquote

from .values import Const, Text, Value, options_of

START_PATH = "/passwordless/start"
# Text that is or may become the address; the address that a code is checked at is another. In an attribute it stands whole.
CHECKED = r"verify(_redirect)?"
PIECE = re.compile(rf"passwordless(\\|/(?!{CHECKED}(\?|$))|$)", re.IGNORECASE)
WHOLE = re.compile(rf"/passwordless(/(?!{CHECKED}/?(\?|#|$))|$)", re.IGNORECASE)
# Markup that brings a program along; `javascript:void(0)` and its like are none.
NOT_IDLE = r"javascript:(?!\s*(void\b|;|//|[\"']|$))"
PROGRAM = re.compile(rf"<[^>]*\s(on\w+|srcdoc)\s*=|(^|[\"'])[\0- ]*{NOT_IDLE}", re.IGNORECASE)
REQUESTS = frozenset(
    ["fetch", "navigator.sendBeacon", "axios", "axios.post", "axios.request", "$.post", "$.ajax", "jQuery.post", "jQuery.ajax"]
)
HOST = re.compile(r"(?:https?:)?//[^/]*", re.IGNORECASE)


def is_piece(text: str) -> bool:
    return PIECE.search(unquote(text)) is not None


def names_start(attribute: str) -> bool:
    return WHOLE.search(unquote(attribute).replace("\\", "/").rstrip()) is not None


def may_start(address: Value) -> bool:
    """Whether a request to there may start a login that is not seen: it may wherever the ends of the address allow it."""
    return any(_fits(each) for each in options_of(address))


def _fits(address: Value) -> bool:
    if isinstance(address, Const):
        return isinstance(address.value, str) and is_piece(address.value) and START_PATH not in address.value
    if not isinstance(address, Text):
        return True
    tail = re.split(r"[?#]", unquote(address.tail))[0].rstrip("/").lower()
    head = unquote(HOST.sub("", address.head) if HOST.match(address.head) else address.head).lower()
    ends = START_PATH.endswith(tail) or tail.endswith(START_PATH)
    begins = not head.startswith("/") or START_PATH.startswith(head) or head.startswith(START_PATH)
    return ends and begins
