"""What a call of a login page gives: followed where the function is the page's own, known by its name, or anything."""

from abc import abstractmethod
from functools import partial

from tree_sitter import Node

from .expressions import COPIERS, HARMLESS, KEEPERS, MERGERS, PURE, Expressions, is_optional, is_relied_on
from .memory import LATER, child, text
from .values import (
    ABSENT,
    STATE,
    UNDEFINED,
    UNKNOWN,
    Absent,
    Choice,
    Const,
    Either,
    Encoded,
    Function,
    Layers,
    Member,
    Name,
    Other,
    Ref,
    Setting,
    Unknown,
    Value,
    Widget,
    Written,
    choice,
    options_of,
)

DECODERS = frozenset({"atob", "escape", "unescape", "decodeURIComponent", "decodeURI", "String"})
PURE_METHODS = frozenset({"hasOwnProperty", "toString"})
# What may call at once whatever was kept to be called.
FIRING = frozenset({"dispatchEvent", "trigger", "triggerHandler", "emit", "fire", "click", "submit", "publish", "notify"})
SCRIPTED = frozenset({"write", "writeln", "insertAdjacentHTML", "createContextualFragment"})
# What gives something new each time, and what still is new when these are called on it.
INVENTED = frozenset({"Math.random", "Date.now", "performance.now", "crypto.randomUUID"})
EXCERPTS = frozenset({"toString", "toFixed", "slice", "substr", "substring"})
DEFINERS = frozenset({"Object.defineProperty", "Reflect.defineProperty", "Reflect.set"})

MADE_CODE = "the page runs code that is made while it runs"


