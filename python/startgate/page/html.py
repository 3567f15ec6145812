"""A login page as a browser takes it apart: the scripts it would run, when, and what else may start logins or run scripts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from justhtml import JustHTML
from justhtml.dom import Node

from .address import START_PATH, names_start

# Everything that browsers take for JavaScript (WHATWG MIME Sniffing, 4.6), and nothing else: other types are data.
ESSENCES = ("javascript", "ecmascript", "x-javascript", "x-ecmascript", "jscript", "livescript")
VERSIONS = tuple(f"text/javascript1.{minor}" for minor in range(6))
SCRIPT_TYPES = frozenset({*VERSIONS, *(f"{kind}/{essence}" for kind in ("text", "application") for essence in ESSENCES)})
# What pages load beside their own scripts: the widgets, and what old browsers lack. The file's name, without version and ending.
LIBRARIES = frozenset(
    [
        "lock",
        "auth0-lock",
        "auth0",
        "auth0-js",
        "jquery",
        "bootstrap",
        "polyfill",
        "object-assign",
        "base64",
        "es5-shim",
        "es6-shim",
    ]
)
FILE = re.compile(r"([a-z0-9-]+?)(?:-[\d.]+)?(?:\.[a-z]+)*\.js", re.IGNORECASE)
JAVASCRIPT = re.compile(r"[\0- ]*javascript:(.*)", re.IGNORECASE | re.DOTALL)
# Content security policies decide which scripts run; only this one lets all of them.
DECIDES, LETS_ALL = re.compile(r"script-src|default-src"), re.compile(r"'unsafe-inline'")
CHOOSES = re.compile(r"'nonce-|'sha\d|'strict-dynamic'")


@dataclass(frozen=True)
class Script:
    line: int
    text: str
    when: str = "at once"  # or "module", after all others; "perhaps", in some browsers; "handler", whenever somebody likes


@dataclass
class Markup:
    """What a page is made of, as far as it matters here; the other two are lines with what is to be said of them."""

    scripts: list[Script] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    hides_config: bool = False  # an element of that name is there until a script declares it


def read_markup(text: str) -> Markup:
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # or lines would be counted in another way than they are shown
    page = JustHTML(text, sanitize=False, track_node_locations=True, scripting_enabled=True)
    found = Markup()
    for element, line, inert in _elements(page.root):
        given = {name.lower(): value or "" for name, value in (element.attrs or {}).items()}
        for name, value in given.items():
            _attribute(found, line, name, value)
        found.hides_config = found.hides_config or "config" in (given.get("id"), given.get("name"))
        if element.name == "script" and element.namespace != "math":
            _script(found, element, line, given, inert)
        elif element.name == "meta":
            _meta(found, line, given)
        elif element.name == "template" and "shadowrootmode" in given:
            found.problems.append((line, "a part of the page has a document of its own"))
        elif element.name in ("iframe", "frame", "object", "embed"):
            address = given.get("src", "") + given.get("data", "")
            if "srcdoc" in given or address.strip().lower().startswith("data:"):
                found.problems.append((line, "a page within the page is not followed"))
    return found


def _elements(root: Node) -> Iterator[tuple[Node, int, bool]]:
    """All elements in the order of the page, with their line, and whether they only serve to be copied (`<template>`)."""
    waiting = [(root, 1, False)]
    while waiting:
        node, line, inert = waiting.pop()
        line = node.origin_line or line
        if not node.name.startswith(("#", "!")):
            yield node, line, inert
        content = getattr(node, "template_content", None)
        inside = [(each, inert) for each in node.children or []] + [(each, True) for each in [content] if each is not None]
        waiting += [(each, line, kept) for each, kept in reversed(inside) if isinstance(each, Node)]


def _attribute(found: Markup, line: int, name: str, value: str) -> None:
    address = re.sub(r"[\t\r\n]", "", value)  # as browsers read addresses
    if name.startswith("on") and value:
        found.scripts.append(Script(line, value, "handler"))
    elif code := JAVASCRIPT.match(address):
        found.scripts.append(Script(line, unquote(code[1]), "handler"))
    elif names_start(address):
        found.problems.append((line, f"{START_PATH} is named outside of the scripts"))


def _script(found: Markup, element: Node, line: int, given: dict[str, str], inert: bool) -> None:
    kind = _kind_of(given)
    sources = ("src",) if element.namespace == "html" else ("href", "xlink:href")
    source = next((given[name] for name in sources if name in given), None)
    if kind == "importmap" or (kind == "module" and "async" in given) or (kind == "classic" and {"for", "event"} <= given.keys()):
        found.problems.append((line, "when and with what a script runs is decided by its attributes"))
    elif kind == "data":
        pass
    elif source is not None:
        if source.strip().lower().startswith("data:"):
            found.problems.append((line, "the text of a script is in its address"))
        elif not _is_library(source):
            found.unread.append((line, source))
    else:
        texts = [each for each in element.children or [] if each.name == "#text"]
        begins = (texts[0].origin_line if texts else None) or line
        when = "handler" if inert else "module" if kind == "module" else "perhaps" if "nomodule" in given else "at once"
        found.scripts.append(Script(begins, "".join(str(each.data) for each in texts), when))


def _kind_of(given: dict[str, str]) -> str:
    """What a script is by its attributes (WHATWG HTML, 4.12.1.1)."""
    language = given.get("language")
    kind = given.get("type", f"text/{language}" if language else "").strip("\t\n\f\r ").lower()
    if not kind or kind in SCRIPT_TYPES:
        return "classic"
    return kind if kind in ("module", "importmap") else "data"


def _is_library(source: str) -> bool:
    name = FILE.fullmatch(re.split(r"[?#]", source.strip())[0].rsplit("/", maxsplit=1)[-1])
    return name is not None and name[1].lower() in LIBRARIES


def _meta(found: Markup, line: int, given: dict[str, str]) -> None:
    what, content = given.get("http-equiv", "").strip().lower(), given.get("content", "").lower()
    if what == "refresh" and re.search(r"(javascript|data):", re.sub(r"\s", "", content)):
        found.problems.append((line, "a script takes the place of the page"))
    chosen = CHOOSES.search(content) or not LETS_ALL.search(content)
    if what == "content-security-policy" and DECIDES.search(content) and chosen:
        found.problems.append((line, "a content security policy decides which scripts run"))
