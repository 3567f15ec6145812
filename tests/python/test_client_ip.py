"""The client address through Python and the command line: the vectors that the C++ tests use, and agreement with ipaddress."""

import io
import ipaddress
import json
import random
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from startgate._core import IpReader
from startgate.cli import main

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "client_ip.json").read_text())["transport"]
CASES: dict[str, list[dict]] = defaultdict(list)
for _vector in VECTORS:
    CASES[json.dumps(_vector["settings"])].append(_vector)


def feed(monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO("".join(f"{line}\n" for line in lines).encode()), encoding="utf-8")
    )


def line_of(vector: dict) -> str:
    return json.dumps({"peer": vector["peer"], "headers": vector["headers"]})


def answers(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


# on_invalid and on_all_trusted are for policies, which the next test writes; the command has presets instead.
@pytest.mark.parametrize("settings", [s for s in CASES if "on_" not in s])
def test_the_command_answers_every_vector(
    settings: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = json.loads(settings)
    arguments = ["ip", "--header", given.get("header", "x-forwarded-for")]
    for prefix in given.get("trusted_proxies", []):
        arguments += ["--trusted", prefix]
    if "hops" in given:
        arguments += ["--hops", str(given["hops"])]
    feed(monkeypatch, [line_of(v) for v in CASES[settings]])
    assert main(arguments) == 0
    out = answers(capsys.readouterr().out)
    wrong = [(v["name"], a) for v, a in zip(CASES[settings], out, strict=True) if a != v["expect"]]
    assert wrong == []


@pytest.mark.parametrize("settings", CASES)
def test_a_decision_names_the_address_of_every_vector(
    settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy.json").write_text(json.dumps({"issuer": "https://acme.example/", "client_address": json.loads(settings)}))
    (tmp_path / "clients.json").write_text('[{"client_id": "shop", "app_type": "spa"}]')
    body = {"client_id": "shop", "connection": "email", "email": "ada@example.com"}
    lines = [json.dumps({"at": "2026-11-24T10:00:00Z", **json.loads(line_of(v)), "body": body}) for v in CASES[settings]]
    feed(monkeypatch, lines)
    assert main(["decide", "-p", str(tmp_path / "policy.json"), "-a", str(tmp_path / "clients.json")]) == 0
    out = [decision["client_ip"] for decision in answers(capsys.readouterr().out)]
    wrong = [
        (v["name"], a)
        for v, a in zip(CASES[settings], out, strict=True)
        if (a["address"], a["reason"]) != (v["expect"]["address"], v["expect"]["reason"])
    ]
    assert wrong == []


def mutated(text: str, choose: random.Random) -> str:
    alphabet = "0123456789abcdefABCDEF:::....%/[] xg"
    for _ in range(choose.randrange(5)):
        at = choose.randrange(len(text) + 1)
        if choose.random() < 0.3:
            text = text[:at] + text[at + 1 :]
        elif choose.random() < 0.5:
            text = text[:at] + choose.choice(alphabet) + text[at + 1 :]
        else:
            text = text[:at] + choose.choice(alphabet) + text[at:]
    return text


def as_ipaddress_says(text: str) -> str | None:
    # The one exception: ipaddress reads a zone (RFC 4007), which means something on one machine only.
    if "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def test_agrees_with_ipaddress_on_a_million_mutated_strings() -> None:
    choose = random.Random(4)  # noqa: S311
    seeds = ["192.0.2.1", "255.255.255.255", "0.0.0.9", "::", "::1", "2001:db8::1", "2001:db8:1:2:3:4:5:6", "::ffff:192.0.2.1"]
    seeds += ["64:ff9b::192.0.2.1", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "fe80::1"]
    reader = IpReader([])
    accepted = 0
    for _ in range(1_000_000):
        text = mutated(choose.choice(seeds), choose)
        answer, found = reader.line(f'{{"peer":"{text}"}}')
        expected = as_ipaddress_says(text)
        assert found == (expected is not None), text
        assert expected is None or f'"address":"{expected}"' in answer, text
        accepted += found
    assert 200_000 < accepted < 800_000  # both sides of the grammar were exercised


def test_a_network_that_cannot_be_used_names_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ip", "--trusted", "10.0.0.0/8", "--trusted", "::ffff:10.0.0.0/8"]) == 2
    told = capsys.readouterr().err
    assert "`::ffff:10.0.0.0/8`" in told
    assert len(told.splitlines()) == 1


def test_compare_shows_where_two_programs_differ(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"peer": "10.0.0.1", "headers": [["X-Forwarded-For", "198.51.100.7, 10.0.0.2"]]})
    feed(monkeypatch, [line])
    assert main(["ip", "--trusted", "10.0.0.0/8", "--as", "nginx", "--compare", "auth0"]) == 1
    [answer] = answers(capsys.readouterr().out)
    assert (answer["address"], answer["compared"]["address"], answer["same"]) == ("10.0.0.2", "198.51.100.7", False)


@pytest.mark.parametrize(("fold", "peer"), [("fold_nat64", "64:ff9b::192.0.2.1"), ("fold_6to4", "2002:c000:201::7")])
def test_a_policy_may_count_translated_addresses_as_the_ipv4_inside(
    fold: str, peer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clients.json").write_text('[{"client_id": "shop", "app_type": "spa"}]')
    body = {"client_id": "shop", "connection": "email", "email": "ada@example.com"}
    lines = [json.dumps({"at": "2026-11-24T10:00:00Z", "peer": p, "headers": [], "body": body}) for p in ["192.0.2.1", peer]]
    for folded, outcomes in [(False, ["allow", "allow"]), (True, ["allow", "deny"])]:
        once_an_hour = {"count": 1, "period_s": 3600, "burst": 1}
        policy = {
            "issuer": "https://acme.example/",
            "client_address": {fold: folded},
            "limits": {"start_per_address": once_an_hour},
        }
        (tmp_path / "policy.json").write_text(json.dumps(policy))
        feed(monkeypatch, lines)
        main(["decide", "-p", str(tmp_path / "policy.json"), "-a", str(tmp_path / "clients.json")])
        assert [decision["outcome"] for decision in answers(capsys.readouterr().out)] == outcomes
