"""The statements of a login page: which ways there are through it, and where they come together."""

from collections.abc import Sequence

from tree_sitter import Node

from .memory import MOST_STEPS, Frame, Memory, TooMuchError, child, text
from .values import UNDEFINED, UNKNOWN


class Statements(Memory):
    """Each gives whether what follows it can be reached."""

    def run(self, nodes: Sequence[Node]) -> bool:
        """Statements in order; False when the rest of them cannot be reached."""
        for node in nodes:
            if node.type in ("function_declaration", "generator_function_declaration"):
                self.declare(text(child(node, "name")), self.function(node), block=True)
        for node in nodes:  # noqa: SIM110 all(…) would nest generators as deep as the program
            if not self.statement(node):
                return False
        return True

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
        outer = self.scope
        self.enter(outer, function=False)
        goes_on = self.run(node.named_children)
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
                    continue  # `var x;` again says nothing
                self.bind(child(each, "name"), self.value(value) if value else UNDEFINED, lambda n, v: self.declare(n, v, block))
        return True

    def _class_declaration(self, node: Node) -> bool:
        self.declare(text(child(node, "name")), self.value(node), block=True)
        return True

    def _nothing(self, _: Node) -> bool:
        return True

    _function_declaration = _generator_function_declaration = _comment = _import_statement = _nothing

    def _if_statement(self, node: Node) -> bool:
        self.value(child(node, "condition"))
        otherwise = node.child_by_field_name("alternative")
        return self.branch(
            lambda: self.statement(child(node, "consequence")),
            lambda: self.run(otherwise.named_children) if otherwise else True,
        )

    def _loop(self, node: Node) -> bool:
        """Not at all, once or twice: what a second round changes is seen, and a third would change nothing more."""
        self.loops.append(Frame())
        goes_on = self.branch(lambda: True, lambda: self._round(node))
        if goes_on:
            goes_on = self.branch(lambda: True, lambda: self._round(node))
        left = self.loops.pop().left
        return self.join([*([self.state] if goes_on else []), *left])

    def _round(self, node: Node) -> bool:
        for name in ("condition", "body", "increment"):
            for part in node.children_by_field_name(name):
                if part.is_named and not self.statement(part):
                    return False
        return True

    def _for_statement(self, node: Node) -> bool:
        if (first := node.child_by_field_name("initializer")) is not None:
            self.statement(first)
        return self._loop(node)

    def _for_in_statement(self, node: Node) -> bool:
        self.value(child(node, "right"))
        left = child(node, "left")
        declared = node.child_by_field_name("kind") is not None
        self.bind(left, UNKNOWN, (lambda n, v: self.declare(n, v, block=True)) if declared else self.assign)
        return self._loop(node)

    _while_statement = _do_statement = _loop

    def _switch_statement(self, node: Node) -> bool:
        self.value(child(node, "value"))
        self.loops.append(Frame())
        cases = [case for case in child(node, "body").named_children if case.type.startswith("switch_")]
        ways = [
            lambda at=at: self.run([n for case in cases[at:] for n in case.children_by_field_name("body")])
            for at in range(len(cases))
        ]
        goes_on = self.branch(*ways, lambda: True)
        return self.join([*([self.state] if goes_on else []), *self.loops.pop().left])

    def _try_statement(self, node: Node) -> bool:
        handler, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
        before = self.state.copy()
        goes_on = self.statement(child(node, "body"))
        after = self.state
        ends = [after] if goes_on else []
        if handler is not None:
            # It may have thrown anywhere: what was written is there or not.
            self.join([before, after])
            self.state = self.state.copy()
            if (name := handler.child_by_field_name("parameter")) is not None:
                self.bind(name, UNKNOWN, lambda n, v: self.declare(n, v, block=True))
            if self.statement(child(handler, "body")):
                ends.append(self.state)
        goes_on = self.join(ends)
        if last is not None:
            goes_on = self.statement(child(last, "body")) and goes_on
        return goes_on

    def _return_statement(self, node: Node) -> bool:
        value = self.value(node.named_children[0]) if node.named_children else UNDEFINED
        self.returns[-1].returned.append(value)
        self.returns[-1].left.append(self.state.copy())
        return False

    def _throw_statement(self, node: Node) -> bool:
        self.value(node.named_children[0])
        return False

    def _break_statement(self, _: Node) -> bool:
        self.loops[-1].left.append(self.state.copy())
        return False

    _continue_statement = _break_statement

    def _labeled_statement(self, node: Node) -> bool:
        return self.statement(child(node, "body"))

    def _export_statement(self, node: Node) -> bool:
        return self.run(node.named_children)
