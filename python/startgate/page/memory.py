"""Follows a login page's JavaScript: every way through it, without running any of it.

Where the program branches both ways are followed and joined; functions that the page calls are followed into, those that it
only hands over (handlers, timers) once more when everything else is known. What is not understood becomes unknown, never a guess.
"""

import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from .values import (
    STATE,
    UNDEFINED,
    UNKNOWN,
    Choice,
    Const,
    Encoded,
    Function,
    Layers,
    Member,
    Name,
    Ref,
    Setting,
    Spread,
    State,
    Value,
    Widget,
    choice,
    options_of,
)

ANYBODY = Choice(frozenset({UNKNOWN, Name("window")}))  # `this` of a function that somebody calls
MOST_STEPS = 100_000
DEEPEST_CALL = 24
# Called back when the page has long been read; everything else that gets a function may call it at once.
LATER = frozenset(
    [
        "addEventListener",
        "setTimeout",
        "setInterval",
        "requestAnimationFrame",
        "ready",
        "on",
        "then",
        "catch",
        "finally",
        "$",
        "jQuery",
    ]
)


class TooMuchError(Exception):
    """The script is too long to be followed."""


@dataclass
class Frame:
    """What leaves a function or a loop early, with the memory of that moment."""

    left: list[State] = field(default_factory=list)
    returned: list[Value] = field(default_factory=list)


