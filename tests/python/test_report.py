"""The renderers: one plan, the same in every format, harmless wherever it is shown."""

import fcntl
import functools
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from tenant_logs import client, notice, plan_of, proof, record, send
from tenant_logs import write as write_logs

from startgate.cli import main
from startgate.log_files import sources
from startgate.plan import Settings, make_plan
from startgate.plan_view import print_for_people
from startgate.report import charts, html, markdown, sarif, write

SAMPLE = Path(__file__).parents[2] / "examples" / "tenant"
HOSTILE = (
    "<script>alert('x')</script>[link=https://evil.example]win[/link] [bold red]\x1b[31mred\x1b]8;;https://evil.example\x07"
    "\r\nSet-Cookie: a=b | **bold** [click](https://evil.example) `code` ![i](x) &amp; \u202etxt"
)


@functools.cache
def plan() -> dict[str, Any]:
    return make_plan(sources([SAMPLE / "logs.ndjson.gz"]), Settings(SAMPLE / "clients.json", SAMPLE / "tenant.json"))


def hostile(folder: Path) -> dict[str, Any]:
    sdk = {"name": HOSTILE, "version": "</script>"}
    return plan_of(folder, [notice("a", 1, auth0_client=sdk), notice("b", 2)], [client("a", name=HOSTILE)])


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_shows_every_application_and_loads_nothing() -> None:
    page = Page(html.render(plan()))
    shown = [attributes["data-client-id"] for tag, attributes in page.tags if tag == "section"]
    assert sorted(filter(None, shown)) == sorted(a["client_id"] for a in plan()["applications"])
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "iframe", "object", "embed", "img", "image", "use", "base"})
    links = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("href", "src", "xlink:href")]
    assert [link for link in links if link != "data:," and not re.fullmatch(r"#a\d+", link or "")] == []
    assert {f"#{attributes['id']}" for tag, attributes in page.tags if tag == "section"} == set(links) - {"data:,"}
    assert sum(tag == "svg" for tag, _ in page.tags) == 4


def test_the_plots_show_days_without_a_call_and_no_years_for_a_stray_date(tmp_path: Path) -> None:
    found = plan_of(tmp_path, [send("a", 0), send("a", 72)], [client("a")])
    assert [day["sends"] for day in charts.days_of(found)] == [1, 0, 0, 1]
    stray = plan_of(tmp_path, [send("a", 0), send("a", 1, date="1971-01-01T00:00:00Z")], [client("a")])
    assert len(charts.days_of(stray)) == charts.MOST_DAYS


def test_a_release_is_marked_over_the_timeline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = plan_of(tmp_path, [send("a", hours) for hours in range(24 * 30)], [client("a")], marks=("2026-11-12=checkout <4.2>",))
    page = html.render(found)
    assert "▲ 2026-11-12: checkout &lt;4.2&gt;" in page
    assert page.count(">11-12 ▲</text>") == 2
    logs, clients = write_logs(tmp_path, [], [client("a")])
    assert main(["plan", str(logs), "-a", str(clients), "--mark", "yesterday=x"]) == 2
    assert capsys.readouterr().err.startswith("startgate: --mark: expected DATE=TEXT such as 2026-11-24=checkout 4.2")


@pytest.mark.parametrize("render", [html.render, markdown.render, lambda p: write.as_json(sarif.render(p))])
def test_no_control_character_survives(render: Any, tmp_path: Path) -> None:
    text = render(hostile(tmp_path))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert "\nSet-Cookie" not in text


