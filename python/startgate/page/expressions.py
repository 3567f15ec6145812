"""What an expression of a login page gives, and what it does to the page's memory."""

from abc import abstractmethod

from tree_sitter import Node

from .address import START_PATH
from .memory import child, is_there, text
from .statements import Statements
from .texts import one_after_the_other, without_escapes
from .values import (
    UNDEFINED,
    UNKNOWN,
    Const,
    Encoded,
    Function,
    Member,
    Name,
    Ref,
    Setting,
    Spread,
    Text,
    Value,
    Widget,
    choice,
    options_of,
)

MISSING = frozenset({UNDEFINED, Const(None)})
MARKER = "@@config@@"
GLOBALS = frozenset({"window", "self", "globalThis", "top", "parent", "frames", "this", "document.defaultView"})
CONVERSIONS = frozenset({"toString", "valueOf", "toJSON", "then"})
MERGERS = frozenset({"Object.assign", "$.extend", "jQuery.extend", "_.assign", "_.extend", "angular.extend"})
KEEPERS = frozenset({"Object.freeze", "Object.seal"})
COPIERS = frozenset({"JSON.stringify", "structuredClone"})
FOLLOWED = MERGERS | KEEPERS | COPIERS | {"JSON.parse"}
LIBRARIES = frozenset({"auth0", "Auth0", "Auth0Lock", "Auth0LockPasswordless", "WebAuth", "XMLHttpRequest", "Widget"})
# What changes nothing that it is given and keeps none of it.
HARMLESS = frozenset({"console", "document", "location", "navigator", "localStorage", "sessionStorage", "history"})
PURE = frozenset(
    [
        "Object.keys",
        "Array.isArray",
        "encodeURIComponent",
        "encodeURI",
        "parseInt",
        "alert",
        "Number",
        "Boolean",
        "isNaN",
        "atob",
        "btoa",
        "Date.now",
        "String",
    ]
)


