"""The sentences that every renderer of the plan shares, so that two reports never say two things. Each escapes for its place."""

from typing import Any

from .visible import visible

VERDICT_WORDS = {"breaks": "break", "cannot_tell": "cannot tell", "safe": "safe"}

FINDINGS = {
    "not_in_export": "it is not in the client export: deleted since, or the export is of another tenant",
    "passwordless_grant_missing": "its grant_types lack the passwordless grant, so its codes cannot be exchanged",
    "forwarded_for_switched_off": "is_token_endpoint_ip_header_trusted is off: its auth0-forwarded-for does not count",
    "forwarded_for_not_public": "most of its calls carry a loopback or private address, so all of its users look the same",
}


def verdict_words(verdict: str) -> str:
    return VERDICT_WORDS[verdict]


def finding_text(finding: str) -> str:
    return FINDINGS[finding]


def moment(text: str | None) -> str:
    """A time for a person, to the minute; it is always UTC."""
    return f"{text[:10]} {text[11:16]}" if text else "never"


def window_line(window: dict[str, Any]) -> str:
    if not window["records"]:
        return "no log records"
    line = f"{window['records']:,} records from {moment(window['from'])} to {moment(window['to'])} UTC"
    if window["duplicates"]:
        line += f", {window['duplicates']:,} duplicates dropped"
    for gap in window["gaps"]:
        line += f", nothing from {moment(gap['from'])} to {moment(gap['to'])}"
    return line


def toggle_line(step: dict[str, Any]) -> str:
    return f"Turn the toggle on? {step['text']}; the last notice was at {moment(step['quiet_since'])}"


def evidence_line(evidence: dict[str, Any]) -> str:
    """Sends as volume, notices as hours: a notice stands for an hour, never for a call."""
    if not evidence["sends"] and not evidence["notices"] and not evidence["possible_notices"]:
        return "not seen in the window"
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
    parts.append(f"{evidence['proved_sends']:,} proved on {_plural(evidence['proved_days'], 'day')}" + _since(evidence))
    if addresses := evidence["addresses"]["distinct"]:
        parts.append(f"from {addresses:,} address{'es' if addresses > 1 else ''}{_forwarded(evidence['forwarded_for'])}")
    if sdk := _sdk(evidence):
        parts.append(visible(sdk))
    return "; ".join(parts)


def _forwarded(header: dict[str, bool | None]) -> str:
    """The addresses of a backend's users in its log are the forwarded header at work; its own address alone is its absence."""
    if header["effective"]:
        return ", so auth0-forwarded-for counts"
    return ", so auth0-forwarded-for does not count or is not sent" if header["effective"] is False else ""


def _sdk(evidence: dict[str, Any]) -> str:
    now, noticed = (f"{sdk['name']} {sdk['version']}".strip() if sdk else "" for sdk in (evidence["sdk"], evidence["notice_sdk"]))
    return f"{noticed} at the last notice, {now} now" if now and noticed and now != noticed else now or noticed


def _last_seen(evidence: dict[str, Any]) -> str:
    return f", the last {moment(evidence['last_seen'])}" if evidence["last_seen"] else ""


def _since(evidence: dict[str, Any]) -> str:
    return " since the last notice" if evidence["last_notice"] else ""


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
