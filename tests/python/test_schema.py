"""The published schema: whatever the engine takes and gives fits it, and what the engine refuses in a file, it refuses too."""

import copy
import json
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import startgate
from startgate import Service

ROOT = Path(__file__).parents[2]
TENANT = ROOT / "examples" / "tenant"
SCHEMA = json.loads(resources.files("startgate").joinpath("startgate.schema.json").read_text())
REQUESTS = (TENANT / "requests.ndjson").read_text().splitlines()
POLICIES = sorted(TENANT.glob("policy*.json"))
FULL = json.loads(startgate.profile("auth0") or "")
HARDENED = json.loads(startgate.profile("hardened") or "")
KEYS = json.loads((TENANT / "keys.json").read_text())
CLIENTS = (TENANT / "clients.json").read_text()
CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
NOW = 1_795_514_400_000_000_000

# What stands in place of a member, one after the other.
STRANGE = [
    None,
    True,
    -1,
    0,
    1,
    1.5,
    10**10,
    1e300,
    "",
    "text",
    "off",
    "2026-11-24",
    [],
    ["text"],
    [[]],
    [1, 1],
    {},
    {"strange": 1},
    [{}],
]

Json = Any


def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]})


VALIDATORS = {kind: validator(kind) for kind in ("policy", "keys", "request", "decision")}


def complaints(kind: str, value: Json) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATORS[kind].iter_errors(value)]


def fits(kind: str, value: Json) -> bool:
    return VALIDATORS[kind].is_valid(value)


def policy_loads(value: Json) -> bool:
    try:
        Service(("policy", json.dumps(value)))
    except ValueError:
        return False
    return True


def keys_load(value: Json) -> bool:
    try:
        Service(applications=("clients", CLIENTS), keys=("keys", json.dumps(value)))
    except ValueError:
        return False
    return True


def line_is_read(value: Json) -> bool:
    decision = json.loads(Service().decide_line(json.dumps(value), NOW))
    return decision["reason"] != "request_unreadable_line"


# ---- the schema itself ---------------------------------------------------------------------------------------------------


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def members(schema: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every member that any part of the schema declares; conditions (`if`, `then`) only narrow what is declared elsewhere."""
    if isinstance(schema, list):
        for i, part in enumerate(schema):
            yield from members(part, f"{path}[{i}]")
    if not isinstance(schema, dict):
        return
    for name, member in schema.get("properties", {}).items():
        yield f"{path}.{name}", member
        yield from members(member, f"{path}.{name}")
    for word, part in schema.items():
        if word == "$defs":
            for name, definition in part.items():
                yield f"{path}{name}", definition
                yield from members(definition, name)
        elif word not in {"properties", "if", "then"}:
            yield from members(part, path)


def test_every_member_has_a_description() -> None:
    described = dict(members(SCHEMA))
    assert len(described) > 100
    assert [path for path, member in described.items() if not str(member.get("description", "")).strip()] == []


def test_an_unknown_member_of_a_file_or_a_decision_is_refused_everywhere() -> None:
    """A request line may carry members for others, and what a key set holds is RFC 7517's to say."""
    objects = [
        path for path, member in members(SCHEMA) if member.get("type") == "object" and "additionalProperties" not in member
    ]
    assert set(objects) == {"request", "keys.applications.jwks"}


# ---- what is taken and given -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["auth0", "hardened"])
def test_a_profile_fits(profile: str) -> None:
    assert complaints("policy", json.loads(startgate.profile(profile) or "")) == []


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_the_policies_of_the_sample_tenant_fit(path: Path) -> None:
    assert complaints("policy", json.loads(path.read_text())) == []


def test_the_keys_of_the_sample_tenant_fit() -> None:
    assert complaints("keys", KEYS) == []


def test_every_request_line_of_the_sample_tenant_fits() -> None:
    assert len(REQUESTS) > 50
    assert [found for line in REQUESTS for found in complaints("request", json.loads(line))] == []


def service(policy: str) -> Service:
    return Service(("policy", policy), ("clients", CLIENTS), ("tenant", ""), ("keys", (TENANT / "keys.json").read_text()))


HOSTILE = [
    "not json",
    "{}",
    '{"id": "r", "body": null, "peer": "nonsense"}',
    '{"body": "[]", "headers": [["x-forwarded-for", "1.2.3.4, junk"]], "peer": "10.0.0.1"}',
    json.dumps({"peer": "2001:db8::1", "body": {"client_id": "nobody", "connection": "email", "email": "a@example.com"}}),
    json.dumps(
        {
            "peer": "::1",
            "body": {"client_id": CHECKOUT, "connection": "sms", "phone_number": "+4670123456", "client_secret": "wrong"},
        }
    ),
    json.dumps(
        {"peer": "::1", "headers": [["authorization", "Basic !"]], "body": {"client_id": CHECKOUT, "connection": "email"}}
    ),
]
TIGHT = {"limits": {"authentication_api": {"count": 1, "period_s": 3600}, "start_per_address": {"count": 1, "period_s": 60}}}


@pytest.mark.parametrize(
    "policy",
    [*[path.read_text() for path in POLICIES], json.dumps(HARDENED), json.dumps(TIGHT)],
    ids=[*[p.name for p in POLICIES], "hardened", "tight"],
)
def test_every_decision_line_fits(policy: str) -> None:
    decided = service(policy).decide_lines([*REQUESTS, *HOSTILE, *REQUESTS], NOW)
    assert [found for line in decided for found in complaints("decision", json.loads(line))] == []


VECTORS = sorted((ROOT / "tests/vectors/decisions").glob("*.json"))


def read_line(line: Json) -> Json:
    """A line of a vector as JSON; nothing where it is none."""
    try:
        return json.loads(line) if isinstance(line, str) else line
    except ValueError:
        return None


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_shared_vectors_fit(path: Path) -> None:
    """Their files, their decision lines, and of their request lines those that the engine can read."""
    document = json.loads(path.read_text())
    for kind in ("policy", "keys"):
        if document[kind] is not None:
            assert complaints(kind, document[kind]) == []
    lines = [line for case in document["cases"] if (line := read_line(case["line"])) is not None]
    assert [line for line in lines if line_is_read(line) != fits("request", line)] == []
    decided = path.with_suffix(".decisions.ndjson").read_text().splitlines()
    assert len(decided) == len(document["cases"])
    assert [found for line in decided for found in complaints("decision", json.loads(line))] == []


def test_the_codes_of_the_schema_are_the_codes_of_the_engine() -> None:
    for kind, rows in (("reason", startgate.reasons()), ("finding", startgate.findings()), ("fix", startgate.fixes())):
        published = {row["const"]: row["description"] for row in SCHEMA["$defs"][kind]["oneOf"]}
        engine = {row["code"]: row["sentence"] for row in rows}
        assert {code: published.get(code) for code in engine} == engine


# ---- mistakes --------------------------------------------------------------------------------------------------------------


def places(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*path, key))


