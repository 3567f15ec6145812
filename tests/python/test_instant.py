import pytest
from hypothesis import given
from hypothesis import strategies as st

import startgate

LAST_MILLISECOND = 9_214_646_399_999  # of the year 2261


def test_an_instant_is_nanoseconds_since_1970() -> None:
    assert startgate.parse_instant("2026-11-24T12:00:00.250+02:00") == 1_795_514_400_250_000_000
    assert startgate.parse_instant("2026-02-29") is None


@given(st.integers(min_value=0, max_value=LAST_MILLISECOND))
def test_parse_of_print_is_identity_to_the_millisecond(milliseconds: int) -> None:
    instant = milliseconds * 1_000_000
    assert startgate.parse_instant(startgate.print_instant(instant)) == instant


@pytest.mark.parametrize("wrong", [-1, 2**64, 1.5, "0", None])
def test_what_is_no_instant_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        startgate.print_instant(wrong)  # type: ignore[arg-type]
