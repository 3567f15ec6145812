"""A login page as people have it: HTML with scripts in it, or a script alone."""

import sys
from dataclasses import replace
from functools import partial
from typing import Any

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from .html import Markup, Script, read_markup
from .memory import TooMuchError
from .values import UNKNOWN
from .widgets import Found, Page

ORDER = ("lost", "cannot_tell", "forwards")


def markup_of(text: str, name: str) -> Markup:
    """A file is what its name says; without one that says it, HTML where it begins like that, and else a script."""
    is_page = name.lower().endswith((".html", ".htm"))
    is_script = name.lower().endswith((".js", ".mjs", ".cjs")) or not text.lstrip().removeprefix("\ufeff").startswith("<")
    return Markup([Script(1, text)]) if is_script and not is_page else read_markup(text)


def check_page(text: str, name: str) -> dict[str, Any]:
    """The worst that is found on the page: `forwards` only where every widget gets the state and nothing was left unread."""
    parser = Parser(Language(tree_sitter_javascript.language()))
    page = Page()
    problems: list[Found] = []
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(max(depth, 6_000))
    markup = markup_of(text, name)
    if markup.hides_config:
        page.declare("config", UNKNOWN, block=False)
    try:
        for when in (("at once", "perhaps"), ("module",)):
            for number, script in enumerate(markup.scripts):
                if script.when in when:
                    page.script = (number, script.line)
                    run = partial(page.run_script, _parsed(parser, script, problems), module=script.when == "module")
                    page.perhaps(run) if script.when == "perhaps" else run()
        handlers = [
            ((number, script.line), _parsed(parser, script, problems))
            for number, script in enumerate(markup.scripts)
            if script.when == "handler"
        ]
        for _ in range(2):  # in whatever order they come: what the last one does may be there when the first one runs
            _run_the_rest(page, handlers)
        page.read_again()
    except (TooMuchError, RecursionError):
        problems.append(_problem(1, "the script is too long to be followed"))
    finally:
        sys.setrecursionlimit(depth)
    problems += [_problem(line, reason) for reason, line in [*page.problems.items(), *((r, n) for n, r in markup.problems)]]
    if page.replaced:
        problems.append(_problem(1, "the page replaces functions of the browser or of a library that its scripts rest on"))
    return _answer(name, [*_agreed(page.found), *problems], markup.unread)


def _parsed(parser: Parser, script: Script, problems: list[Found]) -> list[Node]:
    root = parser.parse(script.text.encode()).root_node
    if root.has_error:
        problems.append(_problem(script.line + _first_error(root).start_point.row, "the script cannot be read from here on"))
    return root.named_children


def _run_the_rest(page: Page, handlers: list[tuple[tuple[int, int], list[Node]]]) -> None:
    """Handlers and whatever nobody was seen calling: each on its own, when all else has happened."""
    for place, nodes in handlers:
        page.script = place
        page.perhaps(partial(page.run_script, nodes, module=False))
    done: set[int] = set()
    while waiting := [f for f in (page.functions | page.state.out_of_hand.functions).values() if f.node not in done]:
        for function in waiting:
            done.add(function.node)
            page.perhaps(partial(page.call, function, [UNKNOWN] * 4))


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


def _answer(name: str, found: list[Found], unread: list[tuple[int, str]]) -> dict[str, Any]:
    if not found:
        found = [_problem(1, "no Lock, auth0.js or call to /passwordless/start is made here")]
    worst = min(found, key=lambda each: (ORDER.index(each.verdict), each.line))
    return {
        "file": name,
        "verdict": worst.verdict,
        "line": worst.line,
        "reason": worst.reason,
        "notes": [f"line {each.line}: {note}" for each in found for note in each.notes]
        + [f"line {line}: the script at {source} was not read" for line, source in unread],
        "widgets": [{"line": e.line, "what": e.what, "verdict": e.verdict, "reason": e.reason} for e in found],
    }
