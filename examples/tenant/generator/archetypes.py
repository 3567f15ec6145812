"""What can be wrong, or right, with an application that starts passwordless logins: one row each, with the truth beside it.

The sample tenant is this table as it stands. Other seeds draw from it under other names. `breaks` is what really happens when
enforcement is turned on; whether a log can show it is worked out from what was logged (truth.py), never written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["backend", "browser", "hosted", "app"]
Hours = Literal["always", "office", "lunch", "night"]

POST, BASIC, NONE = "client_secret_post", "client_secret_basic", "none"
HOSTILE_NAME = (
    "<script>alert('x')</script>[link=https://evil.example]win[/link] [bold red]\x1b[31mred\x1b]8;;https://evil.example\x07"
    "\r\nSet-Cookie: a=b | **bold** [click](https://evil.example) `code` ![i](x) &amp; \u202etxt"
)


@dataclass(frozen=True)
class Archetype:
    key: str  # unique; also the start of the client id
    name: str
    reason: str  # the cause, in the words of truth.json
    why: str  # one sentence for the reader of truth.json
    breaks: bool = False
    # the client export
    app_type: str | None = "regular_web"
    method: str | None = POST
    credentials: str | None = None  # a member of client_authentication_methods
    first_party: bool = True
    grant: bool = True
    trusted: bool | None = None  # is_token_endpoint_ip_header_trusted
    # its traffic
    place: Place = "backend"
    hours: Hours = "always"
    per_day: float = 24.0
    connection: str = "email"
    send: str | None = "code"
    sdk: tuple[str, str] | None = None  # auth0_client
    later_sdk: tuple[str, str] | None = None  # from `proved_from` on
    user_agent: str | None = None  # for backends; browsers draw theirs
    address: str = "egress"  # egress: the server's own; users: the end users'; loopback: a constant 127.0.0.1
    proved: float = 1.0  # share of its sends that carry a proof ...
    proved_from: int = 0  # ... from this day on; before it none does
    proved_until: int = 10_000  # ... up to this day; after it none does
    silent: bool = False  # public and third-party applications cause no notices, proved or not
    named_only: bool = False  # its notices carry client_name and no client_id
    state: bool = False  # authParams.state in its send records
    peak: float = 0.0  # sends in one hour every Monday, on top of the rest


# fmt: off
ARCHETYPES: tuple[Archetype, ...] = (
    Archetype("shopBackend", "Shop backend", "authenticated",
              "its backend sends the secret with every start",
              trusted=True, per_day=80, sdk=("node-auth0", "4.37.1"), user_agent="node", address="users"),
    Archetype("checkout", "Checkout", "backend_without_secret",
              "its backend posts the bare request, without the secret",
              breaks=True, hours="office", per_day=110, connection="sms", send=None, user_agent="Go-http-client/1.1",
              proved=0, peak=45),
    Archetype("partnerPortal", "Partner portal", "browser_call",
              "auth0.js calls start from its own pages, where no secret can be",
              breaks=True, method=BASIC, place="browser", hours="office", per_day=30, sdk=("auth0.js", "9.32.0"),
              address="users", proved=0),
    Archetype("membersArea", "Members area", "login_page_lost_state",
              "its customised Classic Login page no longer forwards the state",
              breaks=True, place="hosted", hours="office", per_day=40, send="link", sdk=("lock.js-ulp", "14.3.0"),
              address="users", proved=0),
    Archetype("loyaltyClub", "Loyalty club", "authenticated",
              "its Classic Login page forwards the state of the login transaction",
              place="hosted", per_day=70, sdk=("auth0.js", "9.32.0"), address="users", state=True),
    Archetype("billingPortal", "Billing portal", "sdk_too_old",
              "the secret is configured, but node-auth0 2.23.0 does not send it",
              breaks=True, method=BASIC, hours="office", per_day=18, sdk=("node-auth0", "2.23.0"),
              user_agent="node.js/20.20.2", proved=0),
    Archetype("bankGateway", "Bank gateway", "certificate_client",
              "it authenticates by certificate, which start does not take",
              breaks=True, method=None, credentials="tls_client_auth", hours="office", per_day=12,
              sdk=("node-auth0", "4.37.1"), user_agent="node", proved=0),
    Archetype("deviceRegistry", "Device registry", "certificate_client",
              "its self-signed certificate is nothing that start takes",
              breaks=True, app_type="non_interactive", method=None, credentials="self_signed_tls_client_auth",
              hours="office", per_day=10, connection="sms", send=None, user_agent="Java/21.0.4", proved=0),
    Archetype("payments", "Payments", "authenticated",
              "it signs a client assertion with its registered key",
              method=None, credentials="private_key_jwt", per_day=60, sdk=("node-auth0", "6.4.0"),
              user_agent="node"),
    Archetype("insurance", "Insurance quotes", "assertion_client",
              "a signing key is registered, but node-auth0 2.44.1 never signs a start",
              breaks=True, method=None, credentials="private_key_jwt", hours="office", per_day=14,
              sdk=("node-auth0", "2.44.1"), user_agent="node.js/20.20.2", proved=0),
    Archetype("studentUnion", "Student union", "secret_in_browser",
              "it passes because the secret was copied into the page for all to read",
              place="browser", per_day=50, sdk=("auth0.js", "9.32.0"), address="users"),
    Archetype("storefront", "Storefront", "public_unaffected",
              "a single-page application is public",
              app_type="spa", method=NONE, place="browser", per_day=90, sdk=("auth0.js", "10.2.1"), address="users",
              proved=0, silent=True),
    Archetype("fieldApp", "Field engineers", "public_unaffected",
              "a native application is public",
              app_type="native", method=NONE, place="app", per_day=80, send="link_ios", sdk=("Auth0.swift", "3.1.0"),
              address="users", proved=0, silent=True),
    Archetype("newsletter", "Newsletter", "public_unaffected",
              "a web application whose method is none is public",
              method=NONE, place="browser", per_day=20, send="link", address="users", proved=0, silent=True),
    Archetype("dashboard", "Dashboard", "public_unaffected",
              "a single-page application is public whatever its leftover method says",
              app_type="spa", place="browser", per_day=40, sdk=("auth0.js", "9.32.0"), address="users", proved=0,
              silent=True),
    Archetype("hrOnboarding", "HR onboarding", "fixed_since",
              "it sent nothing with auth0-python 3.9.0 and the secret since it moved to 6.8.0",
              per_day=45, sdk=("auth0-python", "3.9.0"), later_sdk=("auth0-python", "6.8.0"),
              user_agent="Python/3.11.7", proved_from=12),
    Archetype("winterCampaign", "Winter campaign", "never_seen",
              "not one call in the whole window",
              breaks=True, per_day=0, proved=0),
    Archetype("calendarSync", "Calendar sync", "third_party",
              "a third-party application may not start at all; enforcement changes nothing for it",
              first_party=False, per_day=0, proved=0, silent=True),
    Archetype("intranet", "Intranet 2013", "too_little_evidence",
              "no type, no method, a handful of calls: too few to tell",
              app_type=None, method=None, hours="night", per_day=0.25, user_agent="Apache-HttpClient/4.5.13"),
    Archetype("supportDesk", "Support desk", "authenticated",
              "it sends the secret; its forwarded header is switched off and its grant list is short",
              grant=False, trusted=False, per_day=48, sdk=("auth0-python", "6.8.0"), user_agent="Python/3.11.7"),
    Archetype("alerts", "Alerts worker", "authenticated",
              "it sends the secret, and 127.0.0.1 as the address of every one of its users",
              app_type="non_interactive", trusted=True, per_day=72, connection="sms", send=None,
              user_agent="Go-http-client/2.0", address="loopback"),
    Archetype("kioskNorth", "Lobby kiosk", "ambiguous_name",
              "notices name `Lobby kiosk` only, and two applications are called so",
              breaks=True, app_type="non_interactive", hours="office", per_day=9, connection="sms", send=None,
              user_agent="okhttp/4.12.0", proved=0, named_only=True),
    Archetype("kioskSouth", "Lobby kiosk", "ambiguous_name",
              "notices name `Lobby kiosk` only, and two applications are called so",
              app_type="non_interactive", hours="office", per_day=9, connection="sms", send=None,
              user_agent="okhttp/4.12.0"),
    Archetype("guestbook", HOSTILE_NAME, "backend_without_secret",
              "no secret, and a name that attacks whatever prints it",
              breaks=True, hours="office", per_day=16, user_agent="<img src=x onerror=alert(1)>", proved=0,
              named_only=True),
    Archetype("fieldService", "Field service", "too_little_evidence",
              "the last notice is two days old: no ten proved calls on three days yet",
              per_day=30, sdk=("auth0-python", "3.9.0"), later_sdk=("auth0-python", "6.8.0"),
              user_agent="Python/3.11.7", proved_from=28),
    Archetype("lunchClub", "Lunch club", "too_little_evidence",
              "all its calls fall into hours in which others cause notices",
              hours="lunch", per_day=25, sdk=("auth0-php", "9.1.0"), user_agent="PHP/8.3"),
    Archetype("ticketing", "Ticketing", "backend_without_secret",
              "it used to send the secret; a release of last week lost it",
              breaks=True, per_day=40, sdk=("ruby-auth0", "6.1.0"), user_agent="Ruby", proved_until=22),
    Archetype("callCentre", "Call centre", "backend_without_secret",
              "one of its two backends sends the secret and the other does not",
              breaks=True, hours="office", per_day=40, connection="sms", send=None, user_agent="Java/21.0.4", proved=0.5),
)
# fmt: on

# It is in the log, but no longer in the export: deleted during the window.
REMOVED = Archetype("oldShop", "Old shop", "not_in_export", "it was deleted, and what it sent is still in the log", breaks=True,
                    hours="office", per_day=6, user_agent="PHP/7.2", proved=0)  # fmt: skip
