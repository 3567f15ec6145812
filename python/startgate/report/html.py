"""One self-contained page: no script, no network, prints well. Jinja escapes everything that is not one of our own plots."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from .. import __version__, plan_words
from ..visible import visible
from . import charts


def render(plan: dict[str, Any]) -> str:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "visible": visible, "evidence": plan_words.evidence_parts, "findings": plan_words.finding_lines,
        "moment": plan_words.moment, "verdict_words": plan_words.verdict_words, "forwarded": plan_words.forwarded_words,
    }  # fmt: skip
    template = environment.from_string(files("startgate.report").joinpath("report.html.j2").read_text("utf-8"))
    verdicts, headroom = charts.verdicts(plan), charts.headroom(plan)
    return template.render(
        plan=plan,
        version=__version__,
        window=plan_words.window_line(plan["window"]),
        toggle=plan_words.toggle_line(plan),
        stake=plan_words.stake_line(plan),
        changes=plan_words.change_lines(plan),
        canary=plan_words.canary_line(plan),
        canary_changes=plan_words.canary_changes(plan),
        limits=plan_words.limit_lines(plan),
        caveats=plan_words.caveat_lines(plan),
        unread=plan_words.unread_line(plan),
        timeline=[Markup(svg) for svg in charts.timeline(plan)],  # noqa: S704 made by us, from numbers and dates
        verdicts=Markup(verdicts) if verdicts else None,  # noqa: S704 likewise
        summary=plan_words.summary_line(plan),
        headroom=Markup(headroom) if headroom else None,  # noqa: S704 its labels went through an XML writer
    )
