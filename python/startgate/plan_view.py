"""The plan for a person at a terminal."""

from typing import Any

from rich.console import Console
from rich.text import Text

from .plan_words import evidence_line, finding_text, toggle_line, verdict_words, window_line
from .terminal import console
from .visible import visible

COLOURS = {"breaks": "red", "cannot_tell": "yellow", "safe": "green"}
MARKS = {"breaks": "✗", "cannot_tell": "?", "safe": "✓"}
ANSWERS = {"now": "green", "done": "green", "not_yet": "yellow", "locked": "yellow"}


def print_for_people(plan: dict[str, Any], snippets: bool = False) -> None:
    """Print the answer, then every application with its cause, evidence and fix, then what else was seen."""
    screen = console()
    parts = [Text(f"{plan['summary'][v]} {verdict_words(v)}", style=f"bold {COLOURS[v]}") for v in COLOURS]
    screen.print(Text("  ").join(parts))
    screen.print(Text(window_line(plan["window"]), style="dim"))
    step = plan["last_step"]
    screen.print(Text(toggle_line(step), style=f"bold {ANSWERS[step['answer']]}"))
    for application in plan["applications"]:
        screen.print()
        _print_application(screen, application, snippets)
    screen.print()
    for line in _remarks(plan):
        screen.print(line)


def _print_application(screen: Console, application: dict[str, Any], snippets: bool) -> None:
    verdict = application["verdict"]
    screen.print(
        Text(f"{MARKS[verdict]} ", style=f"bold {COLOURS[verdict]}"),
        Text(visible(application["name"]) or "no name", style="bold"),
        Text(f"  {visible(application['client_id'] or 'no client_id')}", style="dim"),
        Text(f"  {application['reason']}", style=COLOURS[verdict]),
        sep="",
    )
    lines = [application["text"], evidence_line(application["evidence"])]
    lines += [finding_text(f) for f in application["findings"]]
    if exception := application["exception"]:
        state = "until" if exception["in_force"] else "expired on"
        lines.append(f"exception {state} {exception['until']}: {visible(exception['why'])}")
    if application["in_baseline"]:
        lines.append("known from the baseline")
    for line in lines:
        screen.print(Text(f"  {line}"))
    if application["fix"]["code"] == "none":
        return
    screen.print(Text("  fix ", style="bold"), Text(application["fix"]["text"]), sep="")
    if snippets and (snippet := application["fix"].get("snippet")):
        screen.print(Text(f"    {snippet['where']}:", style="dim"))
        screen.print(Text("\n".join(f"      {line}" for line in snippet["code"].splitlines()), style="cyan"))


def _remarks(plan: dict[str, Any]) -> list[Text]:
    lines = [Text(plan["criterion"], style="dim")]
    for address in plan["limits"]["start_per_address"][:5]:
        refused = f", {address['refused']} past the limit, the first at {address['first_refusal']}" if address["refused"] else ""
        lines.append(
            Text(f"{visible(address['address'])} reaches {address['peak']} of {address['limit']} calls in an hour{refused}")
        )
    if plan["limits"]["authentication_api"]["calls"]:
        api = plan["limits"]["authentication_api"]
        lines.append(Text(f"all starts together reach {api['peak']} a second; the Authentication API takes {api['limit']}"))
    for name, count in plan["other_notices"].items():
        lines.append(Text(f"{count} notices of another feature, not counted: {visible(name)}"))
    for field in plan["masked"]:
        lines.append(Text(f"{field} is masked in some records; what is said about addresses may be too low"))
    if plan["unread_count"]:
        lines.append(Text(f"not read: {plan['unread_count']} places", style="bold yellow"))
        lines += [Text(f"  {visible(u['file'])}:{u['line']}: {visible(u['expected'])}") for u in plan["unread"][:5]]
    if plan["enforce_first"]:
        first = ", ".join(visible(each["name"]) for each in plan["enforce_first"][:3])
        lines.append(Text(f"enforce first: {first}"))
    return lines
