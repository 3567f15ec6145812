"""The plan for a person at a terminal."""

from typing import Any

from rich.console import Console
from rich.text import Text

from . import plan_words
from .terminal import console, say
from .visible import visible

COLOURS = {"breaks": "red", "cannot_tell": "yellow", "safe": "green"}
MARKS = {"breaks": "✗", "cannot_tell": "?", "safe": "✓"}
ANSWERS = {"now": "green", "done": "green", "not_yet": "yellow", "locked": "yellow"}
MOST_UNREAD = 5


def print_for_people(plan: dict[str, Any], snippets: bool = False) -> None:
    """Print the answer, then every application with its cause, evidence and fix, then what else was seen and the last step."""
    screen = console()
    parts = [Text(f"{plan['summary'][v]} {plan_words.verdict_words(v)}", style=f"bold {COLOURS[v]}") for v in COLOURS]
    say(screen, Text("  ").join(parts))
    say(screen, Text(plan_words.window_line(plan["window"]), style="dim"))
    say(screen, Text(plan_words.toggle_line(plan), style=f"bold {ANSWERS[plan['last_step']['answer']]}"))
    if stake := plan_words.stake_line(plan):
        say(screen, Text(stake))
    for application in plan["applications"]:
        screen.print()
        _print_application(screen, application, snippets)
    screen.print()
    for line in plan_words.limit_lines(plan):
        say(screen, Text(line))
    _print_caveats(screen, plan)
    screen.print()
    if canary := plan_words.canary_line(plan):
        say(screen, Text(canary))
    for words, change in plan_words.canary_changes(plan) + plan_words.change_lines(plan):
        say(screen, Text(f"{words}: ", style="bold").append(change, style="not bold"))


def _print_application(screen: Console, application: dict[str, Any], snippets: bool) -> None:
    verdict, fix = application["verdict"], application["fix"]
    title = Text(f"{MARKS[verdict]} ", style=f"bold {COLOURS[verdict]}")
    title.append(visible(application["name"]) or "no name", style="bold default")
    title.append(f"  {visible(application['client_id'] or 'no client_id')}", style="not bold dim default")
    title.append(f"  {application['reason']}", style=f"not bold {COLOURS[verdict]}")
    say(screen, title)
    evidence = plan_words.evidence_line(application["evidence"])
    for line in [application["text"], evidence, *plan_words.finding_lines(application)]:
        say(screen, Text(line), 2)
    if fix["code"] == "none":
        return
    say(screen, Text("fix: ", style="bold").append(fix["text"], style="not bold"), 2)
    if snippets and (snippet := fix.get("snippet")):
        say(screen, Text(f"{snippet['where']}:", style="dim"), 4)
        screen.print(Text("\n".join(f"      {line}" for line in snippet["code"].splitlines()), style="cyan"))


def _print_caveats(screen: Console, plan: dict[str, Any]) -> None:
    for line in plan_words.caveat_lines(plan):
        say(screen, Text(line, style="yellow"))
    if unread := plan_words.unread_line(plan):
        say(screen, Text(unread, style="bold yellow"))
        for place in plan["unread"][:MOST_UNREAD]:
            say(screen, Text(f"{visible(place['file'])}:{place['line']}: {visible(place['expected'])}"), 2)
        if plan["unread_count"] > MOST_UNREAD:
            say(screen, Text(f"and {plan['unread_count'] - MOST_UNREAD} more"), 2)
    say(screen, Text(plan["criterion"], style="dim"))
