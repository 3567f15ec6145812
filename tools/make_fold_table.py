"""Writes include/startgate/detail/fold_table.hpp from Python's unicodedata: how a recipient's characters are folded for counting.

    python3 tools/make_fold_table.py >include/startgate/detail/fold_table.hpp

A code point becomes its compatibility decomposition, case folded, until nothing changes any more (UAX 15, Unicode section
3.13). Two things are left for the reader of the table: Hangul syllables, which are computed, and U+0345, which folds to a letter
only after the marks around it are in order.
"""

import sys
import unicodedata
from collections.abc import Iterator

YPOGEGRAMMENI = 0x345
HANGUL = range(0xAC00, 0xD7A4)
LAST = 0x3FFFF  # no code point above it is folded, apart from the invisible ones of plane 14

# Default_Ignorable_Code_Point (DerivedCoreProperties.txt), which unicodedata does not have; plane 14 as a whole.
IGNORABLE = [(0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F)]
IGNORABLE += [(0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0)]
IGNORABLE += [(0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)]

# What Unicode's folding leaves apart and a bucket must not: the dotless i (CVE-2019-19844), the dots of IDNA (RFC 3490 section
# 3.1), and white space that is no compatibility form of a blank.
OURS = {0x131: "i", 0x3002: ".", **dict.fromkeys([0x85, 0x1680, 0x2028, 0x2029], " ")}

# Kinds of records, in the place of a length.
REMOVED, ALTERNATING, CONSECUTIVE = 0, 62, 63


def ignorable(point: int) -> bool:
    return any(first <= point <= last for first, last in IGNORABLE)


def fold_once(text: str) -> str:
    """Decomposed, then folded, U+0345 left alone."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c if ord(c) == YPOGEGRAMMENI else OURS.get(ord(c), c.casefold()) for c in decomposed if not ignorable(ord(c)))


def fold(point: int) -> list[int]:
    """The code points that one code point becomes."""
    text = fold_once(chr(point))
    while (again := fold_once(text)) != text:
        text = again
    return [ord(c) for c in text]


def folded() -> dict[int, list[int]]:
    """All code points that become something else."""
    points = (p for p in range(LAST + 1) if not 0xD800 <= p <= 0xDFFF and p not in HANGUL)
    return {p: to for p in points if (to := fold(p)) != [p]}


Record = tuple[int, int, int, int]  # first code point, how many, kind or length of each, target or place in the pool


def run_of(table: dict[int, list[int]], first: int, pool: list[int]) -> Record:
    """The longest record that begins with a code point."""

    def length(same: int, step: int) -> int:
        n = 0
        while table.get(first + n * step) == ([table[first][0] + n * same] if table[first] else []):
            n += 1
        return n

    to = table[first]
    if not to:
        return (first, length(0, 1), REMOVED, 0)
    if len(to) == 1:
        if to == [first + 1] and (pairs := length(2, 2)) and all(first + 2 * n + 1 not in table for n in range(pairs)):
            return (first, 2 * pairs, ALTERNATING, 0)
        if (n := length(1, 1)) > 1:
            return (first, n, CONSECUTIVE, to[0])
    n = 0
    place = len(pool)
    while len(table.get(first + n, [])) == len(to) and not (n and starts_a_run(table, first + n)):
        pool += table[first + n]
        n += 1
    return (first, n, len(to), place)


def starts_a_run(table: dict[int, list[int]], first: int) -> bool:
    """Whether four code points from here on go to neighbours: worth a record of their own."""
    to = table[first]
    return len(to) == 1 and all(table.get(first + n) == [to[0] + n] for n in range(4))


def records() -> tuple[list[Record], list[int]]:
    table, pool = folded(), list[int]()
    out: list[Record] = []
    last = -1
    for first in sorted(table):
        if first <= last:
            continue
        record = run_of(table, first, pool)
        last = record[0] + record[1] - 1
        out.append(record)
    return out, pool


def marks() -> list[tuple[int, int, int]]:
    """(first code point, how many, canonical combining class) of all marks that are put in order."""
    out: list[tuple[int, int, int]] = []
    for point in range(LAST + 1):
        order = unicodedata.combining(chr(point))
        if not order:
            continue
        if out and out[-1][2] == order and out[-1][0] + out[-1][1] == point and out[-1][1] < 63:
            out[-1] = (out[-1][0], out[-1][1] + 1, order)
        else:
            out.append((point, 1, order))
    return out


def digits(value: int, count: int) -> str:
    """The value in characters of six bits each, from '0' on."""
    if not 0 <= value < 1 << (6 * count):
        raise ValueError(f"{value} does not fit into {count} characters")
    return "".join(chr(48 + (value >> (6 * place) & 63)) for place in reversed(range(count)))


def literal(name: str, text: str) -> Iterator[str]:
    yield f"inline constexpr std::string_view {name} ="
    lines = [f'    R"({text[at : at + 116]})"' for at in range(0, len(text), 116)]
    lines[-1] += ";"
    yield from lines


def header() -> str:
    rows, pool = records()
    lines = [
        "// Made by tools/make_fold_table.py; do not edit. How the characters of a recipient are folded for counting, and",
        f"// the order of marks: Unicode {unicodedata.unidata_version}. Numbers are in characters of six bits, from '0' on.",
        "#pragma once",
        "",
        "#include <string_view>",
        "",
        "// clang-format off",
        "namespace startgate::detail {",
        "",
        f'inline constexpr std::string_view fold_unicode_version = "{unicodedata.unidata_version}";',
        "",
        "// Records by first code point: first (3), how many (2), length of each in the pool (or 0 removed, 62 every other one",
        "// to the next, 63 each to the target and onwards) (1), place in the pool or target (3).",
        *literal("fold_records", "".join(digits(f, 3) + digits(n, 2) + digits(k, 1) + digits(v, 3) for f, n, k, v in rows)),
        "",
        "// What the records refer to: code points (3).",
        *literal("fold_pool", "".join(digits(point, 3) for point in pool)),
        "",
        "// Marks by first code point: first (3), how many (1), canonical combining class (2).",
        *literal("mark_records", "".join(digits(f, 3) + digits(n, 1) + digits(c, 2) for f, n, c in marks())),
        "",
        "}  // namespace startgate::detail",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(header())
