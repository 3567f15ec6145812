"""The README's examples run, and its tables say what the engine says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import startgate

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    assert found, language
    return found[0]


def reason_table() -> str:
    fixes = {row["code"]: row["sentence"] for row in startgate.fixes()}
    rows = ["| code | cause | usual fix |", "| --- | --- | --- |"]
    for row in startgate.reasons():
        if row["code"] != "none":
            rows.append(f"| `{row['code']}` | {row['sentence']} | {fixes[row['fix']] if row['fix'] != 'none' else ''} |")
    return "\n".join(rows)


def test_the_cpp_example_is_the_file_that_is_compiled():
    assert block("cpp") == (ROOT / "examples" / "cpp" / "decide.cpp").read_text()


def test_the_cpp_example_compiles_and_runs(tmp_path):
    program = tmp_path / "decide"
    source = ROOT / "examples" / "cpp" / "decide.cpp"
    subprocess.run(["g++", "-std=c++20", "-I", ROOT / "include", source, "-o", program, "-lcrypto"], check=True, timeout=300)
    said = subprocess.run([program], check=True, capture_output=True, text=True, timeout=10).stdout.splitlines()
    assert [line.split(":")[0] for line in said] == ["403 authentication_missing", "200 allowed_authenticated"]


def test_the_python_example_runs(capsys):
    exec(compile(block("python"), "README.md", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out == (
        "deny authentication_missing call from the backend and send the application's client_secret in the JSON body\n"
    )


def commands_of_the_plan() -> list[str]:
    [found] = re.findall(r"<!-- run by the tests, line by line -->\n```sh\n(.*?)```", README, flags=re.DOTALL)
    place, *commands = found.splitlines()
    assert place == "cd examples/tenant"
    return commands


def test_every_command_of_the_plan_runs_as_it_is_printed(tmp_path):
    tenant = tmp_path / "tenant"
    shutil.copytree(ROOT / "examples" / "tenant", tenant)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    expected = {"logs": 0, "plan": 1, "decide": 0, "replay": 1, "diff": 1}
    for command in commands_of_the_plan():
        ended = subprocess.run(
            ["bash", "-c", command], cwd=tenant, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        [verb] = re.findall(r"startgate (\w+)", command)
        assert ended.stderr == "", command
        assert ended.returncode == (0 if "--baseline" in command else expected[verb]), command
    for name in ("plan.json", "report.html", "report.md", "plan.sarif", "canary.json"):
        assert (tenant / name).stat().st_size > 100, name


def test_every_command_of_the_table_takes_what_it_is_shown_with(tmp_path):
    tenant = ROOT / "examples" / "tenant"
    places = {
        "LOGS…": tenant / "logs.ndjson.gz", "FILES…": tenant / "logs.ndjson.gz", "REQUESTS": tenant / "requests.ndjson",
        "POLICY": tenant / "policy.json", "P": tenant / "policy.json", "Q": tenant / "policy-enforced.json",
        "clients.json": tenant / "clients.json", "policy.json": tenant / "policy.json", "keys.json": tenant / "keys.json",
        "QUERY": "type:depnote", "CIDR…": "10.0.0.0/8", "ID": "checkout6RTgadK4WdIcamPX2yOTQUuO", "FILE…": tmp_path / "page.html",
    }  # fmt: skip
    (tmp_path / "page.html").write_text("<script>new Auth0Lock('a', 'b', {})</script>")
    rows = re.findall(r"(?m)^\| `startgate ([a-z-]+[^`]*)`", README)
    shown = [row.split() for row in rows if not row.endswith(" …") and row != "serve"]
    assert len(shown) >= 8
    for words in shown:
        command = [sys.executable, "-m", "startgate", *(str(places.get(word, word)) for word in words)]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120)
        assert ended.returncode in (0, 1), (words, ended.stderr)


def test_the_table_of_reasons_is_the_engines():
    between = re.search(r"<!-- reasons: .*?-->\n(.*?)\n<!-- /reasons -->", README, flags=re.DOTALL)
    assert between
    assert between[1] == reason_table()


SCHEMA = json.loads((ROOT / "python" / "startgate" / "startgate.schema.json").read_text())


@pytest.mark.parametrize(("name", "rows"), [("reason", "reasons"), ("finding", "findings"), ("fix", "fixes")])
def test_the_schema_lists_every_code_with_its_sentence(name, rows):
    of_engine = [{"const": row["code"], "description": row["sentence"]} for row in getattr(startgate, rows)()]
    assert SCHEMA["$defs"][name]["oneOf"] == of_engine