class Expressions(Statements):
    """Expressions; calls are in `calls.py`."""

    def __init__(self) -> None:
        super().__init__()
        self.replaced = False  # a function of the browser or of a library that is relied on here

    @abstractmethod
    def saw_text(self, node: Node, literal: str) -> frozenset[tuple[int, int]]: ...

    def value(self, node: Node) -> Value:
        self.steps += 1
        handler = getattr(self, f"_value_{node.type}", None)
        if handler is not None:
            found: Value = handler(node)
            return found
        # Whatever else it is: its parts happen, and it may be anything.
        for part in node.named_children:
            self.lose(self.value(part))
        return UNKNOWN

    # ---- names and literals ----------------------------------------------------------------------------------

    def _value_identifier(self, node: Node) -> Value:
        return self._passed_on(self.read(text(node)))

    def _passed_on(self, value: Value) -> Value:
        """A function that is not just called goes somewhere, and may be called from there whenever somebody likes."""
        for each in options_of(value):
            if isinstance(each, Function):
                self.state.let_go(each)
        return value

    def _value_this(self, _: Node) -> Value:
        return self.read("this")

    def _value_undefined(self, _: Node) -> Value:
        return UNDEFINED

    def _value_string(self, node: Node) -> Value:
        literal = text(node)[1:-1]
        pieces = self.saw_text(node, without_escapes(literal))
        return Encoded() if literal.strip() == MARKER else Const(literal, pieces)

    def _value_number(self, node: Node) -> Value:
        return Const(text(node))

    def _value_true(self, _: Node) -> Value:
        return Const(True)

    def _value_false(self, _: Node) -> Value:
        return Const(False)

    def _value_null(self, _: Node) -> Value:
        return Const(None)

    def _value_template_string(self, node: Node) -> Value:
        parts = [self.value(n.named_children[0]) for n in node.named_children if n.type == "template_substitution"]
        literal = "".join(text(n) for n in node.named_children if n.type != "template_substitution")
        pieces = self.saw_text(node, literal)
        if START_PATH in literal:
            return Const(START_PATH, pieces)
        if not parts:
            return Encoded() if literal.strip() == MARKER else Const(literal, pieces)
        if len(parts) == 1 and not literal:
            return parts[0]
        for part in parts:
            self.lose_sight(part)
        outer = (node.named_children[0], node.named_children[-1])
        ends = [text(each) if each.type == "string_fragment" else "" for each in outer]
        return Text(*ends)

    # ---- objects ---------------------------------------------------------------------------------------------

    def _value_object(self, node: Node) -> Value:
        made = self.make()
        for each in node.named_children:
            match each.type:
                case "pair":
                    self._put(made, self.key(child(each, "key")), self.value(child(each, "value")))
                case "shorthand_property_identifier":
                    self._put(made, text(each), self.read(text(each)))
                case "spread_element":
                    self.merge(made, self.value(each.named_children[0]))
                case "method_definition":
                    self._put(made, self.key(child(each, "name")), self._method(each))
        return made

    def _method(self, node: Node) -> Value:
        function = self.function(node)
        if all(each.type not in ("get", "set") for each in node.children):
            return function
        self.beyond(node, "a getter or setter runs where no call is seen")
        return UNKNOWN

    def _value_array(self, node: Node) -> Value:
        for each in node.named_children:
            self.lose(self.value(each))
        return self.make((Spread(UNKNOWN),))

    def _put(self, target: Value, key: str | None, value: Value) -> None:
        """A key that is not known may be any."""
        if key is None or not all(isinstance(each, Ref | Setting) for each in options_of(target)):
            self.lose(value)
        self.state.write(target, Spread(UNKNOWN) if key is None or key == "__proto__" else Member(key, value))

    def key(self, node: Node) -> str | None:
        match node.type:
            case "property_identifier" | "private_property_identifier" | "number":
                return text(node)
            case "string":
                return text(node)[1:-1] if "\\" not in text(node) else None
            case "computed_property_name":
                if "Symbol" in text(node):
                    self.beyond(node, "a conversion runs where no call is seen")
                return self.key_of(self.value(node.named_children[0]))
        return None

    @staticmethod
    def key_of(value: Value) -> str | None:
        return value.value if isinstance(value, Const) and isinstance(value.value, str) and "\\" not in value.value else None

    def merge(self, target: Value, source: Value) -> None:
        """`Object.assign(target, source)`, and what a spread does."""
        layers = self.layers_of(source)
        for each in layers:
            self.state.write(target, each if isinstance(each, Member | Spread) else Spread(UNKNOWN))

    def _value_member_expression(self, node: Node) -> Value:
        owner, key = self.value(child(node, "object")), text(child(node, "property"))
        self.taken_out(node, owner, key)
        found = self._passed_on(self.member_of(owner, key))
        return choice([UNDEFINED, found]) if is_optional(node) and options_of(owner) & MISSING else found

    def _value_subscript_expression(self, node: Node) -> Value:
        if is_optional(node) and child(node, "index").type not in ("string", "number", "identifier"):
            self.beyond(node, "what stands after `?.` may never happen")
        owner, key = self.value(child(node, "object")), self.key_of(self.value(child(node, "index")))
        self.taken_out(node, owner, key)
        self.named_by_chance(node, owner, key)
        return UNKNOWN if key is None else self._passed_on(self.member_of(owner, key))

    def named_by_chance(self, node: Node, owner: Value, key: str | None) -> None:
        """A member of `window` is a variable of the page; of which name, only its run tells."""
        if key is None and any(isinstance(each, Name) and each.text in GLOBALS for each in options_of(owner)):
            self.beyond(node, "a variable is used under a name that is made while the page runs")

    def member_of(self, owner: Value, key: str) -> Value:
        return choice(
            [
                self.read(key)
                if isinstance(each, Name) and each.text in GLOBALS
                else Name(f"Widget.{key}")
                if isinstance(each, Widget)
                else self.state.member(each, key)
                for each in options_of(owner) - MISSING or options_of(owner)  # those have no members, but throw
            ]
        )

    def store(self, target: Node, value: Value) -> None:
        match target.type:
            case "identifier":
                self.assign(text(target), value)
            case "member_expression":
                self.put_on(self.value(child(target, "object")), text(child(target, "property")), value)
            case "subscript_expression":
                owner = self.value(child(target, "object"))
                key = self.key_of(self.value(child(target, "index")))
                self.named_by_chance(target, owner, key)
                self.put_on(owner, key, value)
            case "object_pattern" | "array_pattern":
                self.bind(target, value, self.assign)
            case "parenthesized_expression" | "non_null_expression":
                self.store(target.named_children[0], value)

    def put_on(self, owner: Value, key: str | None, value: Value) -> None:
        owners = options_of(owner)
        for each in owners:
            known = isinstance(each, Name) and each.text in GLOBALS
            if key is not None and (known or (each == UNKNOWN and (0, key) in self.state.variables)):  # it may be `window`
                self.state.variables[0, key] = value if known and len(owners) == 1 else choice([value, self._of_all(key)])
        if key in CONVERSIONS:
            self.state.let_go(value)
        self.replaced = self.replaced or any(isinstance(o, Name) and is_relied_on(o.text, key, value) for o in owners)
        if not (isinstance(owner, Name) and owner.text in GLOBALS and key is not None):
            self._put(owner, key, value)

    def _of_all(self, name: str) -> Value:
        return self.state.variables.get((0, name), UNDEFINED)

    # ---- operators -------------------------------------------------------------------------------------------

    def _value_parenthesized_expression(self, node: Node) -> Value:
        return self._last(node)

    _value_sequence_expression = _value_parenthesized_expression

    def _last(self, node: Node) -> Value:
        values = [self.value(each) for each in node.named_children if each.type != "comment"]
        return values[-1] if values else UNKNOWN

    def _value_assignment_expression(self, node: Node) -> Value:
        value = self.value(child(node, "right"))
        self.store(child(node, "left"), value)
        self.may_throw()
        return value

    def _value_augmented_assignment_expression(self, node: Node) -> Value:
        target, operator = child(node, "left"), text(child(node, "operator"))
        now = self.value(target)
        value = self._operate(operator.removesuffix("="), now, child(node, "right"))
        self.store(target, value)
        self.may_throw()
        return value

    def _value_update_expression(self, node: Node) -> Value:
        self.store(child(node, "argument"), UNKNOWN)
        return UNKNOWN

    def _value_unary_expression(self, node: Node) -> Value:
        target = child(node, "argument")
        if text(child(node, "operator")) == "delete":
            self.store(target, UNDEFINED)
            self.may_throw()
            return UNKNOWN
        self.value(target)
        return UNDEFINED if text(child(node, "operator")) == "void" else UNKNOWN

    def _value_binary_expression(self, node: Node) -> Value:
        return self._operate(text(child(node, "operator")), self.value(child(node, "left")), child(node, "right"))

    def _operate(self, operator: str, left: Value, right: Node) -> Value:
        """The settings and objects are taken to be there, so that `config.internalOptions || {}` is what it is for."""
        there = all(is_there(o) for o in options_of(left))
        empty = (Const(None),) if operator == "??" else (Const(None), Const(False), Const(""))
        missing = all(o == UNDEFINED or o in empty for o in options_of(left))
        if operator in ("||", "??", "&&"):
            if (there and operator != "&&") or (missing and operator == "&&"):
                return left
            if (missing and operator != "&&") or (there and operator == "&&"):
                return self.value(right)
            kept: list[Value] = []
            self.branch(lambda: True, lambda: self._keep(right, kept))
            return choice([*options_of(left), *kept])
        other = self.value(right)
        both = one_after_the_other(left, other) if operator == "+" else UNKNOWN
        if operator == "+" and (both == UNKNOWN or isinstance(both, Text)):
            self.lose_sight(choice([left, other]))
        return both

    def _value_ternary_expression(self, node: Node) -> Value:
        self.value(child(node, "condition"))
        ways: list[Value] = []
        self.branch(lambda: self._keep(child(node, "consequence"), ways), lambda: self._keep(child(node, "alternative"), ways))
        return choice(ways)

    def _keep(self, node: Node, values: list[Value]) -> bool:
        values.append(self.value(node))
        return True

    # ---- functions -------------------------------------------------------------------------------------------

    def _value_function_expression(self, node: Node) -> Value:
        return self.function(node)

    _value_arrow_function = _value_generator_function = _value_function_expression

    def _value_await_expression(self, node: Node) -> Value:
        self.beyond(node, "a function waits and goes on later (await)")
        return self._last(node)

    def _value_yield_expression(self, node: Node) -> Value:
        self.beyond(node, "a function waits to be asked (yield)")
        self._last(node)
        return UNKNOWN

    def _value_class(self, node: Node) -> Value:
        made = self.make()
        if any(each.type == "class_heritage" for each in node.children):
            self.beyond(node, "a class extends another")
        for each in child(node, "body").named_children:
            if each.type == "method_definition":
                self._put(made, self.key(child(each, "name")), self._method(each))
            elif each.type != "comment":
                self.beyond(each, "a class has fields")
                self.state.write(made, Spread(UNKNOWN))
        return made

    _value_class_declaration = _value_class


def is_relied_on(owner: str, key: str | None, value: Value = UNKNOWN) -> bool:
    """Whether a write to `owner.key` changes what is known of the browser and of the libraries; a key of None may be any."""
    root = owner.split(".", maxsplit=1)[0]
    if owner == "Object.prototype" or root in LIBRARIES:
        return True
    if root in HARMLESS and isinstance(value, Function) and not (key or "on").startswith("on"):
        return True
    return any(each == f"{owner}.{key}" or (key is None and each.startswith(f"{owner}.")) for each in FOLLOWED | PURE)


def is_optional(node: Node) -> bool:
    """Whether `?.` stands somewhere before the arguments, which then may never happen."""
    while node.type in ("call_expression", "member_expression", "subscript_expression"):
        if any(each.type == "optional_chain" for each in node.children):
            return True
        node = child(node, "function" if node.type == "call_expression" else "object")
    return False
