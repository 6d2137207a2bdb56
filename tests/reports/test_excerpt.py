"""The offending line and its caret, as a terminal shows them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.problem import Source
from reconciler.reports.excerpt import excerpt_lines


def shown(line: str, column: int, *, number: int = 8) -> list[str]:
    source = Source(file="a.yaml", line=number, column=column, excerpt=line)
    return list(excerpt_lines(source))


def test_the_caret_is_under_the_column() -> None:
    assert shown("fill_strategy: best", 16) == [
        "    8 | fill_strategy: best",
        "      |                ^",
    ]


def test_the_gutter_grows_with_the_line_number() -> None:
    assert shown("name: no", 7, number=12345) == [
        "    12345 | name: no",
        "          |       ^",
    ]


@pytest.mark.parametrize(
    ("line", "column", "caret"),
    [
        ("名前: x", 5, 6),  # two wide characters, a colon, a space
        ("🎉: x", 4, 4),
        ("❤️: x", 5, 4),  # a heart, made wide by the selector that follows it
        ("🇩🇪: x", 5, 4),  # two letters, one flag
        ("👍🏽: x", 5, 4),  # a thumb and its colour
        ("e\u0301: x", 5, 3),  # the accent takes no column of its own
        ("\u1112\u1161\u11ab: x", 6, 4),  # three jamo, one syllable
        ("\tx: y", 2, 2),  # a tab is shown as \t
        ("\t", 1, 0),
        ("a\x1b[2Jb", 6, 8),
        ("\u202eab", 3, 7),
        ("abc", 4, 3),
        ("abc", 99, 3),
    ],
)
def test_the_caret_is_under_the_character_as_it_is_shown(
    line: str, column: int, caret: int
) -> None:
    assert shown(line, column)[1].index("^") - len("      | ") == caret


def test_a_long_line_is_cut_around_the_column() -> None:
    line, caret = shown("a" * 5_000 + "!" + "b" * 5_000, 5_001)
    assert line[caret.index("^")] == "!"
    assert (line.count("a"), line.count("b")) == (60, 59)
    assert line.startswith("    8 | …a")
    assert line.endswith("b…")


@pytest.mark.parametrize("line", [None, "", "   "])
def test_an_empty_line_is_not_shown(line: str | None) -> None:
    source = Source(file="a.yaml", excerpt=line)
    assert list(excerpt_lines(source)) == []


@given(st.text(min_size=1), st.integers(min_value=1, max_value=200))
def test_no_line_moves_the_cursor(line: str, column: int) -> None:
    steering = {"Cc", "Cf", "Cs", "Co", "Cn"}
    text = "".join(shown(line, column))
    assert not steering & {unicodedata.category(character) for character in text}
