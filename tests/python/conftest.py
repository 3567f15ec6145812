"""What tests of commands share."""

import io
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | bytes], None]:
    """Makes the text the standard input. A lone surrogate goes in as its bytes, as from a careless writer."""

    def give(text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))

    return give