def test_a_hostile_name_stays_text_in_html(tmp_path: Path) -> None:
    page = Page(html.render(hostile(tmp_path)))
    assert "script" not in {tag for tag, _ in page.tags}
    assert all(not name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_a_hostile_name_stays_text_in_markdown(tmp_path: Path) -> None:
    text = markdown.render(hostile(tmp_path))
    for alive in ("<script>", "[click](", "![i](", "**bold**"):
        assert alive not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_the_terminal_shows_all_of_it_and_obeys_none_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_for_people(hostile(tmp_path), snippets=True)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "[link=https://evil.example]win[/link]" in shown
    print_for_people(plan())
    shown = capsys.readouterr().out
    for application in plan()["applications"]:
        assert application["client_id"] in shown


def test_every_format_names_the_same_applications_with_the_same_verdict() -> None:
    marks = markdown.render(plan())
    results = sarif.render(plan())["runs"][0]["results"]
    bad = {a["client_id"] for a in plan()["applications"] if a["verdict"] != "safe" or a["reason"] == "secret_in_browser"}
    assert {r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for r in results} == bad
    for application in plan()["applications"]:
        assert re.search(rf"`{application['client_id']}` \| {application['verdict']}", marks)


def test_a_sarif_result_keeps_its_fingerprint_and_a_clean_run_has_none(tmp_path: Path) -> None:
    once, more = ([notice("a", i) for i in range(n)] for n in (1, 5))
    prints = [
        [r["partialFingerprints"] for r in sarif.render(plan_of(tmp_path, records, [client("a")]))["runs"][0]["results"]]
        for records in (once, more)
    ]
    assert prints[0] == prints[1]
    assert sarif.render(plan_of(tmp_path, [], [client("a", app_type="spa")]))["runs"][0]["results"] == []


def test_no_report_carries_a_secret_a_link_or_a_state() -> None:
    assert "not-a-real-secret" in (SAMPLE / "clients.json").read_text()
    for text in (html.render(plan()), markdown.render(plan()), write.as_json(sarif.render(plan())), write.as_json(plan())):
        assert "not-a-real" not in text
        assert "verify_redirect" not in text
        assert "@example.com" not in text


def test_the_command_writes_every_file_and_exits_with_one_where_something_breaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("html", "markdown", "sarif", "ndjson", "canary")
    arguments = [text for name in names for text in (f"--{name}", str(tmp_path / name))]
    inputs = [str(SAMPLE / "logs.ndjson.gz"), "-a", str(SAMPLE / "clients.json"), "-t", str(SAMPLE / "tenant.json")]
    assert main(["plan", *inputs, *arguments, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "breaks"
    assert {"verdict", "window", "applications", "unread"} <= found.keys()
    assert {"client_id", "name", "verdict", "reason", "evidence", "fix"} <= found["applications"][0].keys()
    assert len((tmp_path / "ndjson").read_text().splitlines()) == len(found["applications"])
    assert main(["plan", *inputs, "--fail-on", "never", "--json"]) == 0
    capsys.readouterr()
    decide = ["decide", str(SAMPLE / "requests.ndjson"), "-a", str(SAMPLE / "clients.json"), "-k", str(SAMPLE / "keys.json")]
    assert main([*decide, "-p", str(tmp_path / "canary")]) == 0
    assert "<!doctype html>" in (tmp_path / "html").read_text()


def test_a_browser_opens_the_page_without_an_error_and_without_the_network(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(html.render(plan()))
    browser = which("chromium") or which("google-chrome")
    assert browser, "this test needs Chromium (Debian: chromium)"
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        "--v=0",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    opened = subprocess.run(
        [*command, "--dump-dom", f"file://{tmp_path / 'report.html'}"], capture_output=True, text=True, timeout=120, check=True
    )
    assert "CONSOLE" not in opened.stderr
    for application in plan()["applications"]:
        assert f'data-client-id="{application["client_id"]}"' in opened.stdout


def test_a_leaked_secret_is_mended_in_every_format_though_nothing_breaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = {"auth0_client": {"name": "auth0.js", "version": "9.32.0"}}
    logins = [record("s", "a", 0), record("s", "a", 96)]
    found = plan_of(tmp_path, [*logins, *(send("a", 8 * i, **page) for i in range(12))], [client("a")])
    assert found["applications"][0]["reason"] == "secret_in_browser"
    assert "rotate_leaked_secret" in html.render(found)
    assert "rotate_leaked_secret" in markdown.render(found)
    assert [r["level"] for r in sarif.render(found)["runs"][0]["results"]] == ["note"]
    print_for_people(found)
    assert "take the secret out of the page and rotate it" in capsys.readouterr().out


def test_every_view_says_what_to_send_and_what_takes_it_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_for_people(plan())
    for text in (unescape(html.render(plan())), markdown.render(plan()), capsys.readouterr().out):
        for value in ("true", "false"):
            change = (
                f'PATCH /api/v2/tenants/settings {{"flags": {{"enforce_client_authentication_on_passwordless_start": {value}}}}}'
            )
            assert change in text
        assert "enforce first" in text
        assert '"enforcement": {"mode": "notice", "applications": {}}' in text.replace("\\", "")


def test_at_a_terminal_lines_are_folded_between_words(tmp_path: Path) -> None:
    logs, clients = write_logs(tmp_path, [*proof("a"), notice("b", 200)], [client("a"), client("b")])
    code = "from startgate.cli import main; main()"
    command = [sys.executable, "-c", code, "plan", str(logs), "-a", str(clients)]
    narrow = re.sub("\x1b\\[[0-9;]*m", "", at_a_terminal(command, columns=80))
    piped = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert max(len(line.rstrip()) for line in narrow.splitlines()) <= 80
    assert max(map(len, piped.splitlines())) > 200
    assert narrow.split() == piped.split()


def at_a_terminal(command: list[str], columns: int) -> str:
    """What a command prints to a terminal of this width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": str(columns)}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux says so when the other end has closed
            while piece := os.read(ours, 1 << 16):
                shown += piece
        os.close(ours)
        process.wait()
    return shown.decode()


def test_a_terminal_that_lacks_a_character_gets_its_number(tmp_path: Path) -> None:
    logs, clients = write_logs(tmp_path, [notice("b", 200)], [client("b", name="Zoë")])
    command = [sys.executable, "-c", "from startgate.cli import main; main()", "plan", str(logs), "-a", str(clients)]
    shown = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii"}, check=True).stdout
    assert b"Zo\\xeb" in shown


def test_stand_ins_stay_the_same_under_one_key_and_a_key_that_can_be_guessed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs, clients = write_logs(tmp_path, [send("a", i / 60) for i in range(60)], [client("a")])
    shown = set()
    for key in ("k" * 16, "k" * 16, "l" * 16):
        (tmp_path / "key").write_text(f"{key}\n")
        assert main(["plan", str(logs), "-a", str(clients), "--json", "--pseudonym-key", str(tmp_path / "key")]) == 0
        shown.add(json.loads(capsys.readouterr().out)["limits"]["start_per_address"][0]["address"])
    assert len(shown) == 2
    (tmp_path / "key").write_text("\n")
    assert main(["plan", str(logs), "-a", str(clients), "--pseudonym-key", str(tmp_path / "key")]) == 2
    assert capsys.readouterr().err == f"startgate: {tmp_path / 'key'}: expected a key of at least 16 characters\n"
