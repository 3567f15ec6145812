"""The answer about login pages for a person at a terminal."""

from typing import Any

from rich.text import Text

from .terminal import console
from .visible import visible

WORDS = {"forwards": ("green", "forwards the state"), "lost": ("red", "lost the state"), "cannot_tell": ("yellow", "cannot tell")}


def print_for_people(answers: list[dict[str, Any]]) -> None:
    screen = console()
    for answer in answers:
        colour, words = WORDS[answer["verdict"]]
        screen.print(
            Text(f"{visible(answer['file'])}:{answer['line']}: "),
            Text(words, style=f"bold {colour}"),
            Text(f": {answer['reason']}"),
            sep="",
        )
        for note in answer["notes"]:
            screen.print(Text(f"  {note}", style="dim"))