def with_member(value: Json, path: tuple[str | int, ...], member: Json) -> Json:
    changed = copy.deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = member
    return changed


def variants(value: Json) -> Iterator[tuple[str, Json]]:
    """The value with each member replaced by each strange one, and with an unknown member in each of its objects."""
    for path in places(value):
        name = ".".join(map(str, path))
        for strange in STRANGE:
            yield f"{name} = {strange!r}", with_member(value, path, strange)
        if isinstance(at(value, path), dict):
            yield f"{name} + unknown", with_member(value, (*path, "unknown"), 1)


def at(value: Json, path: tuple[str | int, ...]) -> Json:
    for key in path:
        value = value[key]
    return value


RICH = {
    **HARDENED,
    "enforcement": {
        "mode": "notice",
        "share": {"mode": "enforce", "percent": 25, "salt": "2026-11"},
        "applications": {CHECKOUT: "enforce"},
        "windows": [{"mode": "enforce", "from": "2026-12-01T10:00:00Z", "to": "2026-12-01T10:15:00Z"}],
        "deprecated_since": "2026-11-01",
        "sunset": "2027-02-01",
    },
    "client_address": {**HARDENED["client_address"], "trusted_proxies": ["10.0.0.0/8"], "hops": 2},
    "client_authentication": {
        **HARDENED["client_authentication"],
        "certificate_header": {"name": "x-client-cert", "format": "nginx"},
    },
    "login_state": {**HARDENED["login_state"], "allowed_origins": ["https://acme.example"]},
    "limits": {
        **HARDENED["limits"],
        "authentication_api": {"plan": "free", "unavailable": "closed"},
        "start_per_application": {
            "global": {"count": 50, "period_s": 1, "mode": "log"},
            "groups": {"shops": {"clients": ["a", "b"], "count": 5, "period_s": 1, "burst": 9, "unavailable": "open"}},
            "clients": {CHECKOUT: {"count": 0}},
        },
    },
}
APPLICATIONS = KEYS["applications"]
FEW_KEYS = {
    "state_keys": KEYS["state_keys"],
    "store_secret": "not-a-real-secret-that-names-buckets-for-testsAA",
    "applications": {
        "hrOnboarding0EAjNDrN50wQbfcxGNVz": APPLICATIONS["hrOnboarding0EAjNDrN50wQbfcxGNVz"],
        CHECKOUT: {
            "subject": {"dn": "CN=checkout"},
            "secrets": [{"value": "not-a-real-secret-that-is-long-enough"}],
            "assertion_secret_algorithms": ["HS256"],
        },
    },
}
LINE = {
    "id": "r",
    "at": "2026-11-24T10:00:00Z",
    "peer": "::1",
    "headers": [["a", "b"]],
    "body": {"client_id": "x"},
    "client_certificate": "",
}
RAW_LINE = {"headers": [], "body": None, "body_base64": "e30="}


