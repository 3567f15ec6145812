"""What programs read: SARIF by the rules of its standard, Markdown through a parser, NDJSON and JSON line by line."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from tenant_logs import Record, client, notice, plan_of, proof, record, send, write

import startgate
from startgate.cli import main
from startgate.plan import Plan
from startgate.report import markdown, sarif
from startgate.report import write as files

NAMES = (
    "plain",
    "<script>alert(1)</script><img src=x>",
    "a | b || c \\| d",
    "[click](https://evil.example) ![i](https://evil.example/x.png) <https://evil.example>",
    "**bold** _em_ `code` ``two`` ~~gone~~ # head",
    "line\nbreak\r\n\n# head\n\n| a | b |\n",
    "{0} {1} {{x}} \\u{202e} [text](1)",
    "@everyone #12 https://evil.example www.evil.example",
    "\u202eevil \u2028 \x1b[31m",
    "` lone backtick",
    "<!-- comment -->",
    "&lt;b&gt; &amp; &#x3c;",
)


def hostile(folder: Path) -> Plan:
    clients = [client(f"c{i}{name}", name=name, client_metadata={"owner": name}) for i, name in enumerate(NAMES)]
    records: list[Record] = []
    for i, name in enumerate(NAMES):
        sdk = {"name": name, "version": name}
        records += [notice(f"c{i}{name}", i, auth0_client=sdk), send(f"c{i}{name}", 50 + i, auth0_client=sdk, ip=name)]
        records.append(record("depnote", "x", 99, description=f"{name}: This feature is being deprecated.", log_id=f"x{i}"))
    excused = [{"client_id": c["client_id"], "until": "2099-01-01", "why": c["name"]} for c in clients]
    (folder / "exceptions").write_text(json.dumps(excused))
    plan = plan_of(folder, records, clients, exceptions=folder / "exceptions")
    return plan | {
        "unread": [{"file": f"{name}.json", "line": 3, "expected": name} for name in NAMES],
        "unread_count": len(NAMES),
    }


# ---- SARIF 2.1.0 ---------------------------------------------------------------------------------------------------------------


def run_of(plan: Plan, export: str = "clients.json") -> dict[str, Any]:
    log = sarif.render(plan, export)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    [run] = log["runs"]
    return dict(run)


def small(folder: Path, **settings: Any) -> Plan:
    old = {"auth0_client": {"name": "node-auth0", "version": "2.23.0"}}
    older = {"auth0_client": {"name": "ruby-auth0", "version": "4.10.0"}}
    records = [*proof("fine"), notice("one", 1, **old), notice("two", 2, **older), notice("gone", 3)]
    return plan_of(folder, records, [client(c) for c in ("fine", "one", "two", "unseen")], **settings)


def test_every_result_names_its_rule_by_id_and_index_and_has_what_the_standard_requires(tmp_path: Path) -> None:
    run = run_of(small(tmp_path))
    driver, results = run["tool"]["driver"], run["results"]
    assert {"name", "version", "informationUri", "rules"} <= driver.keys()
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    assert results
    for result in results:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"].endswith(".")
        [location] = result["locations"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert re.fullmatch(r"[0-9a-f]{64}", result["partialFingerprints"]["application/v1"])
    for invocation in run["invocations"]:
        assert invocation["executionSuccessful"] is True


def test_a_result_points_at_the_line_of_the_export_that_names_the_application(tmp_path: Path) -> None:
    _, clients = write(tmp_path, [notice("one", 1), notice("two", 2), notice("gone", 3)], [])
    clients.write_text(json.dumps({"clients": [client("one"), client("two")]}, indent=2))
    logs = tmp_path / "logs.ndjson"
    assert main(["plan", str(logs), "-a", str(clients), "--sarif", str(tmp_path / "sarif")]) == 1
    results = json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]
    text = clients.read_text().splitlines()
    for result in results:
        place = result["locations"][0]["physicalLocation"]
        who = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
        assert place["artifactLocation"]["uri"] == str(clients)
        line = text[place["region"]["startLine"] - 1]
        assert f'"client_id": "{who}"' in line if who != "gone" else place["region"]["startLine"] == 1


def test_a_rule_says_what_holds_of_all_its_results(tmp_path: Path) -> None:
    run = run_of(small(tmp_path))
    [rule] = [rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "sdk_too_old"]
    assert "2.24.0" not in rule["help"]["text"]
    assert "4.11.0" not in rule["help"]["text"]
    sentences = {row["code"]: row["sentence"] for row in startgate.fixes()}
    assert rule["help"]["text"] == sentences["upgrade_sdk"]
    told = " ".join(result["message"]["text"] for result in run["results"])
    assert "node-auth0 2.24.0 is the first version" in told
    assert "ruby-auth0 4.11.0 is the first version" in told


def test_a_baseline_and_exceptions_are_told_of_all_results_or_of_none(tmp_path: Path) -> None:
    plain = run_of(small(tmp_path))["results"]
    assert not any(result.keys() & {"baselineState", "suppressions"} for result in plain)
    (tmp_path / "before").write_text(json.dumps({"applications": [{"client_id": "one", "verdict": "breaks"}]}))
    (tmp_path / "excused").write_text(json.dumps([{"client_id": "two", "until": "2099-01-01", "why": "known"}]))
    results = run_of(small(tmp_path, baseline=tmp_path / "before", exceptions=tmp_path / "excused"))["results"]
    by_id = {r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: r for r in results}
    assert {who: r["baselineState"] for who, r in by_id.items()} == {
        "one": "unchanged", "two": "new", "gone": "new", "unseen": "new",
    }  # fmt: skip
    assert {who: len(r["suppressions"]) for who, r in by_id.items()} == {"one": 0, "two": 1, "gone": 0, "unseen": 0}
    assert by_id["two"]["suppressions"] == [{"kind": "external", "justification": "until 2099-01-01: known"}]


def test_a_message_holds_no_placeholder_and_no_link(tmp_path: Path) -> None:
    run = run_of(hostile(tmp_path), "clients (1) {0}.json")
    messages = [result["message"]["text"] for result in run["results"]]
    messages += [n["message"]["text"] for i in run["invocations"] for n in i["toolExecutionNotifications"]]
    assert len(messages) == 2 * len(NAMES)
    for text in messages:
        assert not re.search(r"(?<!\{)(\{\{)*\{(?!\{)|(?<!\})(\}\})*\}(?!\})", text), "braces come in pairs"
        assert not re.search(r"(?<!\\)\]\(", text)
        assert "\n" not in text


def test_what_was_not_read_has_its_place(tmp_path: Path) -> None:
    plan = small(tmp_path) | {"unread": [{"file": "logs of may/a.ndjson", "line": 7, "expected": "a record"}]}
    [notification] = run_of(plan)["invocations"][0]["toolExecutionNotifications"]
    assert notification["level"] == "warning"
    assert notification["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "logs%20of%20may/a.ndjson"}, "region": {"startLine": 7}}}
    ]


# ---- Markdown ------------------------------------------------------------------------------------------------------------------


class Shown(HTMLParser):
    """Tags, and the text of every table cell."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []
        self.text = ""
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += data


