"""The statements of a login page: which ways there are through it, and where they come together."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import compress
from operator import is_not
from typing import Any, TypeVar

from tree_sitter import Node

from .memory import MOST_STEPS, Frame, Memory, TooMuchError, child, text
from .values import UNDEFINED, UNKNOWN, Choice, Either, Function, Layers, Member, Name, Ref, State, Value, Written, choice

MOST_ROUNDS = 8
K = TypeVar("K")
V = TypeVar("V")


class Statements(Memory):
    """Each gives whether what follows it can be reached."""

    def run(self, nodes: Sequence[Node]) -> bool:
        """Statements in order; False when the rest of them cannot be reached."""
        for node in nodes:
            if node.type in ("function_declaration", "generator_function_declaration"):
                self._declare_function(text(child(node, "name")), self.function(node))
        for node in nodes:  # noqa: SIM110 all(…) would nest generators as deep as the program
            if not self.statement(node):
                return False
        return True

    def run_script(self, nodes: Sequence[Node], module: bool) -> None:
        """One script of the page. An error of its own ends it, and the next one goes on with what there is."""
        self.thrown = []
        if module:
            self.enter(0, function=True)
        self.run(nodes)
        self.join([self.state, *self.thrown])
        self.scope = 0

    def perhaps(self, happen: Callable[[], object]) -> None:
        """Something that happens or not."""

        def one_way() -> bool:
            happen()
            return True

        self.branch(lambda: True, one_way)

    def _declare_function(self, name: str, function: Function) -> None:
        """In a block it is the block's, and in sloppy code the function's as well."""
        if self.scope not in self.function_scopes:
            around = self.find(name)
            outside = UNDEFINED if around is None else self.state.variables[around, name]
            self.declare(name, choice([outside, function]), block=False)
        self.declare(name, function, block=True)

    def statement(self, node: Node) -> bool:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooMuchError
        handler = getattr(self, f"_{node.type}", None)
        if handler is not None:
            return bool(handler(node))
        if not node.type.endswith("_statement"):
            self.value(node)
            return True
        for part in node.named_children:
            self.value(part)
        return True

    def _statement_block(self, node: Node) -> bool:
        return self._in_a_scope(lambda: self.run(node.named_children))

    def _in_a_scope(self, happen: Callable[[], bool]) -> bool:
        outer = self.scope
        self.enter(outer, function=False)
        goes_on = happen()
        self.scope = outer
        return goes_on

    def _variable_declaration(self, node: Node) -> bool:
        return self._declare_all(node, block=False)

    def _lexical_declaration(self, node: Node) -> bool:
        return self._declare_all(node, block=True)

    def _declare_all(self, node: Node, block: bool) -> bool:
        for each in node.named_children:
            if each.type == "variable_declarator":
                value = each.child_by_field_name("value")
                if value is None and not block and self.find(text(child(each, "name"))) is not None:
                    continue  # it is there since the function began
                self.bind(child(each, "name"), self.value(value) if value else UNDEFINED, lambda n, v: self.declare(n, v, block))
                self.may_throw()
        return True

    def _class_declaration(self, node: Node) -> bool:
        self.declare(text(child(node, "name")), self.value(node), block=True)
        return True

    def _nothing(self, _: Node) -> bool:
        return True

    _function_declaration = _generator_function_declaration = _comment = _nothing

    def _import_statement(self, node: Node) -> bool:
        """`import Lock from 'auth0-lock'`, `import {WebAuth as W} from 'auth0-js'`: the names of the libraries themselves."""
        source = text(child(node, "source"))[1:-1]
        if source.lstrip().lower().startswith("data:"):
            self.beyond(node, "the text of a script is in its address")
        whole = Name({"auth0-lock": "Auth0Lock", "auth0-js": "auth0"}.get(source, source))
        waiting = list(node.named_children)
        while waiting:
            each = waiting.pop()
            if each.type == "import_specifier":
                name = text(child(each, "name"))
                alias = each.child_by_field_name("alias")
                self.declare(text(alias) if alias else name, whole if name == "default" else Name(name), block=True)
            elif each.type == "identifier":
                self.declare(text(each), whole, block=True)
            else:
                waiting += each.named_children
        return True

    def _if_statement(self, node: Node) -> bool:
        self.value(child(node, "condition"))
        otherwise = node.child_by_field_name("alternative")
        return self.branch(
            lambda: self.statement(child(node, "consequence")),
            lambda: self.run(otherwise.named_children) if otherwise else True,
        )

    def _loop(self, node: Node) -> bool:
        """Not at all, once, and again for as long as a further round changes anything."""
        self.loops.append(Frame())
        seen = (self._objects, len(self.parents))
        for _ in range(MOST_ROUNDS):
            before = self.state
            self.branch(lambda: True, lambda: self._round(node))
            if is_same(before, self.state, *seen):
                break
        else:
            self.beyond(node, "a loop changes something in every round")
        return self.join([self.state, *self.loops.pop().left])

    def _round(self, node: Node) -> bool:
        condition, increment = (
            [part for part in node.children_by_field_name(name) if part.is_named] for name in ("condition", "increment")
        )
        for part in [] if node.type == "do_statement" else condition:
            self.statement(part)
        self.loops[-1].left.append(self.state.copy())
        self.rounds.append([])
        goes_on = self.statement(child(node, "body"))
        if not self.join([*([self.state] if goes_on else []), *self.rounds.pop()]):
            return False
        for part in [*increment, *(condition if node.type == "do_statement" else [])]:
            self.statement(part)
        return True

    def _for_statement(self, node: Node) -> bool:
        def happen() -> bool:
            if (first := node.child_by_field_name("initializer")) is not None:
                self.statement(first)
            return self._loop(node)

        return self._in_a_scope(happen)

    def _for_in_statement(self, node: Node) -> bool:
        def happen() -> bool:
            self.value(child(node, "right"))
            kind = node.child_by_field_name("kind")
            block = kind is not None and text(kind) != "var"
            self.bind(
                child(node, "left"), UNKNOWN, self.assign if kind is None else (lambda n, v: self.declare(n, v, block=block))
            )
            return self._loop(node)

        return self._in_a_scope(happen)

    _while_statement = _do_statement = _loop

    def _switch_statement(self, node: Node) -> bool:
        self.value(child(node, "value"))
        self.loops.append(Frame())
        cases = [case for case in child(node, "body").named_children if case.type.startswith("switch_")]

        def from_case(at: int) -> bool:
            for each in cases:
                if (asked := each.child_by_field_name("value")) is not None:
                    self.branch(lambda: True, partial(self._happens, asked))
            return self.run([n for case in cases[at:] for n in case.children_by_field_name("body")])

        ways = [partial(from_case, at) for at in range(len(cases) + 1)]
        goes_on = self._in_a_scope(lambda: self.branch(*ways))
        return self.join([*([self.state] if goes_on else []), *self.loops.pop().left])

    def _happens(self, node: Node) -> bool:
        self.value(node)
        return True

    def _try_statement(self, node: Node) -> bool:
        handler, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
        if last is not None and leaves_early(node):
            self.beyond(last, "a `finally` runs after a return or a break")
        self.tries.append(self.state.copy())
        goes_on = self.statement(child(node, "body"))
        ends = [self.state] if goes_on else []
        thrown = self.tries.pop()
        if handler is not None:
            self.state = thrown

            def happen() -> bool:
                if (name := handler.child_by_field_name("parameter")) is not None:
                    self.bind(name, UNKNOWN, lambda n, v: self.declare(n, v, block=True))
                return self.statement(child(handler, "body"))

            if self._in_a_scope(happen):
                ends.append(self.state)
        goes_on = self.join(ends)
        if last is not None:
            if not goes_on:
                self.state = thrown
            goes_on = self.statement(child(last, "body")) and goes_on
        return goes_on

    def _return_statement(self, node: Node) -> bool:
        value = self.value(node.named_children[0]) if node.named_children else UNDEFINED
        self.returns[-1].returned.append(value)
        self.returns[-1].left.append(self.state.copy())
        return False

    def _throw_statement(self, node: Node) -> bool:
        self.lose(self.value(node.named_children[0]))  # whoever catches it may do with it what he likes
        self.may_throw()
        if not self.tries:
            self.thrown.append(self.state.copy())
        return False

    def _break_statement(self, node: Node) -> bool:
        self._no_label(node)
        self.loops[-1].left.append(self.state.copy())
        return False

    def _continue_statement(self, node: Node) -> bool:
        self._no_label(node)
        self.rounds[-1].append(self.state.copy())
        return False

    def _no_label(self, node: Node) -> None:
        if node.child_by_field_name("label") is not None:
            self.beyond(node, "a break or continue names a label")

    def _labeled_statement(self, node: Node) -> bool:
        return self.statement(child(node, "body"))

    def _export_statement(self, node: Node) -> bool:
        return self.run(node.named_children)


def leaves_early(node: Node) -> bool:
    """Whether a return, break or continue may leave it."""
    if node.type in ("return_statement", "break_statement", "continue_statement"):
        return True
    return any(leaves_early(each) for each in node.named_children if "function" not in each.type)


def is_same(before: State, after: State, objects: int, scopes: int) -> bool:
    """Whether a round changed nothing that was there before its loop: new objects and scopes of one are like those of another."""

    def value_of(value: Value) -> Value:
        match value:
            case Choice(options=options):
                return Choice(frozenset(value_of(each) for each in options))
            case Ref(number=number) | Written(number=number) if number > objects:
                return type(value)(0)
            case Function(node=node, scope=scope) if scope >= scopes:
                return Function(node, -1)
        return value

    def layers_of(layers: Layers) -> tuple[Any, ...]:
        return tuple(
            (each.name, value_of(each.value)) if isinstance(each, Member)
            else (layers_of(each.one), layers_of(each.other)) if isinstance(each, Either)
            else each
            for each in layers
        )  # fmt: skip

    return (
        _agree(before.variables, after.variables, value_of, lambda key: key[0] < scopes)
        and _agree(before.objects, after.objects, layers_of, lambda number: number <= objects)
        and _agree(before.settings, after.settings, value_of, lambda _: True)
    )


def _agree(before: dict[K, V], after: dict[K, V], form: Callable[[V], Any], counts: Callable[[K], bool]) -> bool:
    """Most of it is the very same; the rest is compared by its form."""
    if any(counts(key) for key in before.keys() ^ after.keys()):
        return False
    changed = compress(before, map(is_not, map(after.get, before), before.values()))
    return all(form(before[key]) == form(after[key]) for key in changed if counts(key))
