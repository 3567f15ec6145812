"""One log in every shape and form in which it can be had: the plan of each is the same to the last member."""

import base64
import csv
import gzip
import io
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from tenant_logs import FEATURE, Record, client, lines, notice, proof, record, send

from startgate.log_files import sources
from startgate.plan import Settings, make_plan
from startgate.pseudonyms import Pseudonyms

CLIENTS = [client("a"), client("b"), client("page"), client("old"), client("leaky"), client("named", name="only a name")]
STATE = "hKFo2SBzdGF0ZS1vZi1hLWxvZ2luLXRyYW5zYWN0aW9u"


def by(name: str, version: str) -> Record:
    return {"auth0_client": {"name": name, "version": version}}


def _sent(state: str) -> Record:
    return {"details": {"body": {"connection": "email", "authParams": {"scope": "openid", "state": state}}}}


def whole_log() -> list[Record]:
    """Every member that the plan looks at, and the ones that would change a verdict if they were lost."""
    browser = {"user_agent": "Chrome 142.0.0 / Windows 10.0.0"}
    told = {"details": {"feature": {"id": "x", "name": FEATURE}, "path": "/passwordless/start"}}
    return [
        *(record("s", "a", hour) for hour in range(1, 332)),
        *(r | {"user_agent": "Other 0.0.0 / Other 0.0.0"} for r in proof("a")),
        *(send("a", 100 + i / 60, ip=f"2001:db8:0:1::{i}", client_name="name of a") for i in range(55)),
        notice("b", 300, **by("node-auth0", "2.23.0"), client_name="name of b"),
        *(send("page", 8 * i + 0.5, **browser, **by("lock.js-ulp", "14.3.0"), **_sent(f"{STATE}{i}")) for i in range(12)),
        *(send("leaky", 8 * i + 0.7, **browser, **_sent("/dashboard")) for i in range(12)),
        record("cs", "old", 200, connection="sms", user_name="+4915112345678", **by("auth0-python", "3.9.0")),
        record("depnote", "old", 310, **told),
        notice(None, 320, client_name="only a name", **by("auth0.js", "9.32.0")),
        record("depnote", "a", 330, description="oauth/ro passwordless: This feature is being deprecated."),
        record("api_limit", "a", 331, user_name="ada@example.com", details={"limit": {"bucket": "passwordless"}}),
    ]


RECORDS = whole_log()


def plan_in(folder: Path, *paths: Path) -> dict[str, Any]:
    (folder / "clients").write_text(json.dumps(CLIENTS))
    key = Pseudonyms(b"the same key in every run")
    return make_plan(sources(paths), Settings(folder / "clients", pseudonyms=key))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("plain")
    (folder / "log.ndjson").write_text(lines(RECORDS))
    plan = plan_in(folder, folder / "log.ndjson")
    found = {a["client_id"]: (a["reason"], a["evidence"]["sdk"], a["findings"]) for a in plan["applications"]}
    assert found == {
        "a": ("authenticated", None, []),
        "b": ("sdk_too_old", {"name": "node-auth0", "version": "2.23.0"}, []),
        "page": ("authenticated", {"name": "lock.js-ulp", "version": "14.3.0"}, []),
        "old": ("sdk_too_old", {"name": "auth0-python", "version": "3.9.0"}, []),
        "leaky": ("secret_in_browser", None, ["state_is_a_path"]),
        "named": ("browser_call", {"name": "auth0.js", "version": "9.32.0"}, []),
    }, "a log that would tell a shape that loses something"
    return plan


# ---- shapes of a record --------------------------------------------------------------------------------------------------------


def management(r: Record) -> Record:
    """As /api/v2/logs has it."""
    return {**r, "_id": r["log_id"], "isMobile": False, "location_info": {"country_code": "DE"}, "scope": None}


def by_underscore_id(r: Record) -> Record:
    return {"_id": r["log_id"], **{key: value for key, value in r.items() if key != "log_id"}}


