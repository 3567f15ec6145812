"""`startgate logs`, and reading logs in every shape that people have."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from tenant_logs import client, lines, notice, proof, send, verdicts

from startgate.cli import main
from startgate.log_files import sources
from startgate.plan import Settings, make_plan
from startgate.unpacking import unpacked

RECORDS = [*proof("a"), notice("b", 200), send("b", 200.1, description="Zoë \U0001f600 \x1b[31m")]
QUERY = "type:depnote AND description:*passwordless*"


def found(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str | Path) -> list[dict[str, Any]]:
    assert main(["logs", *map(str, arguments)]) == 0
    return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def csv_of(records: list[dict[str, Any]]) -> str:
    names = ["log_id", "type", "date", "client_id", "ip", "description"]
    rows = [",".join(f'"{r.get(n) or ""}"' for n in names) for r in records]
    return "\n".join([",".join(names), *rows]) + "\n"


SHAPES: dict[str, bytes] = {
    "lines.ndjson": lines(RECORDS).encode(),
    "array.json": json.dumps(RECORDS).encode(),
    "pretty.json": json.dumps(RECORDS, indent=2).encode(),
    "page.json": json.dumps({"start": 0, "length": len(RECORDS), "logs": RECORDS}).encode(),
    "stream.jsonl": lines({"log_id": r["log_id"], "data": r} for r in RECORDS).encode(),
    "stream-batch.json": json.dumps([{"log_id": r["log_id"], "data": r} for r in RECORDS]).encode(),
    "eventbridge.json": lines(
        {"detail-type": "Auth0 log", "detail": {"log_id": r["log_id"], "data": r}} for r in RECORDS
    ).encode(),
    "windows.ndjson": b"\xef\xbb\xbf" + lines(RECORDS).replace("\n", "\r\n").encode(),
    "packed.ndjson.gz": gzip.compress(lines(RECORDS).encode()),
    "members.gz": gzip.compress(lines(RECORDS[:3]).encode()) + gzip.compress(lines(RECORDS[3:]).encode()) + b"\0\0",
    "packed.ndjson.zst": zst(lines(RECORDS).encode()),
    "frames.zst": zst(lines(RECORDS[:3]).encode()) + zst(lines(RECORDS[3:]).encode()),
    "table.csv": csv_of(RECORDS).encode(),
    "table.csv.gz": gzip.compress(csv_of(RECORDS).encode()),
    "table-without-a-name": csv_of(RECORDS).encode(),
    "excel.csv": b"\xef\xbb\xbf" + csv_of(RECORDS).replace('","', '";"').replace(",", ";").replace("\n", "\r\n").encode(),
    "table.tsv": csv_of(RECORDS).replace('","', '"\t"').replace(",", "\t").encode(),
    "lines.csv": lines(RECORDS).encode(),
    "skippable-first.zst": b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc" + zst(lines(RECORDS).encode()),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_gives_the_same_verdicts(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(SHAPES[name])
    (tmp_path / "clients").write_text(json.dumps([client("a"), client("b")]))
    plan = make_plan(sources([tmp_path / name]), Settings(tmp_path / "clients"))
    assert plan["window"]["records"] == len(RECORDS)
    assert verdicts(plan) == {"a": ("safe", "authenticated"), "b": ("breaks", "backend_without_secret")}


@pytest.mark.parametrize("name", [name for name in SHAPES if not name.startswith(("table", "excel"))])
def test_a_match_is_printed_as_the_record_that_it_is(
    name: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / name).write_bytes(SHAPES[name])
    assert found(capfdbinary, QUERY, tmp_path / name) == [RECORDS[-2]]


def test_a_folder_stands_for_the_logs_in_it(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "1.json").write_text(json.dumps(RECORDS[:5]))
    (tmp_path / "2.ndjson.gz").write_bytes(gzip.compress(lines(RECORDS[5:]).encode()))
    (tmp_path / "notes.md").write_text("not a log")
    assert len(found(capfdbinary, "*", tmp_path)) == len(RECORDS)


def test_nothing_and_a_dash_stand_for_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for arguments in ([], ["-"]):
        (tmp_path / "input").write_bytes(lines(RECORDS).encode())
        with (tmp_path / "input").open("rb") as stream:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream))
            assert found(capfdbinary, QUERY, *arguments) == [RECORDS[-2]]


def test_a_table_comes_through_standard_input_as_well(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for data in (csv_of(RECORDS).encode(), gzip.compress(csv_of(RECORDS).encode())):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert [record["log_id"] for record in found(capfdbinary, QUERY)] == [RECORDS[-2]["log_id"]]


def test_a_row_of_a_table_over_many_lines_moves_no_line_number(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log.csv").write_text('type,date,description\ncls,2026-11-01T10:00:00Z,"a\nb\nc"\n\ncls,yesterday,d\n')
    (tmp_path / "clients.json").write_text(json.dumps([client("a")]))
    assert main(["plan", str(tmp_path / "log.csv"), "-a", str(tmp_path / "clients.json")]) == 2
    assert "log.csv:6: expected a `date`" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("rows", "line", "expected"),
    [
        ('cls,2026-11-01T10:00:00Z,"no end\ndepnote,2026-11-01T11:00:00Z,b\n', 2, "expected CSV, but unexpected end of data"),
        ('cls,2026-11-01T10:00:00Z,"a\ndepnote,2026-11-01T11:00:00Z,"b"\n', 2, "expected CSV, but "),
        ("cls,2026-11-01T10:00:00Z,a\ncls,2026-11-", 3, "expected 3 cells as in the header, not 2"),
        ("cls,2026-11-01T10:00:00Z,a,b\n", 2, "expected 3 cells as in the header, not 4"),
    ],
)
def test_a_row_of_a_table_that_is_damaged_is_told_and_not_swallowed(
    rows: str, line: int, expected: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log.csv").write_text("type,date,description\n" + rows)
    (tmp_path / "clients.json").write_text(json.dumps([client("a")]))
    command = ["plan", str(tmp_path / "log.csv"), "-a", str(tmp_path / "clients.json")]
    assert main(command) == 2
    assert f"log.csv:{line}: {expected}" in capfd.readouterr().err
    main([*command, "--keep-going", "--json"])
    assert json.loads(capfd.readouterr().out)["unread"][0]["line"] == line


def test_the_rows_after_a_damaged_one_are_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log.csv").write_text("type,date,description\ncls\ncls,2026-11-01T10:00:00Z,a,,\n")
    assert main(["logs", "type:cls", str(tmp_path / "log.csv"), "--count", "--keep-going"]) == 0
    assert capfd.readouterr().out == "1\n", "empty cells beyond the header are none"


@pytest.mark.parametrize("pack", [gzip.compress, zst])
def test_the_rows_before_the_damage_of_a_table_are_read(
    pack: Callable[[bytes], bytes], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    whole = csv_of([send("a", i, description=f"{i}" * 200) for i in range(5000)]).encode()
    (tmp_path / "cut").write_bytes(pack(whole)[: -len(pack(whole)) // 4])
    assert 1000 < len(found(capfdbinary, "*", tmp_path / "cut", "--keep-going")) < 5000


def test_a_table_that_breaks_off_is_told_at_the_line_where_it_does(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    whole = csv_of([send("a", i, description=f"{i}" * 200) for i in range(5000)]).encode()
    (tmp_path / "cut").write_bytes(gzip.compress(whole)[: -len(gzip.compress(whole)) // 4])
    assert main(["logs", "*", str(tmp_path / "cut"), "--count", "--keep-going"]) == 0
    told = capfd.readouterr()
    # A header, the rows that were read, and the one that is broken off.
    assert f"cut:{int(told.out) + 2}: expected the rest of the gzip data, but the file is cut off" in told.err


def test_a_folder_takes_files_without_an_ending_as_buckets_have_them(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "acme-1-2026-11-24-10-00-00-7f3c").write_bytes(gzip.compress(lines(RECORDS).encode()))
    (tmp_path / ".hidden").write_text("no log")
    assert len(found(capfdbinary, "*", tmp_path)) == len(RECORDS)


def test_no_match_is_no_error(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "logs").write_text(lines(RECORDS))
    assert found(capfdbinary, "type:nothing", tmp_path / "logs") == []


def test_count_prints_the_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text(lines(RECORDS))
    assert main(["logs", "type:cls", str(tmp_path / "logs"), "--count"]) == 0
    assert capsys.readouterr().out == "13\n"


def test_private_cloud_searches_what_it_can(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text(lines(RECORDS))
    assert main(["logs", QUERY, str(tmp_path / "logs"), "--private-cloud"]) == 2
    error = capfd.readouterr().err
    assert "character 18" in error
    assert "private cloud" in error
    assert main(["logs", "type:depn", str(tmp_path / "logs"), "--private-cloud"]) == 0
    assert json.loads(capfd.readouterr().out) == RECORDS[-2]


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        ("cut.gz", gzip.compress(lines(RECORDS).encode())[:-20], "expected the rest of the gzip data, but the file is cut off"),
        ("bad.gz", b"\x1f\x8b\x08\x00" + b"\xff" * 40, "expected the rest of the gzip data, but it is damaged"),
        ("cut.zst", zst(lines(RECORDS).encode())[:-9], "expected the rest of the zstd data, but the file is cut off"),
        ("bad.zst", zst(lines(RECORDS).encode())[:9] + b"\xff" * 40, "expected the rest of the zstd data, but it is damaged"),
        ("no.csv", b"a,b\n1,2\n", "expected a CSV header with a column `type`"),
        ("wide.csv", "type,date\n".encode("utf-16"), "expected UTF-8, but this is UTF-16"),
        ("empty.json", b"", "expected a log record in JSON, but the file is empty"),
    ],
)
def test_a_damaged_file_gets_one_line(
    name: str, data: bytes, complaint: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(data)
    assert main(["logs", "*", str(tmp_path / name)]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    assert name in error
    assert complaint in error
    assert main(["logs", "*", str(tmp_path / name), "--keep-going"]) == 0
    assert complaint in capfd.readouterr().err


def test_a_missing_file_gets_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", "*", str(tmp_path / "nowhere")]) == 2
    assert capfd.readouterr().err == f"startgate: {tmp_path / 'nowhere'}: No such file or directory\n"


@pytest.mark.parametrize("pack", [gzip.compress, zst])
def test_what_is_packed_to_be_huge_is_unpacked_in_small_pieces(pack: Callable[[bytes], bytes]) -> None:
    packed = pack(bytes(200_000_000))
    assert max(map(len, unpacked(iter([packed])))) < 20_000_000


@pytest.mark.parametrize("pack", [gzip.compress, zst])
def test_what_comes_before_the_damage_is_read(
    pack: Callable[[bytes], bytes], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    whole = lines(send("a", i, description=str(i) * 200) for i in range(5000)).encode()
    (tmp_path / "cut").write_bytes(pack(whole)[: -len(pack(whole)) // 4])
    assert 1000 < len(found(capfdbinary, "*", tmp_path / "cut", "--keep-going")) < 5000
