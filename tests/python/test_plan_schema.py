"""The published schema describes what `startgate plan` gives, in whatever state the tenant is."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tenant_logs import Record, client, notice, plan_of, proof, record, send
from test_plan import sample_plan

from startgate._core import plan_findings, plan_reasons

SCHEMA = json.loads(resources.files("startgate").joinpath("startgate.schema.json").read_text())
DEFINITIONS = SCHEMA["$defs"]


def complaints(plan: dict[str, Any]) -> list[str]:
    schema = Draft202012Validator({"$ref": "#/$defs/plan", "$defs": DEFINITIONS})
    return [f"{error.json_path}: {error.message}" for error in schema.iter_errors(json.loads(json.dumps(plan)))]


def test_the_plan_of_the_sample_tenant_fits() -> None:
    assert complaints(sample_plan()) == []


@pytest.mark.parametrize(
    "records",
    [
        [],
        proof("a"),
        [send("a", i / 60) for i in range(60)],
        [*proof("a"), notice("a", 1, auth0_client={"name": "node-auth0", "version": "2.1.0"})],
        [record("depnote", None, 1), notice(None, 2, client_name="nobody's")],
    ],
    ids=["empty", "quiet", "sends alone", "noticed", "nameless"],
)
def test_the_plan_of_a_small_tenant_fits(records: list[Record], tmp_path: Path) -> None:
    (tmp_path / "exceptions.json").write_text(json.dumps([{"client_id": "a", "until": "2026-12-31", "why": "known"}]))
    marks = ("2026-11-02=release",)
    assert complaints(plan_of(tmp_path, records, [client("a")], exceptions=tmp_path / "exceptions.json", marks=marks)) == []


def test_the_causes_and_findings_of_the_schema_are_those_of_the_engine() -> None:
    members = DEFINITIONS["plan_application"]["properties"]
    for listed, rows in ((members["reason"], plan_reasons()), (members["findings"]["items"], plan_findings())):
        assert {row["const"]: row["description"] for row in listed["oneOf"]} == rows
