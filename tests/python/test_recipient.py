"""The form that recipients are counted by, against Python's own unicodedata, and the table that it is made from."""

import importlib.util
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from startgate import normalise_recipient

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "include/startgate/detail/fold_table.hpp").read_text()
TOOL = ROOT / "tools/make_fold_table.py"
SYLLABLES = range(0xAC00, 0xD7A4)


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_fold_table", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


def shows_nothing(c: str) -> bool:
    return tool.ignorable(ord(c)) or 0xE0000 <= ord(c) <= 0xE0FFF


def expected(text: str) -> str:
    """Unicode section 3.13, D146, on whole strings; then what we decided on top of it."""
    text = "".join(c for c in text if not shows_nothing(c))
    before = None
    while text != before:
        before = text
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
        text = "".join(c for c in text if not shows_nothing(c)).replace("\u0131", "i").replace("\u3002", ".")
        text = re.sub("[\x85\u1680\u2028\u2029]", " ", text)
    text = without_dots_over_i(text)
    return text.strip(" \t\n\v\f\r").rstrip(" \t\n\v\f\r.")


def without_dots_over_i(text: str) -> str:
    kept, after_i = [], False
    for c in text:
        if not unicodedata.combining(c):
            after_i = c == "i"
        if not (after_i and c == "\u0307"):
            kept.append(c)
    return "".join(kept)


def form(text: str) -> str:
    return normalise_recipient(text).decode()


# Not assigned: a later Unicode may fold it. Surrogates are no text.
letters = st.characters(exclude_categories=("Cs", "Cn"))
marks = st.sampled_from([chr(p) for p in range(0x300, 0x1E94B) if unicodedata.combining(chr(p))])
folding = st.sampled_from([chr(p) for p in sorted(tool.folded())] + [chr(p) for p in (*SYLLABLES[:40], 0x1161, 0x11A8)])
plain = st.sampled_from("aAiIkKsSzZ.@-+ \u0131\u0130\u212a\u017f\u0345\u0307")
words = st.text(st.one_of(plain, letters, marks, folding), max_size=20)


def test_every_code_point_has_the_form_that_unicode_gives_it() -> None:
    wrong = []
    for point in range(0x110000):
        c = chr(point)
        if unicodedata.category(c) in {"Cs", "Cn"} or point == 0x40:
            continue
        if form(f"x{c}x") != expected(f"x{c}x"):
            wrong.append(hex(point))
    assert wrong == []


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, str.casefold, str.title, str.swapcase], ids=lambda change: change.__name__
)
def test_cve_2019_19844_no_change_of_case_leaves_the_bucket(change) -> None:
    wrong = [hex(p) for p in range(0x20000) if (c := chr(p)).isprintable() and form(f"x{c}") != form(f"x{change(c)}")]
    assert wrong == []


@pytest.mark.parametrize("normal", ["NFC", "NFD", "NFKC", "NFKD"])
@given(text=words)
def test_every_normalisation_form_of_a_text_has_one_bucket(normal: str, text: str) -> None:
    assert normalise_recipient(text) == normalise_recipient(unicodedata.normalize(normal, text))


@settings(max_examples=2000)
@given(words)
def test_a_sequence_has_the_form_that_unicode_gives_it(text: str) -> None:
    assert form(text) == expected(text)


@given(words)
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert form(form(text)) == form(text)


@given(st.text(st.one_of(plain, letters, marks), max_size=600))
def test_the_form_is_bounded_and_text_or_a_digest(text: str) -> None:
    made = normalise_recipient(text)
    assert len(made) <= 256
    assert (len(made) == 17 and made[0] == 0xFF) or made.decode() is not None


@given(st.lists(st.sampled_from("\u0301\u0323\u0327\u0345\u0308\u05b0\u3099"), max_size=12))
def test_marks_in_any_order_that_means_the_same_have_one_bucket(run: list[str]) -> None:
    ordered = sorted(run, key=unicodedata.combining)
    assert form("a" + "".join(run)) == form("a" + "".join(ordered))


@given(st.text(st.characters(min_codepoint=0xA1, categories=("Ll", "Lo")), min_size=1, max_size=12))
def test_a_domain_and_its_punycode_have_one_bucket(label: str) -> None:
    coded = "xn--" + label.encode("punycode").decode()
    if len(coded) <= 63:
        assert form(f"ada@{coded}.example") == form(f"ada@{label}.example")


def test_the_table_is_what_the_tool_writes() -> None:
    """With another Unicode version than the table's, what both of them know must still be the same (stability policy)."""
    version = re.search(r'fold_unicode_version = "([0-9.]+)"', TABLE)
    assert version is not None
    if version[1] == unicodedata.unidata_version:
        made = subprocess.run([sys.executable, TOOL], capture_output=True, text=True, check=True).stdout
        assert made == TABLE, "renew it: python3 tools/make_fold_table.py >include/startgate/detail/fold_table.hpp"
    else:
        old = [p for p in tool.folded() if unicodedata.ucd_3_2_0.category(chr(p)) != "Cn"]
        assert all(form(f"x{chr(p)}x") == expected(f"x{chr(p)}x") for p in old if p != 0x40)


def test_the_table_stays_small() -> None:
    assert len(TABLE) < 60_000
