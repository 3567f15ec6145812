"""The README's examples run, and its tables say what the engine says."""

import json
import re
import subprocess
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


def test_the_table_of_reasons_is_the_engines():
    between = re.search(r"<!-- reasons: .*?-->\n(.*?)\n<!-- /reasons -->", README, flags=re.DOTALL)
    assert between
    assert between[1] == reason_table()


SCHEMA = json.loads((ROOT / "python" / "startgate" / "startgate.schema.json").read_text())


@pytest.mark.parametrize(("name", "rows"), [("reason", "reasons"), ("finding", "findings"), ("fix", "fixes")])
def test_the_schema_lists_every_code_with_its_sentence(name, rows):
    of_engine = [{"const": row["code"], "description": row["sentence"]} for row in getattr(startgate, rows)()]
    assert SCHEMA["$defs"][name]["oneOf"] == of_engine
