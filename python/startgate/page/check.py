"""A login page as people have it: HTML with scripts in it, or a script alone."""

import sys
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from .memory import TooMuchError
from .values import UNKNOWN, State
from .widgets import Found, Page

SCRIPT_TYPES = frozenset({"", "text/javascript", "application/javascript", "module", "text/ecmascript", "application/ecmascript"})
ORDER = ("lost", "cannot_tell", "forwards")


@dataclass(frozen=True)
class Script:
    line: int
    text: str


class _Scripts(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[Script] = []
        self._inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").strip().lower()
        self._inside = tag == "script" and kind in SCRIPT_TYPES
        line = self.getpos()[0]
        self.scripts += [Script(line, value) for name, value in attrs if name.startswith("on") and value]
        if self._inside:
            self.scripts.append(Script(line + (self.get_starttag_text() or "").count("\n"), ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:  # may come in pieces
            self.scripts[-1] = Script(self.scripts[-1].line, self.scripts[-1].text + data)


def scripts_of(text: str, name: str) -> list[Script]:
    """The page's own scripts with the line that each begins on. A file is HTML unless it is named or begins like a script."""
    is_script = name.lower().endswith((".js", ".mjs", ".cjs")) or not text.lstrip().startswith("<")
    return [Script(1, text)] if is_script else _Scripts(text).scripts


def check_page(text: str, name: str) -> dict[str, Any]:
    """The worst that is found on the page: `forwards` only where every widget gets the state and nothing was left unread."""
    parser = Parser(Language(tree_sitter_javascript.language()))
    page = Page()
    problems: list[Found] = []
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(max(depth, 6_000))
    try:
        for number, script in enumerate(scripts_of(text, name)):
            root = parser.parse(script.text.encode()).root_node
            page.script = (number, script.line)
            if root.has_error:
                line = script.line + _first_error(root).start_point.row
                problems.append(_problem(line, "the script cannot be read from here on"))
            page.run(root.named_children)
        _run_the_rest(page)
    except (TooMuchError, RecursionError):
        problems.append(_problem(1, "the script is too long to be followed"))
    finally:
        sys.setrecursionlimit(depth)
    if page.dynamic:
        problems.append(_problem(1, "the page runs code that is made while it runs (eval, with, Function)"))
    if page.replaced:
        problems.append(_problem(1, "the page replaces functions of the browser or of a library that its scripts rest on"))
    return _answer(name, [*_agreed(page.found), *problems])


def _run_the_rest(page: Page) -> None:
    """Handlers and whatever nobody was seen calling: each on its own, when all else has happened."""
    done: set[int] = set()
    while waiting := [f for f in page.functions.values() if f.node not in done]:
        for function in waiting:
            done.add(function.node)
            before: State = page.state.copy()
            page.call(function, [UNKNOWN] * 4)
            page.state.become(before, page.state)


def _agreed(found: list[Found]) -> list[Found]:
    """One finding per place: a place that was reached in several ways is only as good as all of them agree."""
    places: dict[tuple[int, int], Found] = {}
    for each in found:
        if places.setdefault(each.place, each).verdict != each.verdict:
            places[each.place] = replace(each, verdict="cannot_tell", reason="it depends on how the page gets here")
    return list(places.values())


def _problem(line: int, reason: str) -> Found:
    return Found(line, (-1, line), "script", "cannot_tell", reason)


def _first_error(node: Node) -> Node:
    for each in node.children:
        if each.type == "ERROR" or each.is_missing:
            return each
        if each.has_error:
            return _first_error(each)
    return node


def _answer(name: str, found: list[Found]) -> dict[str, Any]:
    if not found:
        found = [_problem(1, "no Lock, auth0.js or call to /passwordless/start is made here")]
    worst = min(found, key=lambda each: (ORDER.index(each.verdict), each.line))
    return {
        "file": name,
        "verdict": worst.verdict,
        "line": worst.line,
        "reason": worst.reason,
        "notes": [f"line {each.line}: {note}" for each in found for note in each.notes],
        "widgets": [{"line": e.line, "what": e.what, "verdict": e.verdict, "reason": e.reason} for e in found],
    }
