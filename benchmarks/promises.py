"""What a benchmark promises, printed beside what it measured."""

from collections.abc import Iterable

Promise = tuple[str, float, str, float]  # name, what was measured, "at most" or "at least", the limit


def exit_status(promises: Iterable[Promise]) -> int:
    """Print every promise; 0 where all are kept, otherwise 1."""
    kept = True
    for name, measured, bound, limit in promises:
        good = measured <= limit if bound == "at most" else measured >= limit
        kept = kept and good
        print(f"{name:52}{measured:10.2f}   {bound} {limit}{'' if good else '   NOT KEPT'}")
    return 0 if kept else 1
