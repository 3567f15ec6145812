"""The plots of the report as SVG elements to stand in a page: no script, no font, nothing to load."""

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pygal
from pygal.style import Style

from .. import plan_words
from ..visible import visible

RED, YELLOW, GREEN, BLUE, GREY = "#c0392b", "#8a5a00", "#1e7a42", "#2e6da4", "#7f8c8d"
WIDTH = 900
MOST_DAYS = 400


def _style(*colours: str) -> Style:
    return Style(
        background="transparent", plot_background="transparent", foreground="#444", foreground_strong="#222",
        foreground_subtle="#bbb", colors=colours, value_colors=("#fff",) * len(colours), font_family="system-ui, sans-serif",
        label_font_size=11,
        major_label_font_size=11, legend_font_size=12, title_font_size=14, value_font_size=11, opacity="1", opacity_hover="1",
    )  # fmt: skip


def _svg(chart: Any, says: str) -> str:
    """The element alone, without the script and the comments that pygal writes into it, named for whoever cannot see it.

    pygal numbers its plots by chance; these have their name for a number, so that two reports of one plan are the same.
    """
    text: str = chart.render(is_unicode=True)
    text = re.sub(r"<script.*?</script>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = text.replace(f"chart-{chart.uuid}", "chart-" + re.sub(r"\W+", "-", says.partition(":")[0]))
    return text.replace("<svg ", f'<svg role="img" aria-label="{says}" ', 1)


def _options(title: str, height: int, *colours: str) -> dict[str, Any]:
    return {
        "title": title, "width": WIDTH, "height": height, "style": _style(*colours), "js": (), "disable_xml_declaration": True,
        "explicit_size": False, "show_legend": False, "margin": 12, "pretty_print": False, "print_values": False,
        "truncate_label": -1,
    }  # fmt: skip


def days_of(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Per day of the window, over all applications: calls, and application-hours with a notice."""
    sends: Counter[str] = Counter()
    hours: Counter[str] = Counter()
    for application in plan["applications"]:
        for day in application["evidence"]["days"]:
            sends[day["date"]] += day["sends"]
            hours[day["date"]] += day["noticed_hours"]
    seen = sorted(date.fromisoformat(day) for day in sends | hours)
    if not seen:
        return []
    length = min((seen[-1] - seen[0]).days + 1, MOST_DAYS)  # a stray date must not stretch the plot over years
    days = [(seen[-1] - timedelta(days=back)).isoformat() for back in reversed(range(length))]
    return [{"date": day, "sends": sends[day], "noticed_hours": hours[day]} for day in days]


def _shown(dates: list[str], every: int) -> list[str]:
    """The labels that have room: all marked ones, and of the others as many as leave them theirs."""
    marked = {at for at, label in enumerate(dates) if label.endswith("▲")}
    return [label for at, label in enumerate(dates) if at in marked or (at % every == 0 and not {at - 1, at + 1} & marked)]


def timeline(plan: dict[str, Any]) -> list[str]:
    """Hours with a notice above calls, on the same days but never on one scale: a notice is no call."""
    days = days_of(plan)
    if not days:
        return []
    marked = {mark["date"] for mark in plan["marks"]}
    dates = [day["date"][5:] + (" ▲" if day["date"] in marked else "") for day in days]
    shown = _shown(dates, max(1, len(days) // 10))
    charts = []
    for title, member, colour in (
        ("application-hours with a notice, per day", "noticed_hours", RED),
        ("calls to /passwordless/start that sent something, per day", "sends", BLUE),
    ):
        chart = pygal.Bar(**_options(title, 220, colour), show_minor_x_labels=False, min_scale=3)
        chart.x_labels = dates
        chart.x_labels_major = shown
        chart.add(title, [{"value": day[member], "label": day["date"]} for day in days])
        charts.append(_svg(chart, title))
    return charts


def verdicts(plan: dict[str, Any]) -> str | None:
    """How many applications have which verdict."""
    if not plan["applications"]:
        return None
    chart = pygal.HorizontalStackedBar(
        **(_options("applications", 110, RED, YELLOW, GREEN) | {"show_legend": True, "print_values": True}),
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        show_x_labels=False,
        show_x_guides=False,
        show_y_labels=False,
    )
    for verdict, count in plan["summary"].items():
        chart.add(plan_words.verdict_words(verdict), [count], formatter=lambda count: str(count) if count else "")
    return _svg(chart, f"applications by verdict: {plan_words.summary_line(plan)}")


def headroom(plan: dict[str, Any]) -> str | None:
    """The busiest hour of each address beside the limit for calls that are not authenticated."""
    addresses = plan["limits"]["start_per_address"][:12]
    if not addresses:
        return None
    chart = pygal.HorizontalBar(
        **_options(
            "most calls in one hour, by address; the limit is 50 while they are not authenticated", 90 + 26 * len(addresses), GREY
        ),
        range=(0, max(60, *(a["peak"] for a in addresses))),
    )
    chart.x_labels = [visible(a["address"]) for a in reversed(addresses)]
    chart.add("calls", [{"value": a["peak"], "color": RED if a["refused"] else YELLOW} for a in reversed(addresses)])
    return _svg(chart, "most calls in one hour, by address")
