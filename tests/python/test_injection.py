"""What strangers write stays text wherever it is shown."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from tenant_logs import client, notice, record, write

from startgate.cli import main

TENANT = Path(__file__).parents[2] / "examples" / "tenant"
CLIENTS = json.loads((TENANT / "clients.json").read_text())
REQUESTS = [json.loads(line) for line in (TENANT / "requests.ndjson").read_text().splitlines()]
POLICY, ENFORCED = (str(TENANT / name) for name in ("policy.json", "policy-enforced.json"))
CHECKOUT = "checkout6RTgadK4WdIcamPX2yOTQUuO"
NOW = 1_795_514_400_000_000_000

HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover='alert(1)' x=\"",
    "rich markup": "[link=https://evil.example]win[/link][bold red]x[/]",
    "colour": "\x1b[31mred\x1b[0m",
    "hyperlink": "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "title": "\x1b]0;owned\x07",
    "c1 controls": "\x9b31mred\x9d0;owned\x9c",
    "line breaks": "a\r\nSet-Cookie: a=b\nx\x0b\x0c\x85\u2028\u2029",
    "bidi": "\u202egpj.exe\u2066x\u2069\u200f",
    "zero width": "a\u200bb\u200d\ufeff\u00adc",
    "markdown": "| **bold** [click](https://evil.example) `x` ![i](https://evil.example/i.png)",
    "template": "{{ 7*7 }}{% raw %}${7*7}%s{0}",
    "formula": '=HYPERLINK("https://evil.example")\t+1\t-1\t@SUM(1)',
    "backspace": "good\b\b\b\bevil\x7f\x00",
    "tags": "a\U000e0041\U000e0042",
}
# C0 apart from the line feed, DEL, C1, zero width, line and paragraph separators, bidirectional controls, tags.
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")

hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def request_line(text: str) -> str:
    """A request in which everything that a stranger chooses is this text."""
    headers = [
        ["user-agent", text],
        ["x-forwarded-for", text],
        ["auth0-forwarded-for", text],
        ["origin", text],
        [text, text],
        ["auth0-client", text],
    ]
    body = {
        "client_id": text,
        "connection": "email",
        "email": f"{text}@example.com",
        "send": text,
        text: text,
        "authParams": {"state": text},
    }
    return json.dumps({"id": text, "at": "2026-11-24T10:00:00Z", "peer": "10.0.0.1", "headers": headers, "body": body})


@pytest.fixture
def files(tmp_path: Path, request: pytest.FixtureRequest) -> list[str]:
    """Options for a tenant whose first application has the hostile text for a name and another one for its client_id."""
    text = request.getfixturevalue("text")
    named, identified = {**CLIENTS[1], "name": text}, {**CLIENTS[1], "client_id": text, "name": f"{text} 2"}
    clients = tmp_path / "clients.json"
    clients.write_text(json.dumps([named, identified]))
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"client_address": {"trusted_proxies": ["10.0.0.0/8"]}}))
    return ["-a", str(clients), "-p", str(policy)]


def lines_of(text: str) -> list[str]:
    plain = json.dumps(
        {"id": text, "peer": "10.0.0.1", "body": {"client_id": CHECKOUT, "connection": "email", "email": "ada@example.com"}}
    )
    shaped = json.dumps(
        {"id": "r", "peer": "10.0.0.1", "body": {"client_id": text, "connection": "email", "email": "ada@example.com"}}
    )
    return [plain, shaped, request_line(text)]


@hostile
def test_decide_writes_ascii_and_one_line_for_each(text: str, files: list[str], feed, capsys) -> None:
    feed("".join(f"{line}\n" for line in lines_of(text)))
    assert main(["decide", *files]) == 0
    shown = capsys.readouterr().out
    assert shown.isascii()
    assert STEERS.search(shown) is None
    assert [json.loads(line)["id"] for line in shown.splitlines()] == [text, "r", text]


@hostile
def test_no_response_header_is_made_of_what_a_stranger_wrote(text: str, files: list[str], feed, capsys) -> None:
    feed("".join(f"{line}\n" for line in lines_of(text)))
    main(["decide", *files])
    for line in capsys.readouterr().out.splitlines():
        for name, value in json.loads(line)["response"]["headers"]:
            assert re.fullmatch(r"[a-z-]+", name, re.IGNORECASE)
            assert re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", value)
            assert text not in value


@hostile
@pytest.mark.parametrize("which", [0, 1, 2])
def test_explain_shows_hostile_text_as_text(text: str, which: int, files: list[str], feed, capsys) -> None:
    feed(lines_of(text)[which])
    assert main(["explain", *files]) == 1
    shown = capsys.readouterr().out
    assert STEERS.search(shown) is None
    feed(lines_of(text)[which])
    main(["explain", *files, "--json"])
    as_json = capsys.readouterr().out
    assert as_json.isascii()
    assert STEERS.search(as_json) is None


@hostile
def test_explain_of_a_log_record_shows_hostile_text_as_text(text: str, files: list[str], feed, capsys) -> None:
    record = {
        "type": "depnote",
        "date": "2026-11-20T08:00:00.000Z",
        "client_id": None,
        "client_name": text,
        "ip": text,
        "user_agent": text,
    }
    feed(json.dumps(record))
    assert main(["explain", *files]) in {1, 2}
    said = capsys.readouterr()
    assert STEERS.search(said.out + said.err) is None


@hostile
def test_replay_shows_hostile_text_as_text(text: str, files: list[str], tmp_path: Path, capsys) -> None:
    requests = tmp_path / "requests.ndjson"
    requests.write_text("".join(f"{line}\n" for line in lines_of(text)))
    assert main(["replay", str(requests), *files[:2], "-p", POLICY, "--against", ENFORCED]) == 1
    shown = capsys.readouterr().out
    assert STEERS.search(shown) is None
    main(["replay", str(requests), *files[:2], "-p", POLICY, "--against", ENFORCED, "--json"])
    assert capsys.readouterr().out.isascii()


def test_markup_in_a_name_is_shown_and_not_obeyed(tmp_path: Path, feed, capsys) -> None:
    text = HOSTILE["rich markup"]
    clients = tmp_path / "clients.json"
    clients.write_text(json.dumps([{**CLIENTS[1], "name": text}]))
    feed(lines_of("r")[0])
    main(["explain", "-a", str(clients)])
    assert text in capsys.readouterr().out


@hostile
def test_an_error_is_one_line_that_steers_nothing(text: str, tmp_path: Path, capsys) -> None:
    policy = tmp_path / "policy.json"
    for wrong in (
        {text: 1},
        {"enforcement": {text: 1}},
        {"client_address": {"trusted_proxies": [text]}},
        {"enforcement": {"applications": {text: text}}},
    ):
        policy.write_text(json.dumps(wrong))
        assert main(["decide", "-a", str(TENANT / "clients.json"), "-p", str(policy)]) == 2
        error = capsys.readouterr().err
        assert STEERS.search(error) is None
        assert error.count("\n") == 1
    assert main(["policy", "--profile", text]) == 2
    assert main([text]) == 2
    said = capsys.readouterr().err
    assert STEERS.search(said) is None
    assert said.count("\n") == 2


def test_a_line_that_only_the_engine_can_read_stops_no_replay(tmp_path: Path, capsys) -> None:
    """Python's reader gives up where ours does not: deep nesting, long numbers, lone surrogates."""
    requests = tmp_path / "requests.ndjson"
    bodies = ["[" * 1015 + "]" * 1015, "1" * 5000, '"\\ud800"']
    requests.write_text("".join(f'{{"id": "r", "peer": "::1", "body": {body}}}\n' for body in bodies))
    assert main(["replay", str(requests), "-a", str(TENANT / "clients.json"), "-p", POLICY, "--against", ENFORCED, "--json"]) in {
        0,
        1,
    }
    assert json.loads(capsys.readouterr().out)["requests"] == len(bodies)


