"""What an expression of a login page may be, as far as it matters for where the page's settings go.

Everything is immutable; objects live in a `State` under a number, so that two names for one object stay one object and a branch
of the program is a cheap copy.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Const:
    """A literal."""

    value: str | float | bool | None


@dataclass(frozen=True)
class Undefined:
    """Certainly not there."""


@dataclass(frozen=True)
class Unknown:
    """Anything."""


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
class Widget:
    """A Lock or auth0.js that the page made."""

    kind: str


@dataclass(frozen=True)
class Choice:
    """One of these, depending on how the program runs."""

    options: frozenset[Any]


Value = Const | Undefined | Unknown | Encoded | Setting | Name | Ref | Function | Widget | Choice
UNDEFINED, UNKNOWN = Undefined(), Unknown()
STATE = Setting(("internalOptions", "state"))
MOST_OPTIONS = 12
DEEPEST_CHOICE = 6


def choice(values: Iterable[Value]) -> Value:
    """The one value, or a choice; too many are anything."""
    options: set[Value] = set()
    for value in values:
        options |= value.options if isinstance(value, Choice) else {value}
    if len(options) == 1:
        return options.pop()
    return Choice(frozenset(options)) if 0 < len(options) <= MOST_OPTIONS else UNKNOWN


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
class State:
    """The page's memory at one point of the program."""

    variables: dict[tuple[int, str], Value] = field(default_factory=dict)
    objects: dict[int, Layers] = field(default_factory=dict)
    settings: dict[tuple[str, ...], Value] = field(default_factory=dict)  # what the page wrote into its settings

    def copy(self) -> "State":
        return State(dict(self.variables), dict(self.objects), dict(self.settings))

    def become(self, one: "State", other: "State") -> None:
        """What is true after either of two ways."""
        self.variables = {
            key: choice([one.variables.get(key, UNDEFINED), other.variables.get(key, UNDEFINED)])
            for key in one.variables.keys() | other.variables.keys()
        }
        self.objects = {
            key: either(one.objects.get(key), other.objects.get(key)) for key in one.objects.keys() | other.objects.keys()
        }
        self.settings = {
            path: choice([one.settings.get(path, Setting(path)), other.settings.get(path, Setting(path))])
            for path in one.settings.keys() | other.settings.keys()
        }

    def member(self, value: Value, name: str) -> Value:
        """`value.name`."""
        match value:
            case Choice():
                return choice([self.member(each, name) for each in value.options])
            case Setting():
                return self._setting((*value.path, name))
            case Ref():
                return self._lookup(self.objects[value.number], name)
            case Name():
                return Name(f"{value.text}.{name}")
            case _:
                return UNKNOWN

    def _setting(self, path: tuple[str, ...]) -> Value:
        if path in self.settings:
            return self.settings[path]
        return Setting(path)

    def _lookup(self, layers: Layers, name: str) -> Value:
        for at in range(len(layers) - 1, -1, -1):
            match layers[at]:
                case Member(name=known, value=value) if known == name:
                    return value
                case Spread(source=Setting(path=())) if name != "internalOptions":
                    return choice([UNKNOWN, self._lookup(layers[:at], name)])
                case Spread(source=Setting(path=path)):
                    return Setting((*path, name))
                case Spread(source=Unknown()):
                    return choice([UNKNOWN, self._lookup(layers[:at], name)])
                case Either(one=one, other=other):
                    return choice([self._lookup((*layers[:at], *one), name), self._lookup((*layers[:at], *other), name)])
        return UNDEFINED

    def spread(self, source: Setting) -> Layers:
        """The members of a part of the settings as they are now: what the page wrote into it lies on top."""
        depth = len(source.path)
        written = [
            Member(path[-1], v) for path, v in self.settings.items() if len(path) == depth + 1 and path[:depth] == source.path
        ]
        return (Spread(source), *written)

    def write(self, value: Value, layer: Member | Spread) -> None:
        """`value.name = …`, or `Object.assign(value, …)`; to one of several, it may or may not have happened."""
        options = options_of(value)
        for each in options:
            if isinstance(each, Ref):
                layers = (*self.objects[each.number], layer)
                self.objects[each.number] = layers if len(options) == 1 else either(self.objects[each.number], layers)
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


def either(one: Layers | None, other: Layers | None) -> Layers:
    """One list of layers for two ways, sharing what they begin with."""
    if one is None or other is None or one == other:
        return one if one is not None else other or ()
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    if _depth(one) + _depth(other) > DEEPEST_CHOICE:
        return (*one[:same], Spread(UNKNOWN))
    return (*one[:same], Either(one[same:], other[same:]))


def _depth(layers: Layers) -> int:
    return max((1 + max(_depth(each.one), _depth(each.other)) for each in layers if isinstance(each, Either)), default=0)
