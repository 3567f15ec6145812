"""Where a page makes Lock or auth0.js, or calls start itself: does the state of the login transaction arrive there?"""

from dataclasses import dataclass, replace

from tree_sitter import Node

from .address import PROGRAM, REQUESTS, START_PATH, is_piece, may_start
from .calls import MADE_CODE, Calls
from .memory import child, text
from .values import (
    ABSENT,
    STATE,
    UNDEFINED,
    UNKNOWN,
    Const,
    Function,
    Name,
    Other,
    Ref,
    Setting,
    Text,
    Unknown,
    Value,
    Widget,
    Written,
    choice,
    options_of,
    values_in,
)

LOCKS = frozenset({"Auth0Lock", "Auth0LockPasswordless", "Lock"})  # whatever stands before the name
CLIENTS = frozenset({"WebAuth", "Authentication", "Auth0"})
SCRIPT_TEXTS = frozenset({"text", "textContent", "innerText", "innerHTML"})
WRAPPERS = ("body", "data", "json")  # where libraries look for what is to be sent
STARTS = frozenset({"passwordlessStart", "startPasswordless"})
AFTERWARDS = frozenset({"passwordlessLogin", "passwordlessVerify"})  # the code is checked; no login starts
# Where the page is, which is the same for every login; its query and its hash are not.
PLACES = frozenset(
    f"{of}location.{part}" for of in ("", "document.") for part in ["pathname", "host", "hostname", "origin", "port", "protocol"]
)
NOTHING = frozenset({UNDEFINED, ABSENT, Const(None), Const(False), Const("")})


@dataclass(frozen=True)
class Found:
    """One place that starts logins."""

    line: int
    place: tuple[int, int]  # script of the page and byte in it
    what: str
    verdict: str
    reason: str
    notes: tuple[str, ...] = ()


def judge(value: Value) -> tuple[str, str]:
    """What becomes of a `state` that a widget is given."""
    options = frozenset(Other() if isinstance(each, Name) and each.text in PLACES else each for each in options_of(value))
    if options == {STATE}:
        return "forwards", "config.internalOptions.state arrives as state"
    if any(isinstance(o, Unknown | Name | Text) for o in options) or STATE in options:
        return "cannot_tell", "whether config.internalOptions.state arrives depends on what cannot be followed"
    if options <= {UNDEFINED, Const(None), Const("")}:
        return "lost", "no state is given"
    return "lost", "the state that is given is not config.internalOptions.state"


