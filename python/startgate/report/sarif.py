"""The plan as SARIF 2.1.0: one rule per cause, one result per application that has something to mend; a clean run has none."""

import hashlib
from typing import Any
from urllib.parse import quote

from .. import __version__, plan_words
from ..plan import identity
from ..visible import visible

LEVELS = {"breaks": "error", "cannot_tell": "warning", "safe": "note"}
GUIDE = "https://auth0.com/docs/troubleshoot/product-lifecycle/past-migrations/migrate-to-passwordless"


def render(plan: dict[str, Any], export: str = "clients.json") -> dict[str, Any]:
    found = [a for a in plan["applications"] if a["verdict"] != "safe" or a["fix"]["code"] != "none"]
    rules = {a["reason"]: _rule(a) for a in found}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "startgate",
                        "version": __version__,
                        "informationUri": GUIDE,
                        "rules": list(rules.values()),
                    }
                },
                "results": [_result(a, list(rules), export) for a in found],
                "invocations": [
                    {"executionSuccessful": True, "toolExecutionNotifications": [_unread(u) for u in plan["unread"]]}
                ],
            }
        ],
    }


def _rule(a: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": a["reason"],
        "shortDescription": {"text": a["text"]},
        "help": {"text": a["fix"]["text"]},
        "helpUri": GUIDE,
        "defaultConfiguration": {"level": LEVELS[a["verdict"]]},
    }


def _result(a: dict[str, Any], rules: list[str], export: str) -> dict[str, Any]:
    who = visible(a["name"] or a["client_id"])
    result: dict[str, Any] = {
        "ruleId": a["reason"],
        "ruleIndex": rules.index(a["reason"]),
        "level": LEVELS[a["verdict"]],
        "message": {"text": f"{who}: {a['text']}. {plan_words.evidence_line(a['evidence'])}. Fix: {a['fix']['text']}."},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": quote(export)}, "region": {"startLine": 1}},
                "logicalLocations": [{"name": who, "fullyQualifiedName": visible(a["client_id"] or a["name"]), "kind": "module"}],
            }
        ],
        # The same application with the same cause stays the same result, however much more evidence there is.
        "partialFingerprints": {"application/v1": hashlib.sha256(f"{identity(a)}\0{a['reason']}".encode()).hexdigest()},
    }
    if a["owner"]:
        result["properties"] = {"owner": visible(a["owner"])}
    if a["in_baseline"]:
        result["baselineState"] = "unchanged"
    if (exception := a["exception"]) and exception["in_force"]:
        result["suppressions"] = [
            {"kind": "external", "justification": f"until {exception['until']}: {visible(exception['why'])}"}
        ]
    return result


def _unread(place: dict[str, Any]) -> dict[str, Any]:
    return {
        "level": "warning",
        "message": {"text": f"not read: {visible(place['file'])}:{place['line']}: {visible(place['expected'])}"},
    }
