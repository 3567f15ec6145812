"""The sentences that every renderer of the plan shares, so that two reports never say two things. Each escapes for its place."""

import json
from typing import Any

from ._core import plan_findings
from .visible import visible

VERDICT_WORDS = {"breaks": "break", "cannot_tell": "cannot tell", "safe": "safe"}
FINDINGS = plan_findings()
MASKED = {"ip": "what is said about addresses may be too low", "user_name": "nothing here rests on it"}
MOST_ADDRESSES = 5
MOST_GAPS = 3


def verdict_words(verdict: str) -> str:
    return VERDICT_WORDS[verdict]


def summary_line(plan: dict[str, Any]) -> str:
    return ", ".join(f"{count} {verdict_words(verdict)}" for verdict, count in plan["summary"].items())


def moment(text: str | None) -> str:
    """A time for a person, to the minute; it is always UTC."""
    return f"{text[:10]} {text[11:16]}" if text else "never"


def window_line(window: dict[str, Any]) -> str:
    if not window["records"]:
        return "no log records"
    line = f"{_plural(window['records'], 'record')} from {moment(window['from'])} to {moment(window['to'])} UTC"
    if window["duplicates"]:
        line += f", {_plural(window['duplicates'], 'duplicate')} dropped"
    for gap in window["gaps"][:MOST_GAPS]:
        line += f", nothing from {moment(gap['from'])} to {moment(gap['to'])}"
    if (more := len(window["gaps"]) - MOST_GAPS) > 0:
        line += f", and {_plural(more, 'more gap')}"
    return line


def toggle_line(plan: dict[str, Any]) -> str:
    """The answer to the guide's last step, and since when there is no notice."""
    line = f"Turn the toggle on? {plan['last_step']['text']}"
    window = plan["window"]
    if plan["last_step"]["answer"] == "now":
        line += f"; the log ends at {moment(window['to'])}"
    if window["last_notice"]:
        return f"{line}; the last notice was at {moment(window['last_notice'])}"
    return f"{line}; no notice since {moment(window['from'])}" if window["records"] else line


def stake_line(plan: dict[str, Any]) -> str | None:
    """What the toggle would cost today."""
    stake = plan["at_stake"]
    if not stake["applications"] or plan["last_step"]["answer"] == "done":
        return None
    calls = _plural(stake["calls_a_day_at_most"], "call")
    return f"Turned on today, it would refuse up to {calls} a day, going by the last seven days"


def change_lines(plan: dict[str, Any]) -> list[tuple[str, str]]:
    """What to send to turn the toggle on, and what takes it back: as far as either can be done."""
    step = plan["last_step"]
    changes = [("turn on", "turn_on"), ("take back", "take_back")][step["answer"] == "done" :]
    return [
        (words, f"{step[name]['method']} {step[name]['path']} {json.dumps(step[name]['body'])}")
        for words, name in ([] if plan["tenant"]["locked"] else changes)
    ]


def canary_line(plan: dict[str, Any]) -> str | None:
    """The order in which to enforce."""
    names = ", ".join(visible(each["name"] or each["client_id"]) for each in _enforced_first(plan))
    return f"enforce first, the least used of the proved before the others: {names}" if names else None


def canary_changes(plan: dict[str, Any]) -> list[tuple[str, str]]:
    """How to get that order as a policy, where to use it, and the member of it that takes it back."""
    if not _enforced_first(plan):
        return []
    return [
        ("write it as a policy", "startgate plan LOGS -a clients.json --canary canary.json"),
        ("rehearse it with recorded requests", "startgate decide REQUESTS -a clients.json -p canary.json"),
        ("serve it", "startgate serve --applications clients.json --policy canary.json"),
        ("take it back, in that policy", json.dumps(plan["canary"]["take_back"])[1:-1]),
    ]


def _enforced_first(plan: dict[str, Any]) -> list[dict[str, Any]]:
    # Where all are enforced nobody is first.
    return [] if plan["last_step"]["answer"] == "done" else plan["enforce_first"]


def evidence_parts(evidence: dict[str, Any]) -> list[str]:
    """Sends as volume, notices as hours: a notice stands for an hour, never for a call."""
    if not evidence["sends"] and not evidence["notices"] and not evidence["possible_notices"]:
        return ["not seen in the window"]
    parts = [_plural(evidence["sends"], "call") + _last_seen(evidence)]
    if evidence["notices"]:
        hours = evidence["client_hours"]
        parts.append(
            f"notices in {_plural(hours['per_application'], 'hour')} "
            f"(at most {hours['per_tenant_at_most']:,} if the throttle is the tenant's), "
            f"the last {moment(evidence['last_notice'])}"
        )
    if evidence["possible_notices"]:
        parts.append(f"{_plural(evidence['possible_notices'], 'notice')} that may be another's")
    if evidence["last_notice"] and evidence["quiet_since"]:
        parts.append(f"quiet since {moment(evidence['quiet_since'])}")
    if evidence["sends"]:
        parts.append(_proof(evidence))
    if addresses := evidence["addresses"]["distinct"]:
        parts.append(f"from {_plural(addresses, 'address', 'addresses')}{_forwarded(evidence)}")
    if sdk := _sdk(evidence):
        parts.append(visible(sdk))
    return parts