class Calls(Expressions):
    """Calls; what becomes of the widgets is in `widgets.py`."""

    def __init__(self) -> None:
        super().__init__()
        self.firing = False
        self.made_script = False  # an element that a script can be written into

    def arguments(self, node: Node) -> tuple[list[Value], bool]:
        """The values, and whether a spread makes their places unsure."""
        given = node.child_by_field_name("arguments")
        values: list[Value] = []
        if given is not None and given.type == "template_string":
            self.saw_text(given, text(given))
            parts = [each for each in given.named_children if each.type == "template_substitution"]
            return [UNKNOWN, *(self.value(each.named_children[0]) for each in parts)], False
        for each in given.named_children if given is not None and given.type == "arguments" else []:
            if each.type == "spread_element":
                self.lose(self.value(each.named_children[0]))
                return [*values, UNKNOWN], True
            if each.type != "comment":
                values.append(self.value(each))
        return values, False

    def _value_call_expression(self, node: Node) -> Value:
        if not is_optional(node):
            return self._call(node)
        found: list[Value] = [UNDEFINED]
        self.branch(lambda: True, lambda: self._keep_call(node, found))
        return choice(found)

    def _keep_call(self, node: Node, found: list[Value]) -> bool:
        found.append(self._call(node))
        return True

    def _call(self, node: Node) -> Value:
        target = child(node, "function")
        this: Value = Name("window")
        if target.type in ("member_expression", "subscript_expression"):
            this = self.value(child(target, "object"))
            key = text(child(target, "property")) if target.type == "member_expression" else None
            key = key or self.key_of(self.value(child(target, "index")))
            self.named_by_chance(target, this, key)
            called = UNKNOWN if key is None else self.member_of(this, key)
        else:
            key, called = None, self.read(text(target)) if target.type == "identifier" else self.value(target)
        arguments, _ = self.arguments(node)
        self.may_throw()
        found = self._called(node, called, this, key, arguments)
        self.may_throw()
        return found

    def _called(self, node: Node, called: Value, this: Value, key: str | None, arguments: list[Value]) -> Value:
        if isinstance(called, Function):
            self.functions.pop(called.node, None)
            return self.call(called, arguments, this)
        for each in options_of(called):
            if isinstance(each, Function):
                self.state.let_go(each)
        self._makes_code(node, called, key, arguments)
        special = self.widget_call(node, this, key, called, arguments)
        return special if special is not None else self._foreign(node, called, this, key, arguments)

    def _makes_code(self, node: Node, called: Value, key: str | None, arguments: list[Value]) -> None:
        """Programs that the page writes while it runs."""
        literal = all(isinstance(each, Const) and "<script" not in str(each.value).lower() for each in arguments)
        name = called.text if isinstance(called, Name) else ""
        if name in ("Function", "eval", "execScript") or key == "constructor" or (key in SCRIPTED and not literal):
            self.beyond(node, MADE_CODE)
        in_address = any(str(each.value).lstrip().lower().startswith("data:") for each in arguments if isinstance(each, Const))
        if child(node, "function").type == "import" and (in_address or not literal):
            self.beyond(node, MADE_CODE)
        name_of = str(getattr(arguments[0], "value", "")).lower() if arguments else ""
        if key in ("setAttribute", "attr") and name_of.startswith(("on", "srcdoc")):
            self.beyond(node, MADE_CODE)
        if key == "createElement" and (not arguments or not isinstance(arguments[0], Const) or arguments[0] == Const("script")):
            self.made_script = True

    def _foreign(self, node: Node, called: Value, this: Value, key: str | None, arguments: list[Value]) -> Value:
        """A function that is not the page's own."""
        name = called.text if isinstance(called, Name) else ""
        if name in INVENTED or (isinstance(this, Other) and key in EXCERPTS):
            return Other()
        if arguments and (known := self._known(node, name, arguments)) is not None:
            return known
        if name in DEFINERS and len(arguments) > 1 and isinstance(arguments[0], Name):
            self.put_on(arguments[0], self.key_of(arguments[1]), UNKNOWN)
        if key in ("call", "apply", "bind") and isinstance(this, Function):
            self.functions.setdefault(this.node, this)
        if name.split(".")[0] not in HARMLESS and name not in PURE and key not in PURE_METHODS:
            self._hand_over([*arguments, this], key or name)
        # jQuery's `.click(…)` with a function is heard later.
        registers = any(isinstance(each, Function) for value in arguments for each in options_of(value))
        if (UNKNOWN in options_of(called) and (key is None or key in ("call", "apply"))) or (key in FIRING and not registers):
            self._fire()
        return UNKNOWN

    def _fire(self) -> None:
        """Whatever was kept to be called may be called now."""
        if self.firing:
            return
        self.firing = True
        for each in [*self.functions.values(), *self.state.out_of_hand.functions.values()]:
            self.branch(lambda: True, partial(self._call_back, each))
        self.firing = False

    def _known(self, node: Node, name: str, arguments: list[Value]) -> Value | None:
        """What is known to give back, to merge or to copy what it is given."""
        first = arguments[0]
        if name in MERGERS:
            return self._merged(node, arguments)
        if name in KEEPERS:
            self.state.let_go(first)  # later writes may or may not have an effect
            return first
        if (name in DECODERS and isinstance(first, Encoded)) or (name == "String" and first == STATE):
            return first
        # A replacer or reviver changes what it likes.
        rewritten = name.startswith("JSON.") and len(arguments) > 1 and arguments[1] not in (UNDEFINED, Const(None))
        return None if rewritten else self._copied(name, first)

    def _copied(self, name: str, value: Value) -> Value | None:
        if name == "JSON.parse":
            if isinstance(value, Written):
                return self._deep_copy(Ref(value.number), {})
            return Setting() if isinstance(value, Encoded) else None
        if name not in COPIERS or not isinstance(value, Ref | Setting):
            return None
        copy = self._deep_copy(value, {})
        if not isinstance(copy, Ref):
            return None if copy == UNKNOWN else copy
        return Written(copy.number) if name == "JSON.stringify" else copy

    def _deep_copy(self, value: Value, seen: dict[Value, Ref]) -> Value:
        """What JSON makes of it, with what is in it; anything where that has a conversion of its own."""
        if isinstance(value, Choice):
            return choice([self._deep_copy(each, seen) for each in value.options])
        if isinstance(value, Function):
            return UNDEFINED
        if not isinstance(value, Ref) and not (isinstance(value, Setting) and value.path in ((), ("internalOptions",))):
            return UNKNOWN if isinstance(value, Widget | Name) else value
        if value in seen:
            return seen[value]
        converts = options_of(self.state.member(value, "toJSON", ABSENT))
        if any(not isinstance(each, Absent | Setting | Unknown) for each in converts):
            return UNKNOWN
        seen[value] = made = self.make()
        self.state.objects[made.number] = self._deep_layers(self.layers_of(value), seen)
        return made

    def _deep_layers(self, layers: Layers, seen: dict[Value, Ref]) -> Layers:
        return tuple(
            Member(each.name, self._deep_copy(each.value, seen)) if isinstance(each, Member)
            else Either(self._deep_layers(each.one, seen), self._deep_layers(each.other, seen)) if isinstance(each, Either)
            else each
            for each in layers
        )  # fmt: skip

    def _merged(self, node: Node, arguments: list[Value]) -> Value:
        target, *sources = arguments[1:] if isinstance(arguments[0], Const) and len(arguments) > 1 else arguments
        self.named_by_chance(node, target, None)
        self.replaced = self.replaced or (isinstance(target, Name) and is_relied_on(target.text, None))
        for source in sources:
            self.merge(target, source)
        # A target that is no object is wrapped into one: `Object.assign("text", …)` is not that text.
        objects = all(isinstance(t, Ref) or (isinstance(t, Setting) and t != STATE) for t in options_of(target))
        return target if objects else UNKNOWN

    def _hand_over(self, values: list[Value], to: str) -> None:
        """Whoever gets an object may change it; whoever gets a function may call it, now or later."""
        for each in {option for value in values for option in options_of(value)}:
            self.state.let_go(each)
            self.lose_sight(each)
            if isinstance(each, Function):
                self.functions.setdefault(each.node, each)
                if to not in LATER:
                    self.branch(lambda: True, partial(self._call_back, each))

    def _call_back(self, function: Function) -> bool:
        self.call(function, [UNKNOWN] * 3)
        return True

    def _value_new_expression(self, node: Node) -> Value:
        made = self.value(child(node, "constructor"))
        arguments, unsure = self.arguments(node)
        self.may_throw()
        classes = sorted(options_of(made), key=repr)
        widgets = [w for c in classes if (w := self.widget_made(node, c, [] if unsure else arguments, unsure)) is not None]
        if len(widgets) == len(classes):
            return choice(widgets)
        return choice([*widgets, self._made(node, made, arguments)])

    def _made(self, node: Node, made: Value, arguments: list[Value]) -> Value:
        """What is no widget, or may be none."""
        if made == Name("Function"):
            self.beyond(node, MADE_CODE)
        if UNKNOWN in options_of(made):
            self.beyond(node, "something is made of a class that cannot be followed")
        if isinstance(made, Function):
            self.functions.pop(made.node, None)
            this = self.make()
            return _this_or(this, self.call(made, arguments, this))
        if isinstance(made, Ref):
            this = self.make(self.state.layers(made.number))
            constructor = self.state.member(made, "constructor")
            if isinstance(constructor, Function):
                self.functions.pop(constructor.node, None)
                return _this_or(this, self.call(constructor, arguments, this))
            return this
        self._hand_over(arguments, "")
        return UNKNOWN

    # ---- to be given by the widgets --------------------------------------------------------------------------

    @abstractmethod
    def widget_made(self, node: Node, made: Value, arguments: list[Value], unsure: bool) -> Value | None: ...

    @abstractmethod
    def widget_call(self, node: Node, this: Value, key: str | None, called: Value, arguments: list[Value]) -> Value | None: ...


def _this_or(this: Value, returned: Value) -> Value:
    """What `new` gives: a constructor may return another object than its own."""
    return choice([this if each == UNDEFINED or isinstance(each, Const) else each for each in options_of(returned)])
