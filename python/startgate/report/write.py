"""Writes what was rendered."""

import json
from pathlib import Path
from typing import Any

from ..errors import InputError


def as_json(value: Any) -> str:
    """Indented, in ASCII: nothing from the input can steer a terminal or break out of where the text is pasted."""
    return json.dumps(value, indent=2) + "\n"


def as_ndjson(values: list[Any]) -> str:
    """One line for each."""
    return "".join(json.dumps(value) + "\n" for value in values)


def text(path: Path, content: str) -> None:
    """A file, or one clear line why it cannot be written."""
    try:
        path.write_text(content, "utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
