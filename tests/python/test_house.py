"""The rules of the house that a program can check: who includes whom, and how long a file may be."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INCLUDE = ROOT / "include"
HEADERS = sorted(path.relative_to(INCLUDE) for path in INCLUDE.rglob("*.hpp"))

# The only folders that may know a library, and which; `service` puts the others together and knows none itself.
EDGES = {"json": "nlohmann", "openssl": "openssl", "store": "hiredis", "service": None}
SYSTEM = {
    "arpa/inet.h",
    "fcntl.h",
    "netdb.h",
    "netinet/in.h",
    "netinet/tcp.h",
    "poll.h",
    "sys/mman.h",
    "sys/socket.h",
    "sys/stat.h",
    "sys/un.h",
    "unistd.h",
}
SLOW = {"chrono", "regex", "iostream"}


def edge_of(header: Path) -> str | None:
    """The edge folder that a header lies in; None for the core."""
    return header.parts[1] if header.parts[1] in EDGES else None


def arrows(header: Path) -> set[str]:
    """The edge folders whose headers a header includes, other than its own."""
    return {edge for name in own_includes(header) if (edge := edge_of(name)) and edge != edge_of(header)}


def includes(header: Path) -> list[str]:
    """What a header includes, in order."""
    return re.findall(r'(?m)^\s*#\s*include\s*[<"]([^>"]+)[>"]', (INCLUDE / header).read_text())


def own_includes(header: Path) -> list[Path]:
    """The headers of this project that a header includes."""
    return [Path(name) for name in includes(header) if name.startswith("startgate/")]


def foreign_includes(header: Path) -> set[str]:
    """What is neither this project's nor the standard library's, whose headers have neither a folder nor an extension."""
    return {name for name in includes(header) if not name.startswith("startgate/") and not re.fullmatch(r"[a-z_0-9]+", name)}


def test_there_are_headers_to_check() -> None:
    assert Path("startgate/judge.hpp") in HEADERS


@pytest.mark.parametrize("header", [h for h in HEADERS if edge_of(h) is None], ids=str)
def test_a_core_header_includes_the_standard_library_only(header: Path) -> None:
    assert foreign_includes(header) == set()
    assert SLOW.isdisjoint(includes(header))
    assert arrows(header) == set()


@pytest.mark.parametrize("header", [h for h in HEADERS if edge_of(h) == "service"], ids=str)
def test_a_header_that_only_puts_others_together_reads_no_clock(header: Path) -> None:
    assert SLOW.isdisjoint(includes(header))


@pytest.mark.parametrize("header", [h for h in HEADERS if edge_of(h)], ids=str)
def test_an_edge_header_knows_the_library_of_its_folder_only(header: Path) -> None:
    library = EDGES[edge_of(header) or ""]
    assert {name for name in foreign_includes(header) - SYSTEM if name.split("/")[0] != library} == set()


def test_the_edges_know_each_other_in_one_direction_only() -> None:
    known = {(edge_of(header), other) for header in HEADERS if edge_of(header) for other in arrows(header)}
    assert {(edge, other) for edge, other in known if (other, edge) in known} == set()
    assert {edge for edge, other in known if other == "service"} == set()


def test_headers_include_each_other_without_a_circle() -> None:
    done: set[Path] = set()

    def visit(header: Path, above: tuple[Path, ...]) -> None:
        assert header not in above, " -> ".join(str(name) for name in (*above, header))
        if header not in done:
            for below in own_includes(header):
                visit(below, (*above, header))
            done.add(header)

    for header in HEADERS:
        visit(header, ())


def source_files() -> list[Path]:
    """What people read: not the vectors, the samples, or what a build made."""
    folders = ("include", "bindings", "python", "tests", "benchmarks")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in {".hpp", ".cpp", ".py"}]
    return [path for path in found if "vectors" not in path.parts] + [ROOT / "dev"]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in source_files()}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}