def of_the_catalogue(r: Record) -> Record:
    """As the tenant log schema has it, which streams follow."""
    place = {"environment_name": "prod-us-1", "tenant_name": "acme", "$event_schema": {"version": "1.0.0"}}
    return {**place, **r, "is_mobile": False, "references": {"correlation_id": "c"}}


def streamed(r: Record) -> Record:
    return {"log_id": r["log_id"], "data": of_the_catalogue(r)}


def event(detail: Record) -> Record:
    """As a partner event source puts it on a bus."""
    return {
        "version": "0", "id": "00000000-0000-0000-0000-000000000000", "detail-type": "Auth0 log",
        "source": "aws.partner/auth0.com/acme-1/auth0.logs", "account": "000000000000", "time": "2026-11-30T00:00:00Z",
        "region": "us-east-1", "resources": [], "detail": detail,
    }  # fmt: skip


def telemetry_as_sent(encode: Callable[[bytes], bytes], padded: bool) -> Callable[[Record], Record]:
    """`auth0_client` still as the header had it."""

    def shape(r: Record) -> Record:
        if "auth0_client" not in r:
            return r
        text = encode(json.dumps({"env": {"node": "20"}, **r["auth0_client"]}).encode()).decode()
        return {**r, "auth0_client": text if padded else text.rstrip("=")}

    return shape


SHAPES: dict[str, Callable[[Record], Record]] = {
    "management": management,
    "underscore-id": by_underscore_id,
    "catalogue": of_the_catalogue,
    "stream": streamed,
    "eventbridge": lambda r: event(of_the_catalogue(r)),
    "eventbridge-stream": lambda r: event(streamed(r)),
    "splunk": lambda r: {"time": 1, "event": streamed(r)},
    "base64": telemetry_as_sent(base64.b64encode, padded=True),
    "base64url": telemetry_as_sent(base64.urlsafe_b64encode, padded=False),
    "members-backwards": lambda r: dict(reversed(r.items())),
}


def late_and_unordered(records: list[Record]) -> list[Record]:
    mixed = list(records)
    random.Random(7).shuffle(mixed)  # noqa: S311 no secret
    return mixed


# ---- forms of a file -----------------------------------------------------------------------------------------------------------


def table(records: list[Record], delimiter: str = ",") -> bytes:
    """Columns for members, `a.b` for inner ones, and JSON in a cell where a member is deeper still."""
    rows = [{**r, **{f"auth0_client.{k}": v for k, v in (r.get("auth0_client") or {}).items()}} for r in records]
    rows = [{k: json.dumps(v) if isinstance(v, dict) else v for k, v in row.items() if k != "auth0_client"} for row in rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(k for row in rows for k in row)), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def in_parts(pack: Callable[[bytes], bytes], data: bytes) -> bytes:
    """Several members, cut where no line ends."""
    return b"".join(pack(data[at : at + 1001]) for at in range(0, len(data), 1001))


FORMS: dict[str, Callable[[list[Record]], bytes]] = {
    "lines": lambda rs: lines(rs).encode(),
    "array": lambda rs: json.dumps(rs).encode(),
    "pretty": lambda rs: json.dumps(rs, indent=2).encode(),
    "one-after-the-other": lambda rs: "".join(map(json.dumps, rs)).encode(),
    "arrays": lambda rs: "\n".join(json.dumps(rs[at : at + 7]) for at in range(0, len(rs), 7)).encode(),
    "pages": lambda rs: lines(
        {"start": at, "limit": 9, "length": 9, "logs": rs[at : at + 9]} for at in range(0, len(rs), 9)
    ).encode(),
    "gzip": lambda rs: gzip.compress(lines(rs).encode()),
    "zstd": lambda rs: zst(lines(rs).encode()),
    "gzip-members": lambda rs: in_parts(gzip.compress, lines(rs).encode()),
    "zstd-frames": lambda rs: in_parts(zst, lines(rs).encode()),
    "gzip-array": lambda rs: gzip.compress(json.dumps(rs, indent=1).encode()),
}
TABLES: dict[str, Callable[[list[Record]], bytes]] = {
    "csv": table,
    "tsv": lambda rs: table(rs, "\t"),
    "csv-gzip": lambda rs: gzip.compress(table(rs)),
    "csv-zstd": lambda rs: zst(table(rs)),
    "csv-gzip-members": lambda rs: in_parts(gzip.compress, table(rs)),
}


