"""What an expression of a login page gives, and what it does to the page's memory."""

from abc import abstractmethod
from functools import partial

from tree_sitter import Node

from .memory import LATER, child, text
from .statements import Statements
from .values import (
    STATE,
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
    Value,
    Widget,
    choice,
    options_of,
)

MARKER = "@@config@@"
DECODERS = frozenset({"atob", "escape", "unescape", "decodeURIComponent", "decodeURI", "String"})
HARMLESS = frozenset({"console", "document", "location", "navigator", "localStorage", "sessionStorage", "history"})
PURE = frozenset(
    [
        "Object.keys",
        "Object.values",
        "Object.entries",
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
PURE_METHODS = frozenset({"hasOwnProperty", "toString", "valueOf"})
GLOBALS = frozenset({"window", "self", "globalThis", "top"})
MERGERS = frozenset({"Object.assign", "$.extend", "jQuery.extend", "_.assign", "_.extend", "angular.extend"})
KEEPERS = frozenset({"Object.freeze", "Object.seal"})
COPIERS = frozenset({"JSON.stringify", "structuredClone"})
DEFINERS = frozenset({"Object.defineProperty", "Reflect.defineProperty", "Reflect.set"})
FOLLOWED = MERGERS | KEEPERS | COPIERS | {"JSON.parse"}
LIBRARIES = frozenset({"auth0", "Auth0", "Auth0Lock", "Auth0LockPasswordless", "WebAuth", "XMLHttpRequest"})


class Expressions(Statements):
    """Expressions; what becomes of the widgets is in `widgets.py`."""

    def __init__(self) -> None:
        super().__init__()
        self.replaced = False  # a function of the browser or of a library that is relied on here

    def value(self, node: Node) -> Value:
        self.steps += 1
        handler = getattr(self, f"_value_{node.type}", None)
        if handler is not None:
            found: Value = handler(node)
            return found
        # Whatever else it is: its parts happen, and it may be anything.
        for part in node.named_children:
            self.value(part)
        return UNKNOWN

    # ---- names and literals ----------------------------------------------------------------------------------

    def _value_identifier(self, node: Node) -> Value:
        return self.read(text(node))

    def _value_this(self, _: Node) -> Value:
        return self.read("this")

    def _value_undefined(self, _: Node) -> Value:
        return UNDEFINED

    def _value_string(self, node: Node) -> Value:
        literal = text(node)[1:-1]
        return Encoded() if literal.strip() == MARKER else Const(literal)

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
        if not parts:
            return Encoded() if literal.strip() == MARKER else Const(literal)
        return parts[0] if len(parts) == 1 and not literal else UNKNOWN

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
                    accessor = any(c.type in ("get", "set") for c in each.children)
                    function = self.function(each)
                    self._put(made, self.key(child(each, "name")), UNKNOWN if accessor else function)
        return made

    def _value_array(self, node: Node) -> Value:
        for each in node.named_children:
            self.value(each)
        return self.make((Spread(UNKNOWN),))

    def _put(self, target: Value, key: str | None, value: Value) -> None:
        """A key that is not known may be any."""
        self.state.write(target, Spread(UNKNOWN) if key is None or key == "__proto__" else Member(key, value))

    def key(self, node: Node) -> str | None:
        match node.type:
            case "property_identifier" | "private_property_identifier" | "number":
                return text(node)
            case "string":
                return text(node)[1:-1] if "\\" not in text(node) else None
            case "computed_property_name":
                return self._key_of(self.value(node.named_children[0]))
        return None

    @staticmethod
    def _key_of(value: Value) -> str | None:
        return value.value if isinstance(value, Const) and isinstance(value.value, str) and "\\" not in value.value else None

    def merge(self, target: Value, source: Value) -> None:
        """`Object.assign(target, source)`, and what a spread does."""
        layers = self.layers_of(source)
        for each in layers:
            self.state.write(target, each if isinstance(each, Member | Spread) else Spread(UNKNOWN))

    def _value_member_expression(self, node: Node) -> Value:
        return self._member(self.value(child(node, "object")), text(child(node, "property")))

    def _value_subscript_expression(self, node: Node) -> Value:
        owner, key = self.value(child(node, "object")), self._key_of(self.value(child(node, "index")))
        return UNKNOWN if key is None else self._member(owner, key)

    def _member(self, owner: Value, key: str) -> Value:
        if isinstance(owner, Name) and owner.text in GLOBALS:
            return self.read(key)
        return self.state.member(owner, key)

    def store(self, target: Node, value: Value) -> None:
        match target.type:
            case "identifier":
                self.assign(text(target), value)
            case "member_expression":
                self._put_on(self.value(child(target, "object")), text(child(target, "property")), value)
            case "subscript_expression":
                owner = self.value(child(target, "object"))
                self._put_on(owner, self._key_of(self.value(child(target, "index"))), value)
            case "object_pattern" | "array_pattern":
                self.bind(target, value, self.assign)
            case "parenthesized_expression" | "non_null_expression":
                self.store(target.named_children[0], value)

    def _put_on(self, owner: Value, key: str | None, value: Value) -> None:
        if isinstance(owner, Name) and owner.text in GLOBALS and key is not None:
            self.state.variables[0, key] = value
            return
        self.replaced = self.replaced or any(isinstance(o, Name) and _is_relied_on(o.text, key) for o in options_of(owner))
        self._put(owner, key, value)

    # ---- operators -------------------------------------------------------------------------------------------

    def _value_parenthesized_expression(self, node: Node) -> Value:
        return self._last(node)

    _value_sequence_expression = _value_await_expression = _value_parenthesized_expression

    def _last(self, node: Node) -> Value:
        values = [self.value(each) for each in node.named_children if each.type != "comment"]
        return values[-1] if values else UNKNOWN

    def _value_assignment_expression(self, node: Node) -> Value:
        value = self.value(child(node, "right"))
        self.store(child(node, "left"), value)
        return value

    def _value_augmented_assignment_expression(self, node: Node) -> Value:
        target, operator = child(node, "left"), text(child(node, "operator"))
        now = self.value(target)
        value = self._operate(operator.removesuffix("="), now, child(node, "right"))
        self.store(target, value)
        return value

    def _value_update_expression(self, node: Node) -> Value:
        self.store(child(node, "argument"), UNKNOWN)
        return UNKNOWN

    def _value_unary_expression(self, node: Node) -> Value:
        target = child(node, "argument")
        if text(child(node, "operator")) == "delete":
            self.store(target, UNDEFINED)
            return UNKNOWN
        self.value(target)
        return UNDEFINED if text(child(node, "operator")) == "void" else UNKNOWN

    def _value_binary_expression(self, node: Node) -> Value:
        return self._operate(text(child(node, "operator")), self.value(child(node, "left")), child(node, "right"))

    def _operate(self, operator: str, left: Value, right: Node) -> Value:
        """The settings and objects are taken to be there, so that `config.internalOptions || {}` is what it is for."""
        there = all(isinstance(o, Setting | Ref | Function | Widget | Encoded) for o in options_of(left))
        missing = all(o == UNDEFINED or o in (Const(None), Const(False), Const("")) for o in options_of(left))
        if operator in ("||", "??", "&&"):
            if (there and operator != "&&") or (missing and operator == "&&"):
                return left
            if (missing and operator != "&&") or (there and operator == "&&"):
                return self.value(right)
            kept: list[Value] = []
            self.branch(lambda: True, lambda: self._keep(right, kept))
            return choice([*options_of(left), *kept])
        other = self.value(right)
        if operator == "+" and Const("") in (left, other):
            return other if left == Const("") else left
        return UNKNOWN

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

    def _value_class(self, node: Node) -> Value:
        made = self.make()
        for each in child(node, "body").named_children:
            if each.type == "method_definition":
                self._put(made, self.key(child(each, "name")), self.function(each))
            else:
                self.value(each)
        return made

    _value_class_declaration = _value_class

    def arguments(self, node: Node) -> tuple[list[Value], bool]:
        """The values, and whether a spread makes their places unsure."""
        given = node.child_by_field_name("arguments")
        values: list[Value] = []
        for each in given.named_children if given is not None and given.type == "arguments" else []:
            if each.type == "spread_element":
                self.value(each.named_children[0])
                return [*values, UNKNOWN], True
            if each.type != "comment":
                values.append(self.value(each))
        return values, False

    def _value_call_expression(self, node: Node) -> Value:
        target = child(node, "function")
        this: Value = UNKNOWN
        if target.type in ("member_expression", "subscript_expression"):
            this = self.value(child(target, "object"))
            key = text(child(target, "property")) if target.type == "member_expression" else None
            key = key or self._key_of(self.value(child(target, "index")))
            called = UNKNOWN if key is None else self._member(this, key)
        else:
            key, called = None, self.value(target)
        arguments, _ = self.arguments(node)
        if isinstance(called, Function):
            self.functions.pop(called.node, None)
            return self.call(called, arguments, this)
        special = self.widget_call(node, this, key, called, arguments)
        return special if special is not None else self._foreign(called, this, key, arguments)

    def _foreign(self, called: Value, this: Value, key: str | None, arguments: list[Value]) -> Value:
        """A function that is not the page's own."""
        name = called.text if isinstance(called, Name) else ""
        if arguments and (known := self._known(name, arguments)) is not None:
            return known
        if name in DEFINERS and len(arguments) > 1 and isinstance(arguments[0], Name):
            self._put_on(arguments[0], self._key_of(arguments[1]), UNKNOWN)
        if key in ("call", "apply", "bind") and isinstance(this, Function):
            self.functions.setdefault(this.node, this)
        if name.split(".")[0] not in HARMLESS and name not in PURE and key not in PURE_METHODS:
            self._hand_over([*arguments, this], key or name)
        return UNKNOWN

    def _known(self, name: str, arguments: list[Value]) -> Value | None:
        """What is known to give back, to merge or to copy what it is given."""
        first = arguments[0]
        if name in MERGERS:
            return self._merged(arguments)
        if name in KEEPERS or (name in DECODERS and isinstance(first, Encoded | Setting)):
            return first
        if name == "JSON.parse" and isinstance(first, Encoded):
            return Setting()
        if (name == "JSON.parse" and isinstance(first, Ref)) or (name in COPIERS and isinstance(first, Ref | Setting)):
            return self.make(self.layers_of(first))
        return None

    def _merged(self, arguments: list[Value]) -> Value:
        target, *sources = arguments[1:] if isinstance(arguments[0], Const) and len(arguments) > 1 else arguments
        self.replaced = self.replaced or (isinstance(target, Name) and _is_relied_on(target.text, None))
        for source in sources:
            self.merge(target, source)
        # A target that is no object is wrapped into one: `Object.assign("text", …)` is not that text.
        objects = all(isinstance(t, Ref) or (isinstance(t, Setting) and t != STATE) for t in options_of(target))
        return target if objects else UNKNOWN

    def _hand_over(self, values: list[Value], to: str) -> None:
        """Whoever gets an object may change it; whoever gets a function may call it, now or later."""
        for each in {option for value in values for option in options_of(value)}:
            if isinstance(each, Ref):
                self.state.write(choice([each]), Spread(UNKNOWN))
            elif isinstance(each, Setting) and each.path in ((), ("internalOptions",)):
                self.state.write(each, Spread(UNKNOWN))
            elif isinstance(each, Function):
                self.functions.setdefault(each.node, each)
                if to not in LATER:
                    self.branch(lambda: True, partial(self._call_back, each))

    def _call_back(self, function: Function) -> bool:
        self.call(function, [UNKNOWN] * 3)
        return True

    def _value_new_expression(self, node: Node) -> Value:
        made = self.value(child(node, "constructor"))
        arguments, unsure = self.arguments(node)
        special = self.widget_made(node, made, [] if unsure else arguments, unsure)
        if special is not None:
            return special
        if isinstance(made, Function):
            self.functions.pop(made.node, None)
            this = self.make()
            self.call(made, arguments, this)
            return this
        if isinstance(made, Ref):
            this = self.make(self.layers_of(made))
            constructor = self.state.member(made, "constructor")
            if isinstance(constructor, Function):
                self.functions.pop(constructor.node, None)
                self.call(constructor, arguments, this)
            return this
        self._hand_over(arguments, "")
        return UNKNOWN

    # ---- to be given by the widgets --------------------------------------------------------------------------

    @abstractmethod
    def widget_made(self, node: Node, made: Value, arguments: list[Value], unsure: bool) -> Value | None: ...

    @abstractmethod
    def widget_call(self, node: Node, this: Value, key: str | None, called: Value, arguments: list[Value]) -> Value | None: ...


def _is_relied_on(owner: str, key: str | None) -> bool:
    """Whether a write to `owner.key` changes what is known of the browser and of the libraries; a key of None may be any."""
    if owner == "Object.prototype" or owner.split(".", maxsplit=1)[0] in LIBRARIES:
        return True
    return any(each == f"{owner}.{key}" or (key is None and each.startswith(f"{owner}.")) for each in FOLLOWED)
