"""The plan as Markdown, to paste into a ticket or a pull request."""

import re
from typing import Any

from .. import plan_words
from ..visible import visible


def escaped(text: object) -> str:
    """Text that Markdown shows as it is: no link, image, HTML, emphasis or table cell comes to life."""
    marked = re.sub(r"([\\`*_{}\[\]()<>#+!|~@&])", r"\\\1", visible(text))
    # Addresses become links by themselves where they begin as one.
    return re.sub(r"(?i)\b(https?(?=:)|ftp(?=:)|www(?=\.))", r"\1\\", marked)


def code(text: object) -> str:
    """A code span that the text cannot leave."""
    shown = visible(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if len(fence) > 1 else f"`{shown}`"


def render(plan: dict[str, Any]) -> str:
    lines = [
        "# Client authentication on /passwordless/start: who breaks",
        "",
        f"**{escaped(plan_words.toggle_line(plan))}**",
        "",
        f"{plan_words.summary_line(plan)}. {escaped(plan_words.stake_line(plan) or '')}".rstrip(),
        "",
        escaped(plan_words.window_line(plan["window"])),
        "",
        "| application | verdict | why | evidence |",
        "| --- | --- | --- | --- |",
        *map(_row, plan["applications"]),
    ]
    for application in plan["applications"]:
        if application["fix"]["code"] != "none" or plan_words.finding_lines(application):
            lines += ["", *_section(application)]
    lines += ["", "## Limits", "", *(f"- {escaped(line)}" for line in plan_words.limit_lines(plan))]
    lines += ["", "## The last step", "", *_last_step(plan)]
    lines += ["", "## What this rests on", "", f"- {escaped(plan['criterion'])}"]
    lines += [f"- {escaped(line)}" for line in plan_words.caveat_lines(plan)]
    if unread := plan_words.unread_line(plan):
        lines.append(f"- {escaped(unread)}")
    lines += [f"  - {code(u['file'])} line {u['line']}: {escaped(u['expected'])}" for u in plan["unread"]]
    return "\n".join(lines) + "\n"


def _last_step(plan: dict[str, Any]) -> list[str]:
    lines = [f"- {escaped(plan['last_step']['text'])}"]
    lines += [f"- {words}: {code(change)}" for words, change in plan_words.change_lines(plan)]
    if canary := plan_words.canary_line(plan):
        lines += [f"- {escaped(canary)}"] + [f"  - {words}: {code(text)}" for words, text in plan_words.canary_changes(plan)]
    return lines


def _row(a: dict[str, Any]) -> str:
    cells = [
        f"{escaped(a['name'])} {_cell_code(a['client_id'] or 'no client_id')}",
        a["verdict"],
        f"`{a['reason']}` {escaped(a['text'])}",
        escaped(plan_words.evidence_line(a["evidence"])),
    ]
    if exception := a["exception"]:
        cells[1] += (
            f" (exception {'until' if exception['in_force'] else 'expired on'} {exception['until']}: {escaped(exception['why'])})"
        )
    return "| " + " | ".join(cells) + " |"


def _cell_code(text: str) -> str:
    return code(text).replace("|", "\\|")


def _section(a: dict[str, Any]) -> list[str]:
    lines = [f"### {escaped(a['name'])} {code(a['client_id'] or 'no client_id')}", ""]
    if a["fix"]["code"] != "none":
        lines += [f"`{a['fix']['code']}` {escaped(a['fix']['text'])}"]
    lines += ["", *(f"- {escaped(line)}" for line in plan_words.finding_lines(a))]
    if snippet := a["fix"].get("snippet"):
        lines += ["", f"{escaped(snippet['where'])}:", "", f"```{snippet['language']}", snippet["code"], "```"]
    return lines