def shown(text: str) -> Shown:
    return Shown(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


def test_no_text_from_outside_becomes_markup_in_markdown(tmp_path: Path) -> None:
    found = shown(markdown.render(hostile(tmp_path)))
    assert found.tags <= {"h1", "h2", "h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "ul", "li"}
    assert {len(row) for row in found.rows} == {4}
    assert len(found.rows) == 1 + len(NAMES)
    for name in NAMES:
        if name.isprintable():
            assert any(row[0].startswith(name) for row in found.rows), name


def test_no_address_is_made_a_link_and_nobody_is_called_by_markdown(tmp_path: Path) -> None:
    text = markdown.render(hostile(tmp_path))
    prose = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "@everyone" not in prose.replace("\\@", "")
    assert "https://evil" not in prose
    assert not re.search(r"www\.evil", prose)


def test_a_snippet_stays_within_its_fence(tmp_path: Path) -> None:
    found = shown(markdown.render(hostile(tmp_path)))
    assert "client_secret" in found.text
    assert "```" not in found.text


# ---- JSON and NDJSON -----------------------------------------------------------------------------------------------------------


def test_ndjson_is_one_application_a_line_and_says_what_json_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs, clients = write(tmp_path, [notice(f"c{i}", i, client_name=n) for i, n in enumerate(NAMES)], [
        client(f"c{i}", name=n) for i, n in enumerate(NAMES)
    ])  # fmt: skip
    assert main(["plan", str(logs), "-a", str(clients), "--json", "--ndjson", str(tmp_path / "nd")]) == 1
    text = (tmp_path / "nd").read_bytes()
    assert text.isascii()
    assert text.endswith(b"\n")
    lines = text.decode().split("\n")[:-1]
    assert [json.loads(line) for line in lines] == json.loads(capsys.readouterr().out)["applications"]
    assert len(lines) == len(NAMES)


def test_json_steers_nothing_it_is_printed_to(tmp_path: Path) -> None:
    text = files.as_json(hostile(tmp_path))
    assert text.isascii()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", text)