# The end of the window is before its beginning; a network is to be wider than an address of one bit; a secret that is to sign has
# too few bytes (a schema counts characters).
SIGNING = f"applications.{CHECKOUT}.secrets.0.value"
BEYOND_A_SCHEMA = {
    "enforcement.windows.0.to = '2026-11-24'",
    "client_address.ipv6_prefix = 1",
    *(f"{SIGNING} = {text!r}" for text in ("text", "off", "2026-11-24")),
}


@pytest.mark.parametrize(
    ("kind", "base", "taken"),
    [
        ("policy", RICH, policy_loads),
        ("policy", FULL, policy_loads),
        ("keys", FEW_KEYS, keys_load),
        ("request", LINE, line_is_read),
        ("request", RAW_LINE, line_is_read),
    ],
    ids=["policy", "profile", "keys", "request", "raw request"],
)
def test_what_the_engine_refuses_the_schema_refuses(kind: str, base: Json, taken: Callable[[Json], bool]) -> None:
    assert taken(base)
    assert complaints(kind, base) == []
    missed = [name for name, changed in variants(base) if not taken(changed) and fits(kind, changed)]
    assert [name for name in missed if name not in BEYOND_A_SCHEMA] == []


def test_what_the_schema_refuses_the_engine_refuses_but_for_null() -> None:
    """null means "not stated" to the engine; the schema keeps it for what can be switched off."""
    strict = [
        name
        for name, changed in variants(RICH)
        if policy_loads(changed) and not fits("policy", changed) and not name.endswith("None")
    ]
    assert strict == []


def change(*path: str | int, to: Json) -> Json:
    return with_member(RICH, path, to)


@pytest.mark.parametrize(
    "mistake",
    [
        change("polcy", to=1),
        change("issuer", to="acme.example"),
        change("issuer", to="https:///"),
        change("enforcement", "mode", to="on"),
        change("enforcement", "share", "percent", to=101),
        change("enforcement", "windows", 0, "from", to="tomorrow"),
        change("enforcement", "windows", 0, to={"from": "2026-12-01"}),
        change("enforcement", "sunset", to="2026-13-01"),
        change("client_authentication", "certificate_authorities", to=["no PEM"]),
        change("client_authentication", "certificate_header", to={"format": "nginx"}),
        change("client_address", "trusted_proxies", to=[]),
        change("client_address", "trusted_proxies", to=["10.0.0.0/08"]),
        change("client_address", "trusted_proxies", to=["proxy.internal"]),
        change("client_address", "header", to="x forwarded for"),
        change("client_address", "header", to="x-real-ip"),
        change("client_address", "hops", to=17),
        change("limits", "authentication_api", to={"count": 1}),
        change("limits", "authentication_api", to={"count": 0, "period_s": 1}),
        change("limits", "authentication_api", to={"count": 1, "period_s": 1, "applies_to": "everybody"}),
        change("limits", "start_per_network", to={"count": 1, "period_s": 1}),
        change("limits", "start_per_network", to=[{"ipv6_prefix": 128, "count": 1, "period_s": 1}]),
        change("limits", "start_per_identifier", to=[]),
        change("limits", "start_per_identifier", to=[{"count": 1, "period_s": 1}] * 3),
        change("store", "deadline_ms", to=10_001),
        change("request", "max_body_bytes", to=63),
    ],
    ids=lambda mistake: ".".join(
        map(str, next(p for p in (*places(mistake),) if p not in {*places(RICH)} or at(mistake, p) != at(RICH, p)))
    ),
)
def test_a_mistake_in_a_policy_is_refused_by_both(mistake: Json) -> None:
    assert not policy_loads(mistake)
    assert not fits("policy", mistake)


@pytest.mark.parametrize(
    "mistake",
    [
        change("client_address", "trusted_proxies", to=["10.0.0.1/8"]),
        change("client_address", "trusted_proxies", to=["::ffff:0:0/80"]),
        change("enforcement", "windows", 0, to={"from": "2026-12-02", "to": "2026-12-01"}),
        change("enforcement", "sunset", to="2026-02-30"),
    ],
    ids=["host bits", "mapped space", "order of moments", "no such day"],
)
def test_what_a_schema_cannot_say_is_refused_by_the_engine(mistake: Json) -> None:
    assert not policy_loads(mistake)
    assert fits("policy", mistake)