def same(plan: dict[str, Any], expected: dict[str, Any]) -> None:
    assert plan["applications"] == expected["applications"]
    assert plan == expected


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_in_every_form_is_the_same_log(shape: str, form: str, tmp_path: Path, expected: dict[str, Any]) -> None:
    (tmp_path / "log").write_bytes(FORMS[form]([SHAPES[shape](r) for r in RECORDS]))
    same(plan_in(tmp_path, tmp_path / "log"), expected)


@pytest.mark.parametrize("form", TABLES)
def test_a_table_is_the_same_log(form: str, tmp_path: Path, expected: dict[str, Any]) -> None:
    (tmp_path / "log").write_bytes(TABLES[form](RECORDS))
    same(plan_in(tmp_path, tmp_path / "log"), expected)


@pytest.mark.parametrize("form", [*FORMS, *TABLES])
def test_what_comes_late_and_unordered_is_the_same_log(form: str, tmp_path: Path, expected: dict[str, Any]) -> None:
    (tmp_path / "log").write_bytes((FORMS | TABLES)[form](late_and_unordered(RECORDS)))
    same(plan_in(tmp_path, tmp_path / "log"), expected)


def test_a_folder_of_all_shapes_and_forms_mixed_is_the_same_log(tmp_path: Path, expected: dict[str, Any]) -> None:
    rest = late_and_unordered(RECORDS)
    for i, shape in enumerate(SHAPES.values()):
        form = list(FORMS.values())[i]
        (tmp_path / "logs" / f"{i}").mkdir(parents=True)
        (tmp_path / "logs" / f"{i}" / "part.log").write_bytes(form([shape(r) for r in rest[i :: len(SHAPES) + 1]]))
    (tmp_path / "logs" / "table.csv").write_bytes(table(rest[len(SHAPES) :: len(SHAPES) + 1]))
    same(plan_in(tmp_path, tmp_path / "logs"), expected)


def test_one_file_of_all_shapes_mixed_is_the_same_log(tmp_path: Path, expected: dict[str, Any]) -> None:
    shapes = list(SHAPES.values())
    (tmp_path / "log").write_text(lines(shapes[i % len(shapes)](r) for i, r in enumerate(RECORDS)))
    same(plan_in(tmp_path, tmp_path / "log"), expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_record_that_came_in_another_shape_before_is_a_duplicate(shape: str, tmp_path: Path, expected: dict[str, Any]) -> None:
    (tmp_path / "log").write_text(lines(RECORDS) + lines(map(SHAPES[shape], late_and_unordered(RECORDS))))
    plan = plan_in(tmp_path, tmp_path / "log")
    assert plan["applications"] == expected["applications"]
    assert plan["limits"] == expected["limits"]
    kept = [r for r in RECORDS if r["type"] in ("cls", "cs", "depnote") and "oauth/ro" not in (r.get("description") or "")]
    assert plan["window"]["duplicates"] == len(kept)


@pytest.mark.parametrize("form", [*FORMS, *TABLES])
def test_standard_input_takes_every_form(form: str, tmp_path: Path) -> None:
    (tmp_path / "clients").write_text(json.dumps(CLIENTS))
    (tmp_path / "key").write_text("the same key in every run")
    told = []
    for data in (FORMS["lines"](RECORDS), (FORMS | TABLES)[form](RECORDS)):
        command = [sys.executable, "-m", "startgate", "plan", "-", "-a", str(tmp_path / "clients"), "--json"]
        command += ["--pseudonym-key", str(tmp_path / "key")]
        ended = subprocess.run(command, input=data, capture_output=True, check=False)
        assert (ended.returncode, ended.stderr) == (1, b"")
        told.append(json.loads(ended.stdout))
    same(told[1], told[0])
