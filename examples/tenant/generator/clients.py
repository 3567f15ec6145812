"""The client export of a tenant, in the shape of the Management API's /api/v2/clients."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from generator.archetypes import ARCHETYPES, HOSTILE_NAME, NONE, REMOVED, Archetype

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PLACES = ("North", "Harbour", "Market", "Garden", "Bridge", "Mill", "Station", "River", "Castle", "Tower")
THINGS = ("portal", "desk", "shop", "club", "archive", "office", "planner", "library", "clinic", "studio")
GRANT = "http://auth0.com/oauth/grant-type/passwordless/otp"


@dataclass(frozen=True)
class Application:
    client_id: str
    name: str
    kind: Archetype


def client_id_of(key: str, salt: str = "") -> str:
    """32 letters and digits, as real ones are, but starting with something a person can recognise."""
    number = int.from_bytes(hashlib.sha256((salt + key).encode()).digest(), "big")
    tail = ""
    while len(tail) < 32:
        number, digit = divmod(number, 62)
        tail += ALPHABET[digit]
    return (key + tail)[:32]


def sample() -> tuple[list[Application], list[Application]]:
    """The sample tenant: every archetype once, under its own name; and what is in its log without being in its export."""
    known = [Application(client_id_of(kind.key), kind.name, kind) for kind in ARCHETYPES]
    return known, [Application(client_id_of(REMOVED.key), REMOVED.name, REMOVED)]


def drawn(rng: Random, count: int) -> tuple[list[Application], list[Application]]:
    """Another tenant: `count` applications of kinds, names and habits drawn by chance; every kind once before any comes twice."""
    kinds: list[Archetype] = []
    while len(kinds) < count + len(ARCHETYPES):
        kinds += rng.sample(ARCHETYPES, len(ARCHETYPES))
    known: list[Application] = []
    for kind in kinds:
        if kind.reason != "ambiguous_name" and len(known) < count:
            known.append(_drawn(rng, kind, len(known)))
    pair = [kind for kind in ARCHETYPES if kind.reason == "ambiguous_name"]
    if count >= 12:  # room for two that share a name
        shared = f"Kiosk {rng.randrange(1000)}"
        known[-2:] = [replace(_drawn(rng, kind, count + i), name=shared) for i, kind in enumerate(pair)]
    return known, [_drawn(rng, REMOVED, count + 2)]


def _drawn(rng: Random, kind: Archetype, number: int) -> Application:
    from_day = max(1, kind.proved_from + rng.randrange(-4, 2)) if kind.later_sdk else kind.proved_from
    kind = replace(kind, per_day=kind.per_day * rng.uniform(0.7, 1.6), proved_from=from_day)
    name = HOSTILE_NAME + str(number) if kind.name == HOSTILE_NAME else f"{rng.choice(PLACES)} {rng.choice(THINGS)} {number}"
    return Application(client_id_of(kind.key, str(rng.random())), name, kind)


def exported(application: Application) -> dict[str, Any]:
    kind = application.kind
    grants = ["authorization_code", "refresh_token"] if kind.app_type != "non_interactive" else ["client_credentials"]
    client: dict[str, Any] = {
        "tenant": "acme",
        "client_id": application.client_id,
        "name": application.name,
        "is_first_party": kind.first_party,
        "oidc_conformant": True,
        "cross_origin_authentication": kind.place == "browser",
        "grant_types": grants + ([GRANT] if kind.grant else []),
        "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000, "secret_encoded": False},
    }
    if kind.app_type is not None:
        client["app_type"] = kind.app_type
    if kind.method is not None:
        client["token_endpoint_auth_method"] = kind.method
    if kind.credentials is not None:
        # As the service gives it: the method is null, and the keys and certificates are named by id alone.
        client["token_endpoint_auth_method"] = None
        client["client_authentication_methods"] = {
            kind.credentials: {"credentials": [{"id": "cred_" + application.client_id[:22]}]}
        }
    elif kind.method != NONE and kind.app_type not in ("spa", "native"):
        client["client_secret"] = secret_of(kind.key)
    if kind.trusted is not None:
        client["is_token_endpoint_ip_header_trusted"] = kind.trusted
    if kind.place == "hosted":
        client["custom_login_page_on"] = True
    return client


def secret_of(key: str) -> str:
    """Long enough for a secret, and nobody can mistake it for one."""
    return f"not-a-real-secret-of-{key}"