# ---- the plan and the log search -----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would make of a page: its tags and the attributes of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def plan_inputs(tmp_path: Path, request: pytest.FixtureRequest) -> list[str]:
    """A log and an export in which everything that a stranger chooses is the hostile text."""
    text = request.getfixturevalue("text")
    sdk = {"auth0_client": {"name": text, "version": text}, "user_agent": text, "user_name": text, "hostname": text}
    records = [
        notice("a", 1, **sdk),
        notice("b", 2),
        notice(None, 3, client_name=f"{text} 3"),
        notice(f"{text} 4", 4, client_name=text, ip=text),
        record("f", "a", 5, description=text, details={"body": {"client_id": text, "email": text}}, **sdk),
    ]
    export = [
        client("a", name=text, client_metadata={"owner": text}),
        client("b", callbacks=[text], allowed_origins=[text]),
        client(text, name=f"{text} 5"),
    ]
    logs, applications = write(tmp_path, records, export)
    logs.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
    return [str(logs), "-a", str(applications)]


@hostile
def test_every_view_of_the_plan_shows_hostile_text_as_text(text: str, plan_inputs: list[str], tmp_path: Path, capsys) -> None:
    outputs = {name: tmp_path / f"out.{name}" for name in ("html", "markdown", "sarif", "ndjson", "canary")}
    assert main(["plan", *plan_inputs, "--snippets", *(f"--{name}={path}" for name, path in outputs.items())]) == 1
    views = {"terminal": capsys.readouterr().out, **{name: path.read_text() for name, path in outputs.items()}}
    main(["plan", *plan_inputs, "--json"])
    views["json"] = capsys.readouterr().out
    assert {name for name, shown in views.items() if STEERS.search(shown)} == set()
    for name in ("sarif", "canary", "json"):
        json.loads(views[name])

    page = Page(views["html"])
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "iframe", "object", "embed", "base"})
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []
    links = [value for _, attributes in page.tags for name, value in attributes.items() if name in {"href", "src", "xlink:href"}]
    assert [link for link in links if "evil" in str(link)] == []

    rendered = Page(MarkdownIt("commonmark").enable("table").render(views["markdown"]))
    assert {tag for tag, _ in rendered.tags}.isdisjoint({"script", "img", "a"})
    cells = [tag for tag, _ in rendered.tags if tag in {"tr", "td"}]
    assert {len(row) for row in "".join(tag[1] for tag in cells).split("r") if row} == {4}


@hostile
def test_a_found_record_means_the_same_and_steers_nothing(text: str, plan_inputs: list[str], capfdbinary) -> None:
    assert main(["logs", "type:depnote OR type:f", plan_inputs[0]]) == 0
    shown = capfdbinary.readouterr().out.decode()
    assert STEERS.search(shown) is None
    assert [json.loads(line) for line in shown.splitlines()] == [
        json.loads(line) for line in Path(plan_inputs[0]).read_text().split("\n") if line
    ]
