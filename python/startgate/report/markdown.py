"""The plan as Markdown, to paste into a ticket or a pull request."""

import re
from typing import Any

from .. import plan_words
from ..visible import visible


def escaped(text: object) -> str:
    """Text that Markdown shows as it is: no link, image, HTML, emphasis, table cell or mention comes to life."""
    return (
        re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~@:&])", r"\\\1", visible(text))
        .replace("\\-", "-")
        .replace("\\.", ".")
        .replace("\\:", ":")
    )


def code(text: object) -> str:
    """A code span that the text cannot leave."""
    shown = visible(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if len(fence) > 1 else f"`{shown}`"


def render(plan: dict[str, Any]) -> str:
    lines = [
        "# Client authentication on /passwordless/start: who breaks",
        "",
        f"**{escaped(plan_words.toggle_line(plan['last_step']))}**",
        "",
    ]
    lines += [f"{plan['summary'][v]} {plan_words.verdict_words(v)}" + ("," if v != "safe" else ".") for v in plan["summary"]]
    lines += ["", escaped(plan_words.window_line(plan["window"])), ""]
    lines += ["| application | verdict | why | evidence |", "| --- | --- | --- | --- |"]
    lines += [_row(a) for a in plan["applications"]]
    for application in plan["applications"]:
        if application["verdict"] != "safe" and application["fix"]["code"] != "none":
            lines += ["", *_fix(application)]
    lines += ["", escaped(plan["criterion"])]
    for name, count in plan["other_notices"].items():
        lines += ["", f"{count} notices of another feature were not counted: {escaped(name)}"]
    for place in plan["unread"]:
        lines.append(f"- not read: {code(place['file'])} line {place['line']}: {escaped(place['expected'])}")
    return "\n".join(lines) + "\n"


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


def _fix(a: dict[str, Any]) -> list[str]:
    lines = [f"### {escaped(a['name'])}", "", f"`{a['fix']['code']}` {escaped(a['fix']['text'])}"]
    lines += [f"- {escaped(plan_words.finding_text(f))}" for f in a["findings"]]
    if snippet := a["fix"].get("snippet"):
        lines += ["", f"{escaped(snippet['where'])}:", "", f"```{snippet['language']}", snippet["code"], "```"]
    return lines
