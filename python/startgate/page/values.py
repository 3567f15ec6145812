"""What an expression of a login page may be, as far as it matters for where the page's settings go.

Everything is immutable; objects live in a `State` under a number, so that two names for one object stay one object and a branch
of the program is a cheap copy.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import compress
from operator import is_not
from typing import Any, TypeVar


@dataclass(frozen=True)
class Const:
    """A literal; for an address that may start logins, also which texts of the page it is made of."""

    value: str | float | bool | None
    pieces: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Undefined:
    """Certainly not there."""


@dataclass(frozen=True)
class Absent:
    """No member of that name, which `undefined` is not: merged over another, it leaves the other's member alone."""


@dataclass(frozen=True)
class Other:
    """Certainly not the state: what is drawn by chance, the time, the path of the page."""


@dataclass(frozen=True)
class Unknown:
    """Anything."""


@dataclass(frozen=True)
class Text:
    """A text of which only the ends are known."""

    head: str
    tail: str


@dataclass(frozen=True)
class Encoded:
    """The settings before they are decoded: what the tenant puts in place of @@config@@."""


@dataclass(frozen=True)
class Setting:
    """A place in the page's settings: () is `config`, ("internalOptions", "state") is what has to be forwarded."""

    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Name:
    """Something that other scripts of the page bring, by its dotted name."""

    text: str


@dataclass(frozen=True)
class Ref:
    """An object or array that the page makes."""

    number: int


@dataclass(frozen=True)
class Function:
    """A function of the page and the scope that it was made in."""

    node: int
    scope: int


@dataclass(frozen=True)
class Written:
    """An object as JSON text."""

    number: int


@dataclass(frozen=True)
class Widget:
    """A Lock or auth0.js that the page made, and where: script of the page and byte in it."""

    kind: str
    place: tuple[int, int]


@dataclass(frozen=True)
class Choice:
    """One of these, depending on how the program runs."""

    options: frozenset[Any]


Value = (
    Const | Text | Undefined | Absent | Other | Unknown | Encoded | Setting | Name | Ref | Function | Written | Widget | Choice
)
UNDEFINED, UNKNOWN, ABSENT = Undefined(), Unknown(), Absent()
STATE = Setting(("internalOptions", "state"))
MOST_OPTIONS = 12
DEEPEST_CHOICE = 3


def choice(values: Iterable[Value]) -> Value:
    """The one value, or a choice; too many are anything."""
    options: set[Value] = set()
    for value in values:
        options |= value.options if isinstance(value, Choice) else {value}
    if len(options) == 1:
        return options.pop()
    return Choice(frozenset(options)) if 0 < len(options) <= MOST_OPTIONS else UNKNOWN


def joined(one: Value, other: Value) -> Value:
    return one if one is other or one == other else choice([one, other])


def options_of(value: Value) -> frozenset[Value]:
    return value.options if isinstance(value, Choice) else frozenset({value})


# What an object was made from, in order; later layers hide earlier ones.
@dataclass(frozen=True)
class Member:
    name: str
    value: Value


@dataclass(frozen=True)
class Spread:
    """Every member of a part of the settings, or of something unknown."""

    source: Setting | Unknown


@dataclass(frozen=True)
class Either:
    """The layers of one way through the program, or of another."""

    one: "Layers"
    other: "Layers"


Layers = tuple[Member | Spread | Either, ...]


@dataclass
class OutOfHand:
    """What code that is not followed has got, and may change or call at any time from then on: in whatever way the page went."""

    objects: set[int] = field(default_factory=set)
    settings: bool = False
    functions: dict[int, Function] = field(default_factory=dict)
    widgets: set[Widget] = field(default_factory=set)


