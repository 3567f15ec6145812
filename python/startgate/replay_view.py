"""The view of a replay for a person at a terminal."""

from typing import TYPE_CHECKING

from .replay import Comparison, Flip, Side
from .terminal import console, say
from .visible import visible

if TYPE_CHECKING:
    from rich.console import Console

WORDS = {"allow": "allowed", "notice": "noticed", "deny": "refused"}
COLOURS = {"allow": "green", "notice": "yellow", "deny": "red"}


def print_for_people(comparison: Comparison, names: dict[str, str]) -> None:
    """Print who flips, why and the fix; then what the limits did."""
    screen = console()
    rules = [(flip, count) for flip, count in comparison.flips.most_common() if not flip.by_order]
    limits = [(flip, count) for flip, count in comparison.flips.most_common() if flip.by_order]
    screen.print(f"{comparison.requests} requests, {comparison.unreadable} unreadable", style="bold")
    for side in (comparison.policy, comparison.against):
        _print_side(screen, side)
    if not comparison.flips:
        screen.print("nothing flips", style="green")
    for flip, count in rules:
        _print_flip(screen, flip, count, names)
    if limits:
        screen.print("flips that depend on the order of the calls", style="bold")
    for flip, count in limits:
        _print_flip(screen, flip, count, names)


def _print_side(screen: "Console", side: Side) -> None:
    from rich.text import Text

    line = Text(f"{visible(side.name)}: ")
    line.append(", ".join(f"{count} {WORDS[outcome]}" for outcome, count in sorted(side.outcomes.items())))
    if side.first_refusal is not None:
        who = visible(side.first_refusal["id"] or "without an id")
        at = f" at {visible(side.first_refused_at)}" if side.first_refused_at else ""
        line.append(f"; first refusal {who}{at} ({side.first_refusal['reason']})")
    for reason, count in side.refusals_by_limit.most_common():
        line.append(f"; {count} by {reason}")
    say(screen, line, 2)


def _print_flip(screen: "Console", flip: Flip, count: int, names: dict[str, str]) -> None:
    from rich.text import Text

    client_id = visible(flip.client_id or "no client_id")
    line = Text(f"{count:4}x ", style="bold")
    if name := names.get(flip.client_id or ""):
        line.append(f"{visible(name)} ")
    line.append(client_id, style="not bold dim")
    line.append(f"  {WORDS[flip.before]} -> ", style="not bold")
    line.append(WORDS[flip.after], style=f"not bold {COLOURS[flip.after]}")
    line.append(f"  {flip.reason}", style="not bold")
    say(screen, line)
    if flip.fix:
        say(screen, Text.assemble(("fix: ", "bold"), flip.fix), 6)