def evidence_line(evidence: dict[str, Any]) -> str:
    return "; ".join(evidence_parts(evidence))


def finding_lines(application: dict[str, Any]) -> list[str]:
    """What is remarkable beside the verdict: its owner, findings, the exception, the baseline."""
    lines = [f"owner: {visible(application['owner'])}"] if application["owner"] else []
    lines += [FINDINGS[code] for code in application["findings"]]
    if exception := application["exception"]:
        state = "until" if exception["in_force"] else "expired on"
        lines.append(f"exception {state} {exception['until']}: {visible(exception['why'])}")
    if application["in_baseline"]:
        lines.append("known from the baseline")
    return lines


def limit_lines(plan: dict[str, Any]) -> list[str]:
    """Which addresses live near the limit today, and what the global one means afterwards."""
    limits = plan["limits"]
    near = limits["start_per_address"]
    lines = [_address_line(address) for address in near[:MOST_ADDRESSES]]
    if len(near) > MOST_ADDRESSES:
        lines.append(f"and {_plural(len(near) - MOST_ADDRESSES, 'more address', 'more addresses')} near the limit")
    if not near and limits["authentication_api"]["calls"]:
        lines.append("no address comes near 50 calls in an hour")
    api = limits["authentication_api"]
    if api["calls"]:
        share = f"{api['peak'] / api['limit']:.0%}"
        lines.append(
            "afterwards calls that are authenticated count toward the Authentication API limit alone, and those of public "
            f"applications toward both: all calls together reach {api['peak']:,} a second, "
            f"{share} of its {api['limit']:,}" + _refusals(api)
        )
    return lines


def _address_line(address: dict[str, Any]) -> str:
    names = [visible(name) for name in address["applications"][:3]]
    more = len(address["applications"]) - len(names)
    whose = f" ({', '.join(names)}{f' and {more} more' if more > 0 else ''})" if names else ""
    return (
        f"{visible(address['address'])}{whose} reaches {address['peak']} calls in one hour; "
        f"{address['limit']} an hour are let through while they are not authenticated{_refusals(address)}"
    )


def _refusals(limit: dict[str, Any]) -> str:
    if not limit["first_refusal"]:
        return ""
    return f"; {_plural(limit['refused'], 'call')} past it, the first at {moment(limit['first_refusal'])}"


def caveat_lines(plan: dict[str, Any]) -> list[str]:
    """What weakens what was said: what was not counted, masked or not read."""
    lines = []
    if plan["window"]["records"] and not plan["window"]["last_notice"] and not plan["other_notices"]:
        lines.append(
            "there is no notice of any feature in these logs: check that the export or the log stream takes in the type depnote "
            "(category system notification), otherwise their silence proves nothing"
        )
    for name, count in plan["other_notices"].items():
        lines.append(f"{_plural(count, 'notice')} of another feature, not counted: {visible(name)}")
    if plan["has_uncounted_addresses"]:
        lines.append("there are more addresses than are kept; what is said about addresses is too low")
    lines += [
        f"an exception names {visible(who)}, which neither the export nor the log has" for who in plan["unknown_exceptions"]
    ]
    lines += [f"{field} is masked in some records; {MASKED[field]}" for field in plan["masked"]]
    return lines


def unread_line(plan: dict[str, Any]) -> str | None:
    return f"not read: {_plural(plan['unread_count'], 'place')}" if plan["unread_count"] else None


def forwarded_words(header: dict[str, bool | None]) -> str:
    """sent, trusted, effective, as far as each is known."""
    known = {"sent": header["sent"], "trusted": header["trusted"], "effective": header["effective"]}
    return ", ".join(name if holds else f"not {name}" for name, holds in known.items() if holds is not None)


def _forwarded(evidence: dict[str, Any]) -> str:
    """The addresses of a backend's users in its log are the forwarded header at work; its own address alone is its absence."""
    effective = evidence["forwarded_for"]["effective"]
    if effective:
        nobodys = evidence["addresses"]["not_global"] == evidence["sends"]
        return f"{' that no call can come from' if nobodys else ''}, so auth0-forwarded-for counts"
    return ", so auth0-forwarded-for does not count or is not sent" if effective is False else ""


def _sdk(evidence: dict[str, Any]) -> str:
    now, noticed = (f"{sdk['name']} {sdk['version']}".strip() if sdk else "" for sdk in (evidence["sdk"], evidence["notice_sdk"]))
    return f"{noticed} at the last notice, {now} now" if now and noticed and now != noticed else now or noticed


def _last_seen(evidence: dict[str, Any]) -> str:
    return f", the last {moment(evidence['last_seen'])}" if evidence["sends"] and evidence["last_seen"] else ""


def _proof(evidence: dict[str, Any]) -> str:
    proved, days = evidence["proved_sends"], _plural(evidence["proved_days"], "day")
    return (f"{proved:,} proved on {days}" if proved else "none proved") + (
        " since the last notice" if evidence["last_notice"] else ""
    )


def _plural(count: int, word: str, words: str | None = None) -> str:
    return f"{count:,} {word if count == 1 else words or word + 's'}"
