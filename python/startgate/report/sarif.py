"""The plan as SARIF 2.1.0: one rule per cause, one result per application that has something to mend; a clean run has none."""

import hashlib
import re
from typing import Any
from urllib.parse import quote

from .. import __version__, plan_words
from .._core import fixes
from ..plan import identity
from ..visible import visible

LEVELS = {"breaks": "error", "cannot_tell": "warning", "safe": "note"}
FIXES = {row["code"]: row["sentence"] for row in fixes()}
GUIDE = "https://auth0.com/docs/troubleshoot/product-lifecycle/past-migrations/migrate-to-passwordless"


def render(plan: dict[str, Any], export: str = "clients.json") -> dict[str, Any]:
    found = [a for a in plan["applications"] if a["verdict"] != "safe" or a["fix"]["code"] != "none"]
    rules = {a["reason"]: _rule(a) for a in found}
    results = [_result(a, list(rules), export) for a in found]
    # Of all results or of none (3.27.23 and 3.27.24): whoever looks at one knows of all.
    if any(a["in_baseline"] for a in plan["applications"]):
        for result, a in zip(results, found, strict=True):
            result["baselineState"] = "unchanged" if a["in_baseline"] else "new"
    if any(a["exception"] for a in plan["applications"]):
        for result, a in zip(results, found, strict=True):
            result["suppressions"] = _suppressions(a["exception"])
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
                "results": results,
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
        "help": {"text": FIXES[a["fix"]["code"]]},  # not the application's own, which may name its SDK
        "helpUri": GUIDE,
        "defaultConfiguration": {"level": LEVELS[a["verdict"]]},
    }


def _result(a: dict[str, Any], rules: list[str], export: str) -> dict[str, Any]:
    who = visible(a["name"] or a["client_id"])
    text = f"{who}: {a['text']}. {plan_words.evidence_line(a['evidence'])}. Fix: {a['fix']['text']}."
    result: dict[str, Any] = {
        "ruleId": a["reason"],
        "ruleIndex": rules.index(a["reason"]),
        "level": LEVELS[a["verdict"]],
        "message": {"text": _plain(text)},
        "locations": [
            {
                "physicalLocation": _place(export, a["exported_at"] or 1),
                "logicalLocations": [{"name": who, "fullyQualifiedName": visible(a["client_id"] or a["name"]), "kind": "module"}],
            }
        ],
        # The same application with the same cause stays the same result, however much more evidence there is.
        "partialFingerprints": {"application/v1": hashlib.sha256(f"{identity(a)}\0{a['reason']}".encode()).hexdigest()},
    }
    if a["owner"]:
        result["properties"] = {"owner": visible(a["owner"])}
    return result


def _plain(text: str) -> str:
    """A message without placeholders and embedded links (3.11.5, 3.11.6), whatever stands in a name."""
    return re.sub(r"([\[\]])", r"\\\1", text).replace("{", "{{").replace("}", "}}")


def _place(file: str, line: int) -> dict[str, Any]:
    return {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": line}}


def _suppressions(exception: dict[str, Any] | None) -> list[dict[str, str]]:
    if not exception or not exception["in_force"]:
        return []
    return [{"kind": "external", "justification": f"until {exception['until']}: {visible(exception['why'])}"}]


def _unread(place: dict[str, Any]) -> dict[str, Any]:
    text = f"not read: {visible(place['file'])}:{place['line']}: {visible(place['expected'])}"
    return {
        "level": "warning",
        "message": {"text": _plain(text)},
        "locations": [{"physicalLocation": _place(visible(place["file"]), place["line"])}],
    }
