"""What happens at the tenant: starts, the service's answer to them, and all else that fills a log. Pure chance with a seed.

Nothing here knows about records or verdicts; it yields entries in the order of time, hour by hour, however long the window is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from generator.clients import Application

HOUR = 3_600_000  # times are milliseconds since the epoch
START_LIMIT = 50  # starts per hour and address while they are not authenticated
NOISE = (
    "s",
    "seacft",
    "pla",
    "sapi",
    "slo",
    "fp",
    "ss",
    "f",
    "fepotpft",
    "fu",
    "scoa",
    "limit_wc",
    "api_limit_warning",
    "oauth_ro",
)
NOISE_WEIGHTS = (340, 180, 120, 110, 80, 70, 30, 30, 20, 10, 6, 3, 1, 2)
USERS = 4_000


class Entry(NamedTuple):
    """One line of the log to be: `type` is the log's own code, but `oauth_ro`, which is a depnote of another feature."""

    at: int
    type: str
    application: Application
    user: int


@dataclass(frozen=True)
class Window:
    end: datetime
    days: int
    lines: int = 0  # about how many, where that is more than the starts alone give
    gap: tuple[int, int] | None = None  # from this hour of the window on, so many hours are missing from the log

    @property
    def first(self) -> int:
        return int(self.end.timestamp() * 1000) - self.days * 24 * HOUR


def share_of_hour(hours: str, at: datetime) -> float:
    """Which part of a day's starts falls into this hour; a day adds up to one, or to none."""
    if hours == "always":
        return (1.0 + 0.8 * math.sin((at.hour - 9) * math.pi / 12)) / 24
    if at.weekday() > 4:
        return 0.0
    if hours == "office":
        return 0.1 if 8 <= at.hour < 18 else 0.0
    if hours == "lunch":
        return 0.5 if at.hour in (11, 12) else 0.0
    return 0.25 if 1 <= at.hour < 5 else 0.0


def poisson(rng: Random, mean: float) -> int:
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def starts_in(rng: Random, applications: Sequence[Application], hour: int, day: int) -> list[tuple[int, Application, bool, int]]:
    """The starts of one hour in order: when, for which application, whether it carries a proof, and for which user."""
    at = datetime.fromtimestamp(hour / 1000, UTC)
    starts = []
    for application in applications:
        kind = application.kind
        mean = kind.per_day * share_of_hour(kind.hours, at)
        if kind.peak and at.weekday() == 0 and at.hour == 9:
            mean += kind.peak
        share = kind.proved if kind.proved_from <= day < kind.proved_until else 0.0
        for _ in range(poisson(rng, mean)):
            starts.append((hour + rng.randrange(HOUR), application, rng.random() < share, rng.randrange(USERS)))
    starts.sort(key=lambda start: start[0])
    return starts


class Service:
    """The tenant's side while enforcement is off: it limits per address, throttles its notices and sends the code."""

    def __init__(self, rng: Random, throttle: str) -> None:
        self._rng = rng
        self._per_tenant = throttle == "tenant"
        self._noticed: dict[str, int] = {}
        self._hour = 0
        self._calls: dict[str, int] = {}

    def receive(self, at: int, application: Application, proved: bool, user: int) -> Iterator[Entry]:
        kind = application.kind
        if not proved and kind.address == "egress" and not self._within_limit(at, application):
            yield Entry(at, "api_limit", application, user)
            return
        if not proved and not kind.silent and self._due(at, "" if self._per_tenant else application.client_id):
            yield Entry(at, "depnote", application, user)
        yield Entry(at + self._rng.randrange(3, 400), "cls" if kind.connection == "email" else "cs", application, user)

    def _due(self, at: int, key: str) -> bool:
        if at - self._noticed.get(key, -HOUR) < HOUR:
            return False
        self._noticed[key] = at
        return True

    def _within_limit(self, at: int, application: Application) -> bool:
        if at // HOUR != self._hour:
            self._hour, self._calls = at // HOUR, {}
        calls = self._calls[application.client_id] = self._calls.get(application.client_id, 0) + 1
        return calls <= START_LIMIT


def entries(rng: Random, applications: Sequence[Application], window: Window, throttle: str = "application") -> Iterator[Entry]:
    """The whole window in order of time. What falls into the gap happened, but nobody logged it."""
    service = Service(rng, throttle)
    expected = sum(a.kind.per_day * (1 if a.kind.hours == "always" else 5 / 7) for a in applications) * window.days
    per_hour = max(0.1, (window.lines - expected) / (window.days * 24))
    for number in range(window.days * 24):
        hour = window.first + number * HOUR
        happened: list[Entry] = []
        for start in starts_in(rng, applications, hour, number // 24):
            happened.extend(service.receive(*start))
        for type_ in rng.choices(NOISE, NOISE_WEIGHTS, k=poisson(rng, per_hour)):
            happened.append(Entry(hour + int(rng.random() * HOUR), type_, rng.choice(applications), int(rng.random() * USERS)))
        happened.sort(key=lambda entry: entry[0])
        if window.gap is None or not window.gap[0] <= number < sum(window.gap):
            yield from happened
