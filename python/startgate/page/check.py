"""A login page as people have it: HTML with scripts in it, or a script alone."""

import re
import sys
from dataclasses import dataclass, replace
from functools import partial
from html.parser import HTMLParser
from typing import Any

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from .memory import TooMuchError
from .values import UNKNOWN
from .widgets import Found, Page

# Everything that browsers take for JavaScript (WHATWG MIME Sniffing, 4.6), and nothing else: other types are data.
ESSENCES = ("javascript", "ecmascript", "x-javascript", "x-ecmascript", "jscript", "livescript")
VERSIONS = tuple(f"text/javascript1.{minor}" for minor in range(6))
SCRIPT_TYPES = frozenset({"", *VERSIONS, *(f"{kind}/{essence}" for kind in ("text", "application") for essence in ESSENCES)})
# Where what looks like a script is none: text, or what a browser that runs scripts leaves alone.
INERT = frozenset({"template", "textarea", "title", "noscript", "xmp", "iframe", "noembed", "noframes", "style"})
ORDER = ("lost", "cannot_tell", "forwards")


# Browsers close `<!-->` at once and take `--!>` for an end; a parser of HTML may not.
ODD_COMMENT = re.compile(r"<!--?>|<!--->|--!>|<!--(?:(?!-->).)*\Z", re.DOTALL)


@dataclass(frozen=True)
class Script:
    line: int
    text: str
    when: str = "at once"  # or "module", after all others; or "handler", whenever somebody likes


class _Scripts(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[Script] = []
        self._inside = False
        self._inert = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = (given.get("type") or "").strip().lower()
        self._inert += tag in INERT
        self._inside = tag == "script" and (kind in SCRIPT_TYPES or kind == "module") and "src" not in given and not self._inert
        line = self.getpos()[0]
        for name, value in [] if self._inert else attrs:
            if name.startswith("on") and value:
                self.scripts.append(Script(line, value, "handler"))
            elif value and (code := JAVASCRIPT_ADDRESS.match(value)):
                self.scripts.append(Script(line, code[1], "handler"))
        if self._inside:
            begins = line + (self.get_starttag_text() or "").count("\n")
            self.scripts.append(Script(begins, "", "module" if kind == "module" else "at once"))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"
        self._inert = max(self._inert - (tag in INERT), 0)

    def handle_data(self, data: str) -> None:
        if self._inside:  # may come in pieces
            self.scripts[-1] = replace(self.scripts[-1], text=self.scripts[-1].text + data)


JAVASCRIPT_ADDRESS = re.compile(r"\s*javascript:(.*)", re.IGNORECASE | re.DOTALL)


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
        scripts = scripts_of(text, name)
        for when in ("at once", "module"):
            for number, script in enumerate(scripts):
                if script.when == when:
                    page.script = (number, script.line)
                    page.run_script(_parsed(parser, script, problems), module=when == "module")
        handlers = [
            ((number, script.line), _parsed(parser, script, problems))
            for number, script in enumerate(scripts)
            if script.when == "handler"
        ]
        for _ in range(2):  # in whatever order they come: what the last one does may be there when the first one runs
            _run_the_rest(page, handlers)
        page.read_again()
    except (TooMuchError, RecursionError):
        problems.append(_problem(1, "the script is too long to be followed"))
    finally:
        sys.setrecursionlimit(depth)
    problems += [_problem(line, reason) for reason, line in page.problems.items()]
    if page.replaced:
        problems.append(_problem(1, "the page replaces functions of the browser or of a library that its scripts rest on"))
    if not name.lower().endswith((".js", ".mjs", ".cjs")) and ODD_COMMENT.search(text):
        problems.append(_problem(1, "a comment of the page begins or ends in an unusual way"))
    return _answer(name, [*_agreed(page.found), *problems])


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