class Memory(ABC):
    """Scopes, objects, ways through the program and functions; statements and expressions build on it."""

    def __init__(self) -> None:
        self.state = State()
        self.parents: dict[int, int | None] = {0: None}
        self.function_scopes = {0}
        self.scope = 0
        self.script = (0, 1)  # which script of the page is read, and the line that it begins on
        self.nodes: dict[int, tuple[Node, tuple[int, int]]] = {}  # functions, with their script
        self.functions: dict[int, Function] = {}  # handed over, or never called so far
        self.calls: list[int] = []
        self.returns: list[Frame] = [Frame()]
        self.loops: list[Frame] = [Frame()]
        self.rounds: list[list[State]] = [[]]  # for each loop, how its rounds were cut short
        self.tries: list[State] = []  # for each `try` around, whatever the memory was since it began
        self.thrown: list[State] = []  # how scripts were left by an error of their own
        self.problems: dict[str, int] = {}  # what cannot be followed, and where first
        self.steps = 0
        self.closures = 0  # how often a function was made, which may keep the variables around it
        self._objects = 0

    def beyond(self, node: Node, reason: str) -> None:
        """Something that is not followed: no verdict over the page can be good any more."""
        self.problems.setdefault(reason, self.script[1] + node.start_point.row)

    # ---- scopes and objects ----------------------------------------------------------------------------------

    def enter(self, parent: int, function: bool) -> int:
        self.scope = len(self.parents)
        self.parents[self.scope] = parent
        if function:
            self.function_scopes.add(self.scope)
        return self.scope

    def find(self, name: str) -> int | None:
        scope: int | None = self.scope
        while scope is not None and (scope, name) not in self.state.variables:
            scope = self.parents[scope]
        return scope

    def read(self, name: str) -> Value:
        scope = self.find(name)
        if scope is not None:
            return self.state.variables[scope, name]
        if name == "undefined":
            return UNDEFINED
        if name == "arguments":
            return UNKNOWN
        # The customary name: template snippets use it without the line that decodes it.
        return Setting() if name == "config" else Name(name)

    def declare(self, name: str, value: Value, block: bool) -> None:
        scope: int | None = self.scope
        while not block and scope is not None and scope not in self.function_scopes:
            scope = self.parents[scope]
        self.state.variables[scope or 0, name] = value

    def assign(self, name: str, value: Value) -> None:
        self.state.variables[self.find(name) or 0, name] = value

    def make(self, layers: Layers = ()) -> Ref:
        self._objects += 1
        self.state.objects[self._objects] = layers
        return Ref(self._objects)

    # ---- ways through the program ----------------------------------------------------------------------------

    def branch(self, *ways: Callable[[], bool]) -> bool:
        """Follows each way from here and joins those that come out at the end; False where none does."""
        before = self.state
        ends: list[State] = []
        for way in ways:
            self.state = before.copy()
            if way():
                ends.append(self.state)
        self.state = before
        return self.join(ends)

    def lose(self, value: Value) -> None:
        """It goes where it is not followed."""
        self.state.let_go(value)
        self.lose_sight(value)

    def work(self, memory: State) -> None:
        """Joining takes as long as there is memory to join; some pages would keep that up for ever."""
        self.steps += 1 + (len(memory.variables) + len(memory.objects)) // 4
        if self.steps > MOST_STEPS:
            raise TooMuchError

    def join(self, ends: Sequence[State]) -> bool:
        if not ends:
            return False
        joined = ends[0]
        for other in ends[1:]:
            self.work(joined)
            both = State(out_of_hand=joined.out_of_hand)
            both.become(joined, other)
            joined = both
        self.state = joined
        return True

    def may_throw(self) -> None:
        """Here an error may leave what is tried."""
        for at, so_far in enumerate(self.tries):
            self.work(so_far)
            joined = State(out_of_hand=so_far.out_of_hand)
            joined.become(so_far, self.state)
            self.tries[at] = joined

    # ---- functions -------------------------------------------------------------------------------------------

    def function(self, node: Node) -> Function:
        self.nodes[node.id] = (node, self.script)
        self.closures += 1
        made = Function(node.id, self.scope)
        self.functions.setdefault(node.id, made)
        return made

    def call(self, function: Function, arguments: list[Value], this: Value = ANYBODY) -> Value:
        """Follows into a function of the page."""
        if function.node in self.calls or len(self.calls) >= DEEPEST_CALL:
            self.beyond(self.nodes[function.node][0], "a function calls itself")
            return UNKNOWN
        outer, script = self.scope, self.script
        node, self.script = self.nodes[function.node]
        if b"arguments" in (node.text or b""):
            for each in arguments:
                self.state.let_go(each)
        self.calls.append(function.node)
        self.returns.append(Frame())
        loops, self.loops = self.loops, [Frame()]
        rounds, self.rounds = self.rounds, [[]]
        scope, closures = self.enter(function.scope, function=True), self.closures
        if node.type != "arrow_function":
            self.declare("this", this, block=True)
        if node.type == "function_expression" and (own := node.child_by_field_name("name")) is not None:
            self.declare(text(own), function, block=True)
        body = child(node, "body")
        for name in names_of_vars(body):
            self.declare(name, UNDEFINED, block=True)
        self.parameters(node, arguments)
        if body.type == "statement_block":
            goes_on = self.run(body.named_children)
        else:
            goes_on = True
            self.returns[-1].returned.append(self.value(body))
        frame = self.returns.pop()
        if goes_on and body.type == "statement_block":
            frame.returned.append(UNDEFINED)
        self.join([*([self.state] if goes_on else []), *frame.left])
        if closures == self.closures:
            self.state.forget(scope)
        self.loops, self.rounds, self.scope, self.script = loops, rounds, outer, script
        self.calls.pop()
        if "generator" in node.type or any(each.type in ("async", "*") for each in node.children):
            for each in frame.returned:
                self.lose(each)
            return UNKNOWN  # a promise, or something that has to be asked
        return choice(frame.returned) if frame.returned else UNKNOWN

    def parameters(self, node: Node, arguments: list[Value]) -> None:
        single = node.child_by_field_name("parameter")
        names = [single] if single else [n for n in child(node, "parameters").named_children if n.type != "comment"]
        for at, pattern in enumerate(names):
            rest = pattern.type == "rest_pattern"
            for each in arguments[at:] if rest else []:
                self.lose(each)
            value = UNKNOWN if rest or at >= len(arguments) else arguments[at]
            missing = not rest and at >= len(arguments) and UNKNOWN not in arguments
            self.bind(pattern, UNDEFINED if missing else value, lambda n, v: self.declare(n, v, block=True))

    def bind(self, pattern: Node, value: Value, to: Callable[[str, Value], None]) -> None:
        """`{a, b: {c}, ...rest} = value` and its like."""
        match pattern.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                to(text(pattern), value)
            case "assignment_pattern" | "object_assignment_pattern":
                self.bind(child(pattern, "left"), self._or_default(value, child(pattern, "right")), to)
            case "object_pattern":
                self._bind_object(pattern, value, to)
            case "array_pattern" | "rest_pattern":
                for each in pattern.named_children:
                    self.bind(each, UNKNOWN, to)
            case _:
                self.store(pattern, value)

    def _or_default(self, value: Value, default: Node) -> Value:
        """The value, or where it is or may be missing the default, which happens only then."""
        given = options_of(value)
        if given == {UNDEFINED}:
            return self.value(default)
        if all(is_there(each) or isinstance(each, Const) for each in given):
            return value
        defaults: list[Value] = []

        def happen() -> bool:
            defaults.append(self.value(default))
            return True

        self.branch(lambda: True, happen)
        return choice([*(each for each in given if each != UNDEFINED), *defaults])

    def _bind_object(self, pattern: Node, value: Value, to: Callable[[str, Value], None]) -> None:
        taken: list[str] = []
        for each in pattern.named_children:
            if each.type == "pair_pattern":
                key = self.key(child(each, "key"))
                self.taken_out(each, value, key)
                inner = UNKNOWN if key is None else self.member_of(value, key)
                self.bind(child(each, "value"), inner, to)
            elif each.type == "rest_pattern":
                rest = self.make(self.layers_of(value))
                for name in taken:
                    self.state.write(rest, Member(name, UNDEFINED))
                self.bind(each.named_children[0], rest, to)
                continue
            else:
                key = text(each.child_by_field_name("left") or each)
                self.taken_out(each, value, key)
                self.bind(each, self.member_of(value, key), to)
            taken.append(key or "")

    def layers_of(self, value: Value) -> Layers:
        """What spreading a value puts into a new object."""
        match value:
            case Ref():
                return self.state.layers(value.number)
            case Setting(path=() | ("internalOptions",)):
                return self.state.spread(value)
            case Const() | Function() | Setting(path=("internalOptions", "state")):
                return ()
            case _ if value == UNDEFINED:
                return ()
        return (Spread(UNKNOWN),)

    # ---- to be given by statements and expressions -----------------------------------------------------------

    @abstractmethod
    def run(self, nodes: Sequence[Node]) -> bool: ...

    @abstractmethod
    def value(self, node: Node) -> Value: ...

    @abstractmethod
    def member_of(self, owner: Value, key: str) -> Value: ...

    @abstractmethod
    def key(self, node: Node) -> str | None: ...

    @abstractmethod
    def store(self, target: Node, value: Value) -> None: ...

    @abstractmethod
    def lose_sight(self, value: Value) -> None: ...

    @abstractmethod
    def taken_out(self, node: Node, owner: Value, key: str | None) -> None: ...


