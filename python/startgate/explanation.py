"""The view of one explained decision for a person at a terminal."""

from typing import Any

from .visible import visible

OUTCOMES = {"allow": ("green", "allowed"), "notice": ("yellow", "allowed, with a deprecation notice"), "deny": ("red", "refused")}


def print_for_people(answer: dict[str, Any]) -> None:
    """Print what was seen, why it was decided so, and what to do. Everything from input is shown as plain text."""
    from rich.table import Table
    from rich.text import Text

    from .terminal import console, say

    decision, why = answer["decision"], answer["explanation"]
    colour, word = OUTCOMES[decision["outcome"]]
    screen = console()
    because = f" because {why['reason']['text']} "
    say(screen, Text.assemble((word, f"bold {colour}"), because, (f"({decision['reason']})", "dim")))
    if decision["outcome"] != "deny" and decision["would_be"] == "deny":
        screen.print(Text("enforcement would refuse it", style="bold red"))

    table = Table.grid(padding=(0, 2))
    for name, value in _rows(decision, why):
        table.add_row(Text(name, style="dim"), Text(value, overflow="fold"))
    screen.print(table)
    if not why["fixes"]:
        screen.print(Text("nothing to do", style="green"))
    for fix in why["fixes"]:
        say(screen, Text.assemble(("fix: ", "bold"), fix["text"], (f" ({fix['code']})", "dim")))


def _rows(decision: dict[str, Any], why: dict[str, Any]) -> list[tuple[str, str]]:
    application, authentication, address = decision["application"], decision["authentication"], decision["client_ip"]
    name = why["application_name"]
    rows = [
        ("application", visible(" ".join(filter(None, [name, application["client_id"], f"({application['kind']})"])))),
        ("authentication", f"{authentication['result']}{_by(authentication['method'])}: {why['authentication']['text']}"),
        ("address", f"{address['address'] or 'unknown'}, from {visible(address['source'])}: {why['client_ip']['text']}"),
        ("mode", why["mode"]),
    ]
    rows += _way_here(decision, why)
    rows += [("limit", _limit(limit)) for limit in decision["limits"]]
    rows += [
        (
            "answer",
            " ".join([str(decision["response"]["status"]), decision["response"]["body"].get("error_description", "")]).strip(),
        )
    ]
    rows += [("noticed", finding["text"]) for finding in why["findings"]]
    return rows


def _way_here(decision: dict[str, Any], why: dict[str, Any]) -> list[tuple[str, str]]:
    """Where the connection came from: hop by hop, why the walk stopped, and which headers had no say in it."""
    rows = [("hop", _hop(hop)) for hop in why["hops"] if len(why["hops"]) > 1]
    transport = why["transport"]
    if transport["code"] != decision["client_ip"]["reason"]:
        rows.append(
            ("connection", f"{transport['address'] or 'unknown'}, from {visible(transport['source'])}: {transport['text']}")
        )
    if why["ignored"]:
        rows.append(("ignored", visible(", ".join(why["ignored"]))))
    return rows


def _by(method: str | None) -> str:
    return f" by {method}" if method else ""


def _hop(hop: dict[str, Any]) -> str:
    said = f", written as {visible(hop['said'])}" if hop["said"] and hop["said"] != hop["address"] else ""
    return f"{hop['number']}: {hop['address'] or 'no address'}{said} ({hop['verdict']})"


def _limit(limit: dict[str, Any]) -> str:
    left = f"{limit['remaining']} of {limit['limit']} left"
    return f"{limit['name']}: {left}" if limit["allowed"] else f"{limit['name']}: used up, retry after {limit['retry_after_s']} s"
