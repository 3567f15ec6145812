"""The shared vectors through Python and through HTTP; tests/cpp/service/vectors_test.cpp has them through C++."""

import json
import os
import select
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from startgate import Service

ROOT = Path(__file__).parents[2]
DIRECTORY = ROOT / "tests" / "vectors" / "decisions"
SETS = sorted(path.stem for path in DIRECTORY.glob("*.json"))
SERVER = ROOT / "build" / "release" / "bindings" / "http" / "startgate-serve"
NOW = 1_795_514_400_000_000_000  # for lines without a time


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class VectorSet:
    def __init__(self, name: str) -> None:
        self.document = json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))
        self.golden = (DIRECTORY / f"{name}.decisions.ndjson").read_bytes()
        lines = [case["line"] for case in self.document["cases"]]
        self.lines = [line if isinstance(line, str) else compact(line) for line in lines]

    def text(self, member: str) -> str:
        content = self.document[member]
        return "" if content is None else compact(content)


@pytest.fixture(params=SETS)
def vectors(request: pytest.FixtureRequest) -> VectorSet:
    return VectorSet(request.param)


def test_python_decides_as_written_down(vectors: VectorSet):
    service = Service(**{member: (member, vectors.text(member)) for member in ("policy", "applications", "tenant", "keys")})
    decided = [service.decide_line(line.encode(), NOW) for line in vectors.lines]
    assert "".join(line + "\n" for line in decided).encode() == vectors.golden


def test_python_decides_many_lines_as_it_decides_one(vectors: VectorSet):
    service = Service(**{member: (member, vectors.text(member)) for member in ("policy", "applications", "tenant", "keys")})
    assert (
        "".join(line + "\n" for line in service.decide_lines([line.encode() for line in vectors.lines], NOW)).encode()
        == vectors.golden
    )


@pytest.fixture
def server(vectors: VectorSet, tmp_path: Path) -> Iterator[dict[str, str]]:
    command = [str(SERVER), "--listen", "127.0.0.1:0", "--origin", "https://acme.example", "--seconds", "60", "--clock", "lines"]
    for member in ("policy", "applications", "tenant", "keys"):
        if vectors.text(member):
            (tmp_path / member).write_text(vectors.text(member), encoding="utf-8")
            command += [f"--{member}", str(tmp_path / member)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            assert select.select([process.stdout], [], [], 30)[0], "the server did not say where it listens"
            yield json.loads(process.stdout.readline())
        finally:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def test_http_decides_as_written_down(vectors: VectorSet, server: dict[str, str]):
    request = urllib.request.Request(
        server["url"] + "/v1/decide",
        data="".join(line + "\n" for line in vectors.lines).encode(),
        headers={"authorization": "Bearer " + server["token"], "content-type": "application/x-ndjson"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        decided = answer.read().splitlines(keepends=True)
    golden = vectors.golden.splitlines(keepends=True)
    # A line without a time is decided at the server's own: nothing but an unreadable line is so, and it does not show its time.
    assert decided == golden
