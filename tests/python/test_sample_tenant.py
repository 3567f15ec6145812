"""The sample tenant and the generator behind it: what other tests and the demo rest on."""

import gzip
import ipaddress
import json
import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

TENANT = Path(__file__).parents[2] / "examples" / "tenant"
sys.path.insert(0, str(TENANT))

import generate  # noqa: E402
from generator.clients import drawn  # noqa: E402
from generator.traffic import Window  # noqa: E402

DOCUMENTATION = [ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
CAUSES = {
    "backend_without_secret", "browser_call", "login_page_lost_state", "sdk_too_old", "certificate_client", "assertion_client",
    "secret_in_browser", "public_unaffected", "fixed_since", "never_seen", "third_party", "authenticated", "too_little_evidence",
    "ambiguous_name",
}  # fmt: skip


def load(name: str) -> Any:
    return json.loads((TENANT / name).read_text(encoding="utf-8"))


def recorded() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TENANT / "requests.ndjson").read_text(encoding="utf-8").splitlines()]


def client_id_in(body: Any) -> str | None:
    if isinstance(body, str):
        body = json.loads(body) if body.startswith("{") else dict(pair.split("=") for pair in body.split("&"))
    found = body["client_id"]
    return found if isinstance(found, str) else None


def made(out: Path, seed: int = 7, days: int = 30, lines: int = 0, throttle: str = "application") -> dict[str, Any]:
    rng = generate.chance(seed)
    return generate.make(out, rng, drawn(rng, 24), generate.Log(Window(generate.END, days, lines), throttle))


def test_recorded_requests_name_applications_of_the_export_but_for_one_on_purpose() -> None:
    exported = {client["client_id"] for client in load("clients.json")}
    strangers = [line["id"] for line in recorded() if client_id_in(line["body"]) not in exported]
    assert strangers == ["curl-unknown-application"]


def test_recorded_requests_come_in_order_within_one_hour_from_documentation_addresses() -> None:
    times = [line["at"] for line in recorded()]
    assert times == sorted(times)
    assert {time[:13] for time in times} == {"2026-11-24T10"}
    for line in recorded():
        assert any(ipaddress.ip_address(line["peer"]) in network for network in DOCUMENTATION), line["id"]


def test_recorded_requests_have_unique_ids_and_none_is_left_to_be_filled_in() -> None:
    ids = [line["id"] for line in recorded()]
    assert len(set(ids)) == len(ids)
    assert [line["id"] for line in recorded() if any(mark in json.dumps(line) for mark in ("@key", "@id", "{{"))] == []


def test_every_secret_says_that_it_is_none_and_no_private_key_is_kept() -> None:
    keys = load("keys.json")["applications"].values()
    secrets = [s["value"] for application in keys for s in application.get("secrets", ())]
    secrets += [client["client_secret"] for client in load("clients.json") if "client_secret" in client]
    assert [secret for secret in secrets if not secret.startswith("not-a-real-secret")] == []
    jwks = [key for application in keys for key in application.get("jwks", {}).get("keys", ())]
    assert jwks
    assert [key for key in jwks if {"d", "p", "q"} & key.keys()] == []


def test_the_sample_is_what_the_generator_makes(tmp_path: Path) -> None:
    generate.make(tmp_path, generate.chance(generate.SAMPLE_SEED), generate.sample(), generate.SAMPLE)
    for name in ("clients.json", "truth.json"):
        assert (tmp_path / name).read_text() == (TENANT / name).read_text()
    # What is packed, not the packing: another zlib may pack the same text otherwise.
    assert gzip.decompress((tmp_path / "logs.ndjson.gz").read_bytes()) == gzip.decompress(
        (TENANT / "logs.ndjson.gz").read_bytes()
    )


def test_the_sample_has_every_cause_and_the_settings_that_leave_nothing_to_plan() -> None:
    assert {row["reason"] for row in load("truth.json")["applications"]} == CAUSES
    flag = "enforce_client_authentication_on_passwordless_start"
    assert [load(name)["flags"][flag] for name in ("tenant.json", "tenant-locked.json")] == [False, True]


def test_what_the_truth_counts_stands_in_the_log() -> None:
    lines = gzip.decompress((TENANT / "logs.ndjson.gz").read_bytes()).decode().splitlines()
    records = {record["log_id"]: record for record in map(json.loads, lines)}.values()
    sends = Counter(r["client_id"] for r in records if r["type"] in ("cls", "cs"))
    ours = [r for r in records if r["type"] == "depnote" and r["details"]["path"] == "/passwordless/start"]
    notices = Counter(r.get("client_id", r["client_name"]) for r in ours)
    for row in load("truth.json")["applications"] + load("truth.json")["not_in_export"]:
        evidence = row["evidence"]
        assert evidence["sends"] == sends[row["client_id"]]
        if row["reason"] != "ambiguous_name":
            assert evidence["notices"] == notices[row["client_id"]] + notices[row["name"]]
        assert evidence["last_notice"] in {None, *(r["date"] for r in ours)}


@pytest.mark.parametrize("throttle", ["application", "tenant"])
@pytest.mark.parametrize("seed", range(3))
def test_no_application_that_breaks_is_called_safe_by_the_truth(tmp_path: Path, seed: int, throttle: str) -> None:
    rows = made(tmp_path, seed, throttle=throttle)["applications"]
    assert len(rows) == 24
    assert [row["name"] for row in rows if row["breaks"] and row["verdict"] == "safe"] == []
    assert {row["verdict"] for row in rows} == {"breaks", "safe", "cannot_tell"}


def test_notices_come_at_most_once_an_hour_and_application(tmp_path: Path) -> None:
    made(tmp_path, days=3)
    times: dict[str, list[datetime]] = {}
    for line in (tmp_path / "logs.ndjson").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["type"] == "depnote" and record["details"]["path"] == "/passwordless/start" and "client_id" in record:
            times.setdefault(record["client_id"], []).append(datetime.fromisoformat(record["date"]))
    apart = [later - earlier for of_one in times.values() for earlier, later in pairwise(of_one)]
    assert min(apart) >= timedelta(hours=1)


def test_a_tenant_has_about_as_many_lines_as_were_asked_for_and_the_same_each_time(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        made(folder, days=2, lines=20_000)
    first, second = ((tmp_path / name / "logs.ndjson").read_bytes() for name in "ab")
    assert first == second
    assert first.count(b"\n") == pytest.approx(20_000, rel=0.05)
