"""The client address through Python and the command line: the vectors that the C++ tests use, and agreement with ipaddress."""

import ipaddress
import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from startgate._core import IpReader, ip_presets
from startgate.cli import main

_ALL = json.loads((Path(__file__).parents[1] / "vectors" / "client_ip.json").read_text())
VECTORS = _ALL["transport"]
APPLICATION_VECTORS = _ALL["application"]
Feed = Callable[[str], None]
CASES: dict[str, list[dict]] = defaultdict(list)
for _vector in VECTORS:
    CASES[json.dumps(_vector["settings"])].append(_vector)


def line_of(vector: dict) -> str:
    return json.dumps({"peer": vector["peer"], "headers": vector["headers"]})


def joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def answers(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def policy_with(directory: Path, client_address: dict) -> str:
    path = directory / "policy.json"
    path.write_text(json.dumps({"issuer": "https://acme.example/", "client_address": client_address}))
    return str(path)


def options_of(settings: dict) -> list[str]:
    options = ["--header", settings["header"]] if "header" in settings else []
    for prefix in settings.get("trusted_proxies", []):
        options += ["--trusted", prefix]
    return [*options, "--hops", str(settings["hops"])] if "hops" in settings else options


# on_invalid and on_all_trusted have no option of their own: a policy says them.
@pytest.mark.parametrize("settings", CASES)
def test_the_command_answers_every_vector(settings: str, tmp_path: Path, feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    given = json.loads(settings)
    ways = [["--policy", policy_with(tmp_path, given)]]
    if not {"on_invalid", "on_all_trusted"} & given.keys():
        ways.append(options_of(given))
    all_have_an_address = all(v["expect"]["address"] for v in CASES[settings])
    for options in ways:
        feed(joined([line_of(v) for v in CASES[settings]]))
        assert main(["ip", *options]) == (0 if all_have_an_address else 1)
        wrong = [(v["name"], a) for v, a in answered(CASES[settings], capsys) if told(a) != told(v["expect"])]
        assert wrong == []


@pytest.mark.parametrize("settings", CASES)
def test_the_reader_answers_every_vector(settings: str) -> None:
    given, vectors = json.loads(settings), CASES[settings]
    policy = json.dumps({"issuer": "https://acme.example/", "client_address": given})
    readers = [IpReader.of_policy(("policy.json", policy))]
    if not {"on_invalid", "on_all_trusted"} & given.keys():
        readers.append(IpReader(given.get("trusted_proxies", []), given.get("header", "x-forwarded-for"), given.get("hops")))
    for reader in readers:
        for vector in vectors:
            text, found, same = reader.line(line_of(vector))
            assert told(json.loads(text)) == told(vector["expect"]), vector["name"]
            assert (found, same) == (vector["expect"]["address"] is not None, True)


def test_the_installed_command_answers_every_vector_of_the_commonest_settings() -> None:
    settings, vectors = max(CASES.items(), key=lambda case: len(case[1]))
    run = subprocess.run(
        [sys.executable, "-m", "startgate", "ip", *options_of(json.loads(settings))],
        input=joined([line_of(v) for v in vectors]).encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert [told(a) for a in answers(run.stdout.decode())] == [told(v["expect"]) for v in vectors]


def told(answer: dict) -> tuple:
    """What an answer says; where there is no address, it came from nowhere."""
    return (answer["address"], answer["address"] and answer["source"], answer["reason"])


def answered(vectors: list[dict], capsys: pytest.CaptureFixture[str]) -> list[tuple[dict, dict]]:
    return list(zip(vectors, answers(capsys.readouterr().out), strict=True))


# Only a client credential makes the application header believed, and only a usable value takes the place of the peer.
@pytest.mark.parametrize("header", sorted({v["application_header"] for v in APPLICATION_VECTORS}))
@pytest.mark.parametrize("proved", [True, False])
def test_a_decision_believes_the_application_header_of_every_vector_after_a_credential_alone(
    header: str, proved: bool, tmp_path: Path, feed: Feed, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = [v for v in APPLICATION_VECTORS if v["application_header"] == header]
    secret = "not-a-real-secret"  # noqa: S105
    (tmp_path / "clients.json").write_text(
        json.dumps([{"client_id": "shop", "app_type": "regular_web", "client_secret": secret}])
    )
    body = {"client_id": "shop", "connection": "email", "email": "ada@example.com", "client_secret": secret if proved else None}
    lines = [
        json.dumps({"at": "2026-11-24T10:00:00Z", "peer": "203.0.113.9", "headers": v["headers"], "body": body}) for v in vectors
    ]
    feed(joined(lines))
    policy = policy_with(tmp_path, {"application_header": header})
    assert main(["decide", "-p", policy, "-a", str(tmp_path / "clients.json")]) == 0
    for vector, decision in answered(vectors, capsys):
        expected, found = vector["expect"], decision["client_ip"]
        believed = proved and expected["state"] == "usable"
        assert found["address"] == (expected["address"] if believed else "203.0.113.9"), vector["name"]
        if expected["state"] == "absent":
            assert found["reason"] == "address_peer", vector["name"]
        else:
            assert found["reason"] == (expected["reason"] if proved else "address_application_header_ignored"), vector["name"]


@pytest.mark.parametrize("settings", CASES)
def test_a_decision_names_the_address_of_every_vector(
    settings: str, tmp_path: Path, feed: Feed, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = policy_with(tmp_path, json.loads(settings))
    (tmp_path / "clients.json").write_text('[{"client_id": "shop", "app_type": "spa"}]')
    body = {"client_id": "shop", "connection": "email", "email": "ada@example.com"}
    lines = [json.dumps({"at": "2026-11-24T10:00:00Z", **json.loads(line_of(v)), "body": body}) for v in CASES[settings]]
    feed(joined(lines))
    assert main(["decide", "-p", policy, "-a", str(tmp_path / "clients.json")]) == 0
    wrong = [
        (v["name"], a)
        for v, a in ((v, decision["client_ip"]) for v, decision in answered(CASES[settings], capsys))
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
        answer, found, _ = reader.line(f'{{"peer":"{text}"}}')
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


def test_a_policy_and_options_that_say_the_same_are_not_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ip", "--policy", policy_with(tmp_path, {}), "--trusted", "10.0.0.0/8"]) == 2
    assert "--policy says whom to trust" in capsys.readouterr().err
    assert main(["ip", "--policy", policy_with(tmp_path, {"trusted_proxies": ["10.0.0.1/8"]})]) == 2
    assert "policy.json:1: client_address.trusted_proxies: `10.0.0.1/8`" in capsys.readouterr().err


def test_the_key_is_grouped_as_the_policy_says(tmp_path: Path, feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    feed(joined([json.dumps({"peer": "2001:db8:1:203::4", "headers": []})]))
    assert main(["ip", "--key", "--policy", policy_with(tmp_path, {"ipv6_prefix": 56})]) == 0
    assert [answer["key"] for answer in answers(capsys.readouterr().out)] == ["2001:db8:1:200::/56"]


def test_compare_shows_where_two_programs_differ(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"peer": "10.0.0.1", "headers": [["X-Forwarded-For", "198.51.100.7, 10.0.0.2"]]})
    feed(joined([line]))
    assert main(["ip", "--trusted", "10.0.0.0/8", "--as", "nginx", "--compare", "auth0"]) == 1
    [answer] = answers(capsys.readouterr().out)
    assert (answer["address"], answer["compared"]["address"], answer["same"]) == ("10.0.0.2", "198.51.100.7", False)


def test_a_count_is_not_given_to_software_that_counts_none(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ip", "--hops", "2", "--as", "apache"]) == 2
    assert "`apache` counts no hops" in capsys.readouterr().err
    feed(json.dumps({"peer": "10.0.0.1", "headers": [["X-Forwarded-For", "198.51.100.7, 10.0.0.2"]]}))
    assert main(["ip", "--trusted", "10.0.0.0/8", "--hops", "1", "--compare", "apache"]) == 1  # which walks on
    [answer] = answers(capsys.readouterr().out)
    assert (answer["address"], answer["compared"]["address"]) == ("10.0.0.2", "198.51.100.7")


@pytest.mark.parametrize("role", ["--as", "--compare"])
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["express", "--trusted", "10.0.0.0/8", "--header", "forwarded"], "`express` reads x-forwarded-for and no other header"),
        (["rails", "--header", "x-real-ip"], "`rails` reads x-forwarded-for and no other header"),
        (["apache"], "`apache` believes every peer where it is told no proxies, which is not done here: name them"),
        (["envoy", "--trusted", "10.0.0.0/8"], "`envoy` counts hops and takes no prefixes: give their number"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_no_answer_is_given_in_the_name_of_software_that_cannot_be_set_up_like_this(
    role: str, options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ip", role, *options]) == 2
    assert told in capsys.readouterr().err


def test_bytes_in_a_header_hide_no_address(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    feed(b'{"peer":"203.0.113.9","headers":[["user-agent","\xff"],["x-forwarded-for","\\ud800"]]}\n')
    assert main(["ip"]) == 0
    [answer] = answers(capsys.readouterr().out)
    assert answer["address"] == "203.0.113.9"


def test_a_header_whose_name_holds_the_word_for_a_difference_is_none(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    feed(json.dumps({"peer": "10.0.0.1", "headers": [["x-forwarded-for", 'x"same":false']]}))
    assert main(["ip", "--trusted", "10.0.0.0/8", "--compare", "auth0", "--trace"]) == 0
    assert len(answers(capsys.readouterr().out)) == 1


def test_the_help_names_every_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ip", "--help"]) == 0
    shown = capsys.readouterr().out
    assert [name for name, _ in ip_presets() if name not in shown] == []


@pytest.mark.parametrize(("fold", "peer"), [("fold_nat64", "64:ff9b::192.0.2.1"), ("fold_6to4", "2002:c000:201::7")])
def test_a_policy_may_count_translated_addresses_as_the_ipv4_inside(
    fold: str, peer: str, tmp_path: Path, feed: Feed, capsys: pytest.CaptureFixture[str]
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
        feed(joined(lines))
        main(["decide", "-p", str(tmp_path / "policy.json"), "-a", str(tmp_path / "clients.json")])
        assert [decision["outcome"] for decision in answers(capsys.readouterr().out)] == outcomes
