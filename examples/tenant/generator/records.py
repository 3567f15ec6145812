"""Entries as tenant log records: the Management API's shape, the log stream's and EventBridge's, one JSON text each.

Each application and type has a template that is filled per entry, since a log may have ten million lines.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from random import Random
from typing import Any

from generator.clients import Application
from generator.traffic import HOUR, NOISE, USERS, Entry

FEATURE = "Enforce client authentication for passwordless connections"
FEATURE_ID = "enforce_client_authentication_on_passwordless_start"  # unpublished; the tenant flag's name
OTHER_FEATURE = "oauth/ro passwordless"
DEPRECATED = ": This feature is being deprecated. Please see details.feature of this log for more information."
BROWSERS = (
    "Chrome 142.0.0 / Windows 10.0.0",
    "Mobile Safari 18.1.0 / iOS 18.1.0",
    "Firefox 145.0.0 / Ubuntu 0.0.0",
    "Edge 142.0.0 / Windows 11.0.0",
    "Chrome Mobile 142.0.0 / Android 15.0.0",
)
HOSTILE_AGENTS = (
    "<script>alert('agent')</script>",
    "Mozilla/5.0 [link=https://evil.example]x[/link] [bold]",
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \x1b[2J",
    "agent\r\nX-Injected: yes",
    "![x](https://evil.example/x.png) | **b** | `c`",
)
HOSTILE_USERS = ('"<b>[red]**x**"@example.com', "[link=https://evil.example]@example.com", "`=cmd|'/c calc'!A1`@example.com")
FIRST = ("ada", "grace", "alan", "edsger", "barbara", "donald", "frances", "john", "kathleen", "niklaus")
AREAS = (201, 212, 303, 312, 404, 415, 503, 512, 602, 617, 702, 713, 801, 808, 907)
HOLES = ("date", "log_id", "ip", "user_agent", "user", "number")


class Users:
    """The end users: an address to write to, one to come from, and a browser. A few of them mean harm."""

    def __init__(self, rng: Random) -> None:
        self.email = [self._email(rng, i) for i in range(USERS)]
        self.phone = [f"+1{AREAS[i % len(AREAS)]}55501{rng.randrange(100):02}" for i in range(USERS)]
        self.ip = [self._address(rng, i) for i in range(USERS)]
        self.agent = [HOSTILE_AGENTS[i % 5] if i % 500 == 7 else rng.choice(BROWSERS) for i in range(USERS)]

    @staticmethod
    def _email(rng: Random, i: int) -> str:
        return HOSTILE_USERS[i % 3] if i % 700 == 3 else f"{FIRST[rng.randrange(10)]}.{i}@example.com"

    @staticmethod
    def _address(rng: Random, i: int) -> str:
        if i % 4 == 0:
            return f"2001:db8:{rng.randrange(1, 4096):x}:{rng.randrange(16):x}::{rng.randrange(1, 4096):x}"
        return f"{rng.choice(('192.0.2', '198.51.100'))}.{rng.randrange(1, 255)}"


class Records:
    def __init__(self, rng: Random, shape: str, first: int) -> None:
        self._users = Users(rng)
        self._shape = shape
        self._first = first
        self._templates: dict[tuple[str, str, bool], str] = {}
        self._quoted: dict[str, str] = {}
        self._egress: dict[str, str] = {}
        self._count = 0
        self._hour = -1
        self._date = ""

    def text(self, entry: Entry) -> str:
        application, kind = entry.application, entry.application.kind
        later = entry.at >= self._first + kind.proved_from * 24 * HOUR
        key = (application.client_id, entry.type, later)
        template = self._templates.get(key) or self._templates.setdefault(key, self._template(*key[1:], application))
        self._count += 1
        phone = kind.connection == "sms" and entry.type not in NOISE
        return template % {
            "date": self._iso(entry.at),
            "log_id": f"900{entry.at:015}{self._count:010}".ljust(56, "0"),
            "ip": self._ip(application, entry),
            "user_agent": self._quote(self._agent(application, entry)),
            "user": self._quote(self._users.phone[entry.user] if phone else self._users.email[entry.user]),
            "number": f"{entry.user:011}",
        }

    def _iso(self, at: int) -> str:
        if at // HOUR != self._hour:
            self._hour = at // HOUR
            self._date = datetime.fromtimestamp(at // HOUR * 3600, UTC).strftime("%Y-%m-%dT%H:")
        seconds, ms = divmod(at % HOUR, 1000)
        return f"{self._date}{seconds // 60:02}:{seconds % 60:02}.{ms:03}Z"

    def _ip(self, application: Application, entry: Entry) -> str:
        kind = application.kind
        if kind.address == "users" or entry.type in NOISE:
            return self._users.ip[entry.user]
        if kind.address == "loopback":
            return "127.0.0.1"
        return self._egress.setdefault(application.client_id, f"203.0.113.{len(self._egress) % 250 + 1}")

    def _agent(self, application: Application, entry: Entry) -> str:
        return (
            application.kind.user_agent
            if application.kind.user_agent and entry.type not in NOISE
            else self._users.agent[entry.user]
        )

    def _quote(self, text: str) -> str:
        return self._quoted.get(text) or self._quoted.setdefault(text, json.dumps(text)[1:-1])

    def _template(self, type_: str, later: bool, application: Application) -> str:
        record = management(application, type_, later)
        if self._shape != "management":
            record = {"log_id": HOLE.format("log_id"), "data": as_stream(record)}
        if self._shape == "eventbridge":
            record = enveloped(record)
        text = json.dumps(record, separators=(",", ":")).replace("%", "%%")
        for hole in HOLES:
            text = text.replace(HOLE.format(hole), f"%({hole})s")
        return text


HOLE = "{{{{{}}}}}"


def hole(name: str) -> str:
    return HOLE.format(name)


def management(application: Application, type_: str, later: bool) -> dict[str, Any]:
    """One record as /api/v2/logs gives it, with holes for what differs from entry to entry."""
    kind, code = application.kind, "depnote" if type_ == "oauth_ro" else type_
    record: dict[str, Any] = {
        "date": hole("date"),
        "type": code,
        "client_id": application.client_id,
        "client_name": application.name,
        "ip": hole("ip"),
        "user_agent": hole("user_agent"),
        "hostname": "acme.example",
    }
    if type_ in ("cls", "cs"):
        record |= {"connection": kind.connection, "user_name": hole("user"), "details": sent_details(application)}
    elif code == "depnote":
        record |= notice(type_)
        record.pop("hostname")
        if type_ == "depnote" and kind.named_only:
            record.pop("client_id")
    elif type_ == "api_limit":
        address = "You passed the limit of allowed calls to /passwordless/start from ip: " + hole("ip")
        limit = {"bucket": "passwordless", "size": 50, "global": False}
        record |= {
            "description": address,
            "details": {"limit": limit, "request": {"method": "POST", "path": "/passwordless/start"}},
        }
        record = {
            key: value for key, value in record.items() if key not in ("ip", "user_agent")
        }  # as the published schema has it
    else:
        record |= {
            "connection": "Username-Password-Authentication",
            "user_name": hole("user"),
            "user_id": "auth0|" + hole("number"),
        }
    sdk = kind.later_sdk if later and kind.later_sdk else kind.sdk
    if sdk and type_ in ("cls", "cs", "depnote"):
        record["auth0_client"] = telemetry(*sdk, as_text=type_ == "depnote" and kind.reason == "assertion_client")
    return record | {"isMobile": kind.place == "app", "log_id": hole("log_id"), "_id": hole("log_id")}


def sent_details(application: Application) -> dict[str, Any]:
    kind = application.kind
    recipient = {"email": hole("user")} if kind.connection == "email" else {"phone_number": hole("user")}
    body: dict[str, Any] = {"client_id": application.client_id, "connection": kind.connection, "tenant": "acme", **recipient}
    if kind.send:
        body["send"] = kind.send
    if kind.state:
        body["authParams"] = {"scope": "openid profile", "state": "not-a-real-state-of-a-login-transaction-" + hole("number")}
    elif kind.sdk and kind.sdk[0].startswith(("auth0.js", "lock.js")):
        body["authParams"] = {"response_type": "code", "state": "invented~by~auth0.js~" + hole("number")}
    details: dict[str, Any] = {"body": body}
    if kind.connection == "email":
        details["link"] = "https://acme.example/passwordless/verify_redirect?verification_code=not-a-real-code-" + hole("number")
        details["transaction_id"] = "not-a-real-transaction-" + hole("number")
    return details


def notice(type_: str) -> dict[str, Any]:
    name, path = (OTHER_FEATURE, "/oauth/ro") if type_ == "oauth_ro" else (FEATURE, "/passwordless/start")
    feature = {
        "id": "oauth_ro_passwordless" if type_ == "oauth_ro" else FEATURE_ID,
        "name": name,
        "description": name + " is being deprecated",
    }
    return {
        "description": name + DEPRECATED,
        "details": {
            "feature": feature | {"documentation": "https://acme.example/docs/migrations"},
            "method": "POST",
            "path": path,
        },
    }


def telemetry(name: str, version: str, as_text: bool) -> dict[str, Any] | str:
    """As the log gives it, or still as the header had it: base64url of the same JSON."""
    client = {"name": name, "version": version}
    return base64.urlsafe_b64encode(json.dumps(client).encode()).decode().rstrip("=") if as_text else client


def as_stream(record: dict[str, Any]) -> dict[str, Any]:
    """The same record in the words of the tenant log schema: no `_id`, `is_mobile`, and the tenant's name and place beside it."""
    data = {key: value for key, value in record.items() if key not in ("_id", "isMobile")}
    return data | {
        "is_mobile": record["isMobile"],
        "tenant_name": "acme",
        "environment_name": "prod-us-1",
        "$event_schema": {"version": "1.0.0"},
    }


def enveloped(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": hole("log_id"),
        "detail-type": "Auth0 log",
        "source": "aws.partner/auth0.com/acme",
        "account": "000000000000",
        "time": hole("date"),
        "region": "us-east-1",
        "resources": [],
        "detail": record,
    }
