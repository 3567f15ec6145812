"""Makes a tenant: a client export, thirty days of tenant logs, and the truth about every application in it.

    python3 examples/tenant/generate.py                       the sample tenant of this folder, again
    python3 examples/tenant/generate.py OUT --seed 7          another tenant, drawn by chance, in the folder OUT

The same arguments give the same bytes. Memory does not grow with --lines.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, TextIO

from generator.clients import Application, drawn, exported, sample
from generator.records import Records
from generator.traffic import Window, entries
from generator.truth import Truth

HERE = Path(__file__).parent
END = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLE_SEED = 2026


@dataclass(frozen=True)
class Log:
    """How the log is kept: over which time, how often a notice is repeated, in which shape, and how carefully."""

    window: Window
    throttle: str = "application"
    shape: str = "management"
    duplicates: float = 0
    compress: bool = False


# The gap is a Sunday night.
SAMPLE = Log(Window(END, 30, lines=35_000, gap=(14 * 24 + 1, 7)), duplicates=0.002, compress=True)


def main() -> None:
    options = arguments().parse_args()
    if options.out is None:
        make(HERE, chance(SAMPLE_SEED), sample(), SAMPLE)
        return
    rng = chance(options.seed)
    known, removed = drawn(rng, options.applications)
    if options.busy != 1:
        known = [replace(a, kind=replace(a.kind, per_day=a.kind.per_day * options.busy)) for a in known]
    window = Window(END, options.days, options.lines, (options.gap, 7) if options.gap else None)
    options.out.mkdir(parents=True, exist_ok=True)
    make(options.out, rng, (known, removed), Log(window, options.throttle, options.shape, options.duplicates, options.gzip))


def chance(seed: int) -> Random:
    """Foreseeable on purpose: the same seed is the same tenant."""
    return Random(seed)  # noqa: S311


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", nargs="?", type=Path, help="folder to write; without it the sample tenant is made again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--applications", type=int, default=24)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--lines", type=int, default=0, help="about how many; never fewer than the starts alone give")
    parser.add_argument("--busy", type=float, default=1, help="times as many starts of every application")
    parser.add_argument(
        "--throttle", choices=("application", "tenant"), default="application", help="what one notice an hour is per"
    )
    parser.add_argument("--shape", choices=("management", "stream", "eventbridge"), default="management")
    parser.add_argument("--duplicates", type=float, default=0, help="share of records that come twice")
    parser.add_argument("--gap", type=int, default=0, help="hour of the window from which seven hours are missing")
    parser.add_argument("--gzip", action="store_true")
    return parser


def make(out: Path, rng: Random, applications: tuple[list[Application], list[Application]], log: Log) -> dict[str, Any]:
    """Writes clients.json, logs.ndjson (or .gz) and truth.json into `out` and returns the truth."""
    known, removed = applications
    everybody = known + removed
    truth = Truth(everybody, known, log.window)
    records = Records(rng, log.shape, log.window.first)

    def lines() -> Iterator[str]:
        for entry in entries(rng, everybody, log.window, log.throttle):
            truth.see(entry)
            yield records.text(entry)

    if log.compress:
        # No name and no time in the header: the same tenant is the same file.
        with (
            open(out / "logs.ndjson.gz", "wb") as raw,
            gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed,
            io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as packed_text,
        ):
            write(packed_text, lines(), rng, log.duplicates)
    else:
        with open(out / "logs.ndjson", "w", encoding="utf-8", newline="\n") as text:
            write(text, lines(), rng, log.duplicates)
    table = truth.table()
    save(out / "clients.json", [exported(application) for application in known])
    save(out / "truth.json", table)
    return table


def write(text: TextIO, lines: Iterable[str], rng: Random, duplicates: float) -> None:
    """One record a line; a few come twice, the second time late, as at-least-once delivery has it."""
    late: list[str] = []
    for line in lines:
        text.write(line + "\n")
        if duplicates and rng.random() < duplicates:
            late.append(line)
        if late and rng.random() < 0.01:
            text.write(late.pop(0) + "\n")
    text.writelines(line + "\n" for line in late)


def save(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
