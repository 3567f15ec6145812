"""Stand-ins for people: the same for the same person within one key, and nothing to anybody without it."""

import hashlib
import hmac
import secrets
from pathlib import Path

from .errors import InputError
from .files import read_text

SHORTEST_KEY = 16


class Pseudonyms:
    """Keyed names. Without a key of your own they are new in every run, so that two reports cannot be joined."""

    def __init__(self, key: bytes | None = None, show: bool = False) -> None:
        self._key = key if key is not None else secrets.token_bytes(32)
        self._show = show

    def address(self, text: str) -> str:
        return text if self._show else f"address-{self._digest(text)}"

    def _digest(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:12]


def read_key(path: Path) -> bytes:
    """The key in a file. One that can be guessed would name everybody again."""
    key = read_text(path)[1].strip().encode()
    if len(key) < SHORTEST_KEY:
        raise InputError(f"{path}: expected a key of at least {SHORTEST_KEY} characters")
    return key
