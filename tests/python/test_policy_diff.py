"""`startgate diff` held against a table of its own: every combination of facts, under twenty pairs of policies."""

import json
import random
from itertools import product
from typing import Any

import pytest

from startgate._core import diff_policies
from startgate.cli import main

FACTS = {
    "application": ("not_named", "unknown", "third_party", "public", "confidential"),
    "authentication": (
        "absent", "unobserved", "refused_credential", "refused_methods", "refused_state", "by_state", "by_credential",
    ),
    "forwarded_for": ("absent", "unusable", "usable"),
    "trust_switch": ("not_stated", "off", "on"),
}  # fmt: skip
COMBINATIONS = list(product(*FACTS.values()))
Combination = tuple[str, ...]
Verdict = tuple[str, str, str, str]  # cause, outcome, what it would be, whose word about the address counts


def judged(policy: dict[str, Any], facts: Combination) -> Verdict:
    """What DESIGN says, written down a second time."""
    hardened = policy.get("profile") == "hardened"
    mode = policy.get("enforcement", {}).get("mode", "enforce" if hardened else "notice")
    requires_switch = policy.get("client_address", {}).get("requires_switch", hardened)
    denies_unobserved = policy.get("request", {}).get("on_unobserved", "deny" if hardened else "allow") == "deny"
    application, proof, header, switch = facts
    trusted = switch == "on" or (switch == "not_stated" and not requires_switch)
    believed = (application, proof, header) == ("confidential", "by_credential", "usable") and trusted
    address = "application_header" if believed else "transport"
    if application in ("unknown", "third_party"):
        return (f"application_{application}", "deny", "deny", address)
    if application == "public":
        return ("public_application", "allow", "allow", address)
    refused = {"refused_credential": "credential_refused", "refused_methods": "methods_refused", "refused_state": "state_refused"}
    unobserved = proof == "unobserved" or (application == "not_named" and proof not in refused)
    cause = "unobserved" if unobserved else refused.get(proof, "proof_missing" if proof == "absent" else "authenticated")
    would = "allow" if cause == "authenticated" or (unobserved and not denies_unobserved) else "deny"
    outcome = "allow" if would == "allow" or mode == "off" else "deny" if mode == "enforce" else "notice"
    return (cause, outcome, would, address)


def drawn(chance: random.Random) -> dict[str, Any]:
    """Any of the settings that the facts are judged by, stated or left to a profile."""
    policy: dict[str, Any] = {}
    if chance.random() < 0.5:
        policy["profile"] = chance.choice(("auth0", "hardened"))
    if chance.random() < 0.8:
        policy["enforcement"] = {"mode": chance.choice(("off", "notice", "warn", "enforce"))}
    if chance.random() < 0.5:
        policy["client_address"] = {"requires_switch": chance.random() < 0.5}
    if chance.random() < 0.5:
        policy["request"] = {"on_unobserved": chance.choice(("allow", "deny"))}
    return policy


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(
        diff_policies(("before", json.dumps(before)), ("after", json.dumps(after)))
    )
    return found


def covered(box: dict[str, list[str]]) -> list[Combination]:
    """The combinations that a line of a group stands for: a fact that it leaves out may be anything."""
    return list(product(*(box.get(name, values) for name, values in FACTS.items())))


@pytest.mark.parametrize("seed", range(20))
def test_each_combination_that_differs_is_in_one_group_and_no_other_is_in_any(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 no secret
    before, after = drawn(chance), drawn(chance)
    expected = {f: (judged(before, f), judged(after, f)) for f in COMBINATIONS if judged(before, f) != judged(after, f)}
    found: dict[Combination, tuple[Verdict, Verdict]] = {}
    groups = difference(before, after)["verdicts"]
    for group in groups:
        pair = tuple((group["cause"], *(group[side][name] for name in ("outcome", "would_be", "address")))
                     for side in ("before", "after"))  # fmt: skip
        members = [facts for box in group["when"] for facts in covered(box)]
        assert len(members) == len(set(members)) == group["combinations"]
        assert tuple(group["example"].values()) in members
        assert found.keys().isdisjoint(members)
        found |= dict.fromkeys(members, pair)  # type: ignore[arg-type]
    assert found == expected
    assert len({(g["cause"], str(g["before"]), str(g["after"])) for g in groups}) == len(groups), "what differs alike is one"


@pytest.mark.parametrize("seed", range(20))
def test_no_two_lines_of_a_group_could_be_one(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 no secret
    for group in difference(drawn(chance), drawn(chance))["verdicts"]:
        for i, one in enumerate(group["when"]):
            for other in group["when"][:i]:
                assert sum(one.get(name) != other.get(name) for name in FACTS) > 1


def test_a_person_reads_when_two_policies_differ(tmp_path, capsys):  # type: ignore[no-untyped-def]
    (tmp_path / "before").write_text("{}")
    (tmp_path / "after").write_text('{"enforcement": {"mode": "enforce"}, "request": {"on_unobserved": "deny"}}')
    assert main(["diff", str(tmp_path / "before"), str(tmp_path / "after")]) == 1
    shown = capsys.readouterr().out
    assert "  when application confidential, authentication absent\n" in shown
    assert "  when application not_named or confidential, authentication refused_credential\n" in shown


@pytest.mark.parametrize(("before", "after"), [("notice", "warn"), ("warn", "notice")])
def test_what_judges_alike_and_answers_otherwise_is_a_difference(before: str, after: str) -> None:
    found = difference({"enforcement": {"mode": before}}, {"enforcement": {"mode": after}})
    assert found == {"verdicts": [], "members": [{"member": "enforcement.mode", "before": before, "after": after}]}
    # Also where something else is judged otherwise.
    more = difference({"enforcement": {"mode": before}}, {"enforcement": {"mode": after}, "request": {"on_unobserved": "deny"}})
    assert more["verdicts"]
    assert [member["member"] for member in more["members"]] == ["enforcement.mode"]