class Page(Calls):
    """Collects what the page does with Lock, auth0.js and the start endpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Found] = []
        self.made: list[tuple[Found, Widget, Value]] = []  # what widgets were given, which auth0.js reads when it starts
        self.overridden: list[tuple[Found, frozenset[Value]]] = []  # calls with a state of their own, and of which widgets
        self.relied_on: set[Value] = set()  # widgets whose own state some call needs; UNKNOWN stands for any of them
        self.pieces: dict[tuple[int, int], tuple[Node, int]] = {}
        self.followed: set[tuple[int, int]] = set()  # pieces that went into a call which was judged
        self.out_of_sight: set[tuple[int, int]] = set()  # pieces that went elsewhere as well

    def _with_statement(self, node: Node) -> bool:
        self.beyond(node, "names mean something else within a `with`")
        return self.run(node.named_children)

    def saw_text(self, node: Node, literal: str) -> frozenset[tuple[int, int]]:
        if PROGRAM.search(literal):
            self.beyond(node, MADE_CODE)
        if not is_piece(literal) or any(each.isspace() for each in literal):
            return frozenset()
        place = (self.script[0], node.start_byte)
        self.pieces.setdefault(place, (node, self.script[1]))
        return frozenset({place})

    def lose_sight(self, value: Value) -> None:
        """What is not followed gets an address, or an object with one in it."""
        waiting, seen = list(options_of(value)), set[int]()
        while waiting:
            match waiting.pop():
                case Const(pieces=pieces):
                    self.out_of_sight |= pieces
                case Ref(number=number) | Written(number=number) if number not in seen:
                    seen.add(number)
                    waiting += [o for inner in values_in(self.state.objects.get(number, ())) for o in options_of(inner)]
                case _:
                    pass

    def taken_out(self, node: Node, owner: Value, key: str | None) -> None:
        """A member that is read, not called at once: who calls it, and with what, is not followed."""
        owners = options_of(owner)
        if key is None:
            self.lose_sight(owner)
        widgets = {each for each in owners if isinstance(each, Widget)}
        self.relied_on |= widgets
        if key in STARTS or (widgets and key in (None, "show", "passwordless", "client")):
            self.beyond(node, "what starts logins is taken out of Lock or auth0.js")

    def read_again(self) -> None:
        """auth0.js keeps what it was given, and reads it when it starts a login: by then it may be something else.

        Lock takes a copy: what it never got does not come later, and what it got is only relied on where it stays.
        """
        for found, widget, params in self.made:
            if widget.kind == "client" or found.verdict != "lost":
                verdict, reason = judge(self._inside(params, "state"))
                self.found.append(replace(found, verdict=verdict, reason=reason))
        self._leave_to_the_calls()
        unread = [piece for place, piece in self.pieces.items() if place not in self.followed - self.out_of_sight]
        if unread:
            node, line = min(unread, key=lambda piece: piece[1] + piece[0].start_point.row)
            self.script = (0, line)
            self.beyond(node, f"{START_PATH} is named, but the call to it cannot be followed")

    def _leave_to_the_calls(self) -> None:
        """auth0.js needs no state of its own where every call that starts a login brings one."""
        overridden = {widget for _, widgets in self.overridden for widget in widgets}
        relied_on = overridden if UNKNOWN in self.relied_on else self.relied_on | self.state.out_of_hand.widgets
        left = {widget for _, widget, _ in self.made if widget.kind == "client" and widget in overridden - relied_on}
        noted = {widget: set(found.notes) for found, widget, _ in self.made}
        self.found = [each for each in self.found if not any(each.place == widget.place for widget in left)]
        for found, widgets in self.overridden:
            # What the call does not bring comes from the widget, and is noted there.
            notes = [n for n in found.notes if widgets <= left and all(n in noted[w] for w in widgets if isinstance(w, Widget))]
            self.found.append(replace(found, notes=tuple(notes)))

    def store(self, target: Node, value: Value) -> None:
        if target.type == "member_expression" and text(child(target, "property")) in SCRIPT_TEXTS and self.made_script:
            self.beyond(target, MADE_CODE)
        super().store(target, value)

    def widget_made(self, node: Node, made: Value, arguments: list[Value], unsure: bool) -> Value | None:
        name = made.text if isinstance(made, Name) else ""
        last = _last_of(name)
        if last in LOCKS:
            options = UNKNOWN if unsure else (arguments[2] if len(arguments) > 2 else UNDEFINED)
            return self._make(node, "lock", name, self._inside(self._inside(options, "auth"), "params"))
        if last in CLIENTS:
            return self._make(node, "client", name, UNKNOWN if unsure else (arguments[0] if arguments else UNDEFINED))
        return None

    def _make(self, node: Node, kind: str, name: str, params: Value) -> Widget:
        found = self._judged(node, name, params, self._inside(params, "state"))
        widget = Widget(kind, found.place)
        self.found.append(found)
        self.made.append((found, widget, params))
        return widget

    def widget_call(self, node: Node, this: Value, key: str | None, called: Value, arguments: list[Value]) -> Value | None:
        name = called.text if isinstance(called, Name) else ""
        # A string for a timer is a program as well.
        if name in ("setTimeout", "setInterval") and arguments and isinstance(arguments[0], Const | Text):
            self.beyond(node, MADE_CODE)
        given = {option for each in (this, called, *arguments) for option in options_of(each)}
        if any(isinstance(each, Name) and _is_widget(each) for each in given):
            self.beyond(node, "Lock or auth0.js is made or changed in a way that cannot be followed")
        if key is None and arguments and any(isinstance(each, Widget) for each in options_of(this)):
            self.beyond(node, "Lock or auth0.js is called in a way that cannot be followed")
        if key in STARTS and arguments and not all(_is_lock(each) for each in options_of(this)):
            self._override(node, f"{key}()", this, self._inside(arguments[0], "authParams", ABSENT))
            return UNKNOWN
        if key not in AFTERWARDS:
            self.relied_on |= {each for each in options_of(this) if isinstance(each, Widget)}
        if key == "show" and arguments and not isinstance(arguments[0], Const | Function):
            return self._show(node, this, self._inside(self._inside(arguments[0], "auth"), "params", ABSENT))
        if any(isinstance(a, Const) and START_PATH in str(a.value) for a in arguments):
            self._direct(node, name, arguments)
        elif self._sends_somewhere(name, this, key, arguments):
            self.beyond(node, f"a request goes to an address that may be {START_PATH}")
            return None
        elif not isinstance(this, Widget):
            return None
        return UNKNOWN

    def _show(self, node: Node, this: Value, params: Value) -> Value | None:
        """Of a Lock, or of what may be one: much else can be shown, but is given no state for that."""
        if any(_is_lock(each) for each in options_of(this)):
            self._override(node, "show()", this, params)
            return UNKNOWN
        if not options_of(self._inside(params, "state", ABSENT)) <= {ABSENT, STATE}:
            self.beyond(node, "a state is given to show() of something that cannot be followed")
        return None

    def _sends_somewhere(self, name: str, this: Value, key: str | None, arguments: list[Value]) -> bool:
        if any(
            isinstance(option, Name) and option.text in REQUESTS - {"axios"}
            for a in (this, *arguments)
            for option in options_of(a)
        ):
            return True  # `fetch.call(…)`, or somebody else gets it
        if key == "open" and len(arguments) > 1 and str(getattr(arguments[0], "value", "")).upper() == "POST":
            return may_start(arguments[1])
        if name not in REQUESTS or not arguments:
            return False
        return may_start(self.state.member(arguments[0], "url") if isinstance(arguments[0], Ref) else arguments[0])

    def _direct(self, node: Node, name: str, arguments: list[Value]) -> None:
        """fetch, axios or jQuery with the endpoint's address."""
        for each in arguments:
            self.followed |= each.pieces if isinstance(each, Const) else frozenset()
        given: list[Value] = [each for each in arguments if not isinstance(each, Const)]
        body = self._body_of_fetch(given) if name == "fetch" else self._body_of_library(given)
        params = self._inside(Ref(body.number) if isinstance(body, Written) else body, "authParams")
        self.found.append(replace(self._judged(node, START_PATH, params, self._inside(params, "state")), notes=()))

    def _body_of_fetch(self, given: list[Value]) -> Value:
        """It looks for a text there, and nowhere else."""
        body = self._inside(given[0], "body") if given else UNDEFINED
        return body if isinstance(body, Written) or body in NOTHING else UNKNOWN

    def _body_of_library(self, given: list[Value]) -> Value:
        wrapped = [[self.state.member(each, name) for name in WRAPPERS] for each in given]
        if not given or any(sum(inner not in (UNDEFINED, UNKNOWN) for inner in each) > 1 for each in wrapped):
            return UNKNOWN  # which of several is sent is the library's matter
        body = given[0]
        for name in WRAPPERS:
            body = self._first_there(self.state.member(body, name), body)
        return body

    @staticmethod
    def _first_there(inner: Value, outer: Value) -> Value:
        return outer if inner in (UNDEFINED, UNKNOWN) else inner

    def _inside(self, value: Value, key: str, absent: Value = UNDEFINED) -> Value:
        """The member of what may be missing itself."""
        return choice([absent if each in NOTHING else self.state.member(each, key, absent) for each in options_of(value)])

    def _override(self, node: Node, what: str, this: Value, params: Value) -> None:
        """Settings of one call: a state in them hides the one that the widget was made with, even an undefined one."""
        given = options_of(self._inside(params, "state", ABSENT))
        if ABSENT in given:
            self.relied_on |= {each if isinstance(each, Widget) else UNKNOWN for each in options_of(this)}
        if given != {ABSENT}:
            self.overridden.append((self._judged(node, what, params, choice(given - {ABSENT})), options_of(this)))

    def _judged(self, node: Node, what: str, params: Value, state: Value) -> Found:
        verdict, reason = judge(state)
        notes = tuple(
            f"{name} is not forwarded" for name in ("_csrf", "scope") if judge_member(self._inside(params, name), name) == "lost"
        )
        number, first_line = self.script
        return Found(first_line + node.start_point.row, (number, node.start_byte), what, verdict, reason, notes)


def _is_lock(value: Value) -> bool:
    return isinstance(value, Widget) and value.kind == "lock"


def _last_of(name: str) -> str:
    return name.rsplit(".", maxsplit=1)[-1]


def _is_widget(name: Name) -> bool:
    return _last_of(name.text) in (LOCKS | CLIENTS) - {"Lock"}


def judge_member(value: Value, name: str) -> str:
    options = options_of(value)
    if name == "scope" and any(isinstance(o, Const) and o.value for o in options):
        return "own"  # the page may ask for a scope of its own
    return (
        "lost"
        if options <= {UNDEFINED, Const(None), Const("")}
        else "forwards"
        if options == {Setting(("internalOptions", name))}
        else "own"
    )