@dataclass
class State:
    """The page's memory at one point of the program."""

    variables: dict[tuple[int, str], Value] = field(default_factory=dict)
    objects: dict[int, Layers] = field(default_factory=dict)
    settings: dict[tuple[str, ...], Value] = field(default_factory=dict)  # what the page wrote into its settings
    out_of_hand: OutOfHand = field(default_factory=OutOfHand)

    def copy(self) -> "State":
        return State(dict(self.variables), dict(self.objects), dict(self.settings), self.out_of_hand)

    def forget(self, scope: int) -> None:
        """The variables of a function that was left, and of what it called: nothing can name them any more."""
        self.variables = {key: value for key, value in self.variables.items() if key[0] < scope}

    def let_go(self, value: Value) -> None:
        """Code that is not followed gets it, and with it whatever can be reached from there."""
        for each in options_of(value):
            if isinstance(each, Function):
                self.out_of_hand.functions.setdefault(each.node, each)
            elif isinstance(each, Setting) and each.path in ((), ("internalOptions",)):
                self.out_of_hand.settings = True
            elif isinstance(each, Widget):
                self.out_of_hand.widgets.add(each)
            elif isinstance(each, Ref) and each.number not in self.out_of_hand.objects:
                self.out_of_hand.objects.add(each.number)
                for inner in values_in(self.objects.get(each.number, ())):
                    self.let_go(inner)

    def become(self, one: "State", other: "State") -> None:
        """What is true after either of two ways."""
        self.variables = merged(
            one.variables, other.variables, lambda key, mine, its: joined(mine or unset(key), its or unset(key))
        )
        self.objects = merged(one.objects, other.objects, lambda _, mine, its: either(mine, its))
        self.settings = merged(
            one.settings, other.settings, lambda path, mine, its: joined(mine or Setting(path), its or Setting(path))
        )

    def member(self, value: Value, name: str, absent: Value = UNDEFINED) -> Value:
        """`value.name`, and what that is where there is no such member."""
        match value:
            case Choice():
                return choice([self.member(each, name, absent) for each in value.options])
            case Setting():
                return self._setting((*value.path, name))
            case Ref(number=number):
                found = self._lookup(self.objects.get(number, (Spread(UNKNOWN),)), name, absent)
                return choice([UNKNOWN, found]) if number in self.out_of_hand.objects else found
            case Name():
                return Name(f"{value.text}.{name}")
            case _:
                return UNKNOWN

    def _setting(self, path: tuple[str, ...]) -> Value:
        found = self.settings.get(path, Setting(path))
        return choice([UNKNOWN, found]) if self.out_of_hand.settings and len(path) > 1 else found

    @staticmethod
    def _lookup(layers: Layers, name: str, absent: Value = UNDEFINED) -> Value:
        options: set[Value] = set()
        return choice(options | {absent} if _collect(layers, name, options) else options)

    def spread(self, source: Setting) -> Layers:
        """The members of a part of the settings as they are now: what the page wrote into it lies on top."""
        depth = len(source.path)
        written = [
            Member(path[-1], v) for path, v in self.settings.items() if len(path) == depth + 1 and path[:depth] == source.path
        ]
        return (Spread(source), *written, *([Spread(UNKNOWN)] if self.out_of_hand.settings else []))

    def layers(self, number: int) -> Layers:
        """What spreading an object puts into another."""
        found = self.objects.get(number, (Spread(UNKNOWN),))
        return (*found, Spread(UNKNOWN)) if number in self.out_of_hand.objects else found

    def write(self, value: Value, layer: Member | Spread) -> None:
        """`value.name = …`, or `Object.assign(value, …)`; to one of several, it may or may not have happened."""
        options = options_of(value)
        for each in options:
            if isinstance(each, Ref):
                before = self.objects.get(each.number, (Spread(UNKNOWN),))
                after = with_layer(before, layer)
                self.objects[each.number] = after if len(options) == 1 else either(before, after)
                if each.number in self.out_of_hand.objects and isinstance(layer, Member):
                    self.let_go(layer.value)
            elif isinstance(each, Setting):
                self._write_setting(each, layer, certain=len(options) == 1)

    def _write_setting(self, place: Setting, layer: Member | Spread, certain: bool) -> None:
        if isinstance(layer, Member):
            path = (*place.path, layer.name)
            self.settings[path] = layer.value if certain else choice([layer.value, self._setting(path)])
        elif layer.source != place:
            for path in {(*place.path, "state"), STATE.path}:
                if path[: len(place.path)] == place.path:
                    self.settings[path] = choice([UNKNOWN, self._setting(path)])


def unset(variable: tuple[int, str]) -> Value:
    """What a name is where the page did not set it: one of the whole page may be another script's."""
    scope, name = variable
    return UNDEFINED if scope else Setting() if name == "config" else Name(name)


K = TypeVar("K")
V = TypeVar("V")


def merged(one: dict[K, V], other: dict[K, V], join: Callable[[K, V | None, V | None], V]) -> dict[K, V]:
    """Both, joined where they differ: two ways through a program mostly share what there was before them."""
    if one is other:
        return one
    both = dict(one)
    for key in compress(other, map(is_not, map(one.get, other), other.values())):
        both[key] = join(key, one.get(key), other[key])
    for key in one.keys() - other.keys():
        both[key] = join(key, one[key], None)
    return both


def _collect(layers: Layers, name: str, options: set[Value]) -> bool:
    """Adds whatever the member may be; gives whether there may be none, and what lies below these layers counts."""
    for layer in reversed(layers):
        match layer:
            case Member(name=known, value=value) if known == name:
                options |= options_of(value)
                return False
            case Spread(source=Setting(path=path)) if path or name == "internalOptions":
                options.add(Setting((*path, name)))
                return False
            case Spread():
                options.add(UNKNOWN)
            case Either(one=one, other=other):
                below = [_collect(way, name, options) for way in (one, other)]
                if not any(below):
                    return False
    return True


def with_layer(layers: Layers, layer: Member | Spread) -> Layers:
    """One more layer; what it hides for certain is left out, so that a loop that writes a member again comes to an end."""
    if isinstance(layer, Spread):
        return layers if layers[-1:] == (layer,) else (*layers, layer)
    first = len(layers)
    while first > 0 and isinstance(layers[first - 1], Member):
        first -= 1
    kept = [each for each in layers[first:] if isinstance(each, Member) and each.name != layer.name]
    return (*layers[:first], *kept, layer)


def values_in(layers: Layers) -> list[Value]:
    """Every value that an object may hold."""
    found: list[Value] = []
    for each in layers:
        if isinstance(each, Member):
            found.append(each.value)
        elif isinstance(each, Either):
            found += [*values_in(each.one), *values_in(each.other)]
        else:
            found.append(each.source)
    return found


def either(one: Layers | None, other: Layers | None) -> Layers:
    """One list of layers for two ways, sharing what they begin with."""
    if one is other or one is None or other is None or one == other:
        return one if one is not None else other or ()
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    ends = (*one[same:], *other[same:])
    if all(isinstance(each, Member) for each in ends):
        names = dict.fromkeys(each.name for each in ends if isinstance(each, Member))
        lookup = State._lookup
        return (*one[:same], *(Member(name, choice([lookup(one, name), lookup(other, name)])) for name in names))
    if _depth(one) + _depth(other) > DEEPEST_CHOICE:
        return (*one[:same], Spread(UNKNOWN))
    return (*one[:same], Either(one[same:], other[same:]))


def _depth(layers: Layers) -> int:
    return max((1 + max(_depth(each.one), _depth(each.other)) for each in layers if isinstance(each, Either)), default=0)