def is_there(value: Value) -> bool:
    """Whether it is certainly something; of the settings, what every login page is given."""
    if isinstance(value, Setting):
        return value.path in ((), ("internalOptions",)) or value == STATE
    return isinstance(value, Ref | Function | Widget | Encoded)


def names_of_vars(node: Node) -> set[str]:
    """What `var` declares in a function, wherever in it: it is there from the beginning, and hides what is outside."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type == "variable_declaration":
            for declarator in each.named_children:
                found |= _names_in(child(declarator, "name"))
        elif each.type == "for_in_statement" and each.child_by_field_name("kind") is not None:
            if text(child(each, "kind")) == "var":
                found |= _names_in(child(each, "left"))
        elif "function" in each.type or each.type in ("method_definition", "class_body"):
            continue
        waiting += each.named_children
    return found


def _names_in(pattern: Node) -> set[str]:
    if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
        return {text(pattern)}
    return {name for each in pattern.named_children for name in _names_in(each)}


def child(node: Node, name: str) -> Node:
    """The part of that name; the node itself where it has none, as damaged scripts may."""
    found = node.child_by_field_name(name)
    return found if found is not None else node


def text(node: Node) -> str:
    """The source of a node; names without their escapes, since `st\\u0061te` is `state`."""
    source = (node.text or b"").decode("utf-8", "replace")
    return _ESCAPED.sub(_unescaped, source) if "\\" in source and "identifier" in node.type else source


_ESCAPED = re.compile(r"\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))")


def _unescaped(found: re.Match[str]) -> str:
    return chr(min(int(found[1] or found[2], 16), sys.maxunicode))
