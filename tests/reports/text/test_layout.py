"""Lines that fit the terminal."""

from __future__ import annotations

import click
from hypothesis import given
from hypothesis import strategies as st

from reconciler.reports.text.layout import capped, columns_of, hanging, wrapped

TEXTS = st.text(st.sampled_from("ab \u4e2d\u0301-"), max_size=120)


@given(text=TEXTS, width=st.integers(20, 80), indent=st.integers(0, 8))
def test_no_line_is_wider_than_the_terminal_and_nothing_but_blanks_is_lost(
    text: str, width: int, indent: int
) -> None:
    lines = wrapped(text, width=max(width, indent + 20), indent=indent)
    assert all(columns_of(line) <= max(width, indent + 20) for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_colour_takes_no_columns() -> None:
    styled = click.style("red", fg="red")
    assert columns_of(styled) == 3
    assert wrapped(f"{styled} {'x' * 16}", width=20) == [f"{styled} {'x' * 16}"]


def test_without_a_terminal_a_line_stays_one_line() -> None:
    assert wrapped("a " * 200, width=None) == ["a " * 200]


def test_lines_after_the_first_are_indented_and_still_fit() -> None:
    lines = hanging("word " * 20, width=40)
    assert [line.startswith("  ") for line in lines] == [False, *[True] * (len(lines) - 1)]
    assert max(map(len, lines)) <= 40


def test_a_list_is_never_cut_by_one_alone() -> None:
    assert capped([1, 2, 3], most=2) == ([1, 2, 3], 0)
    assert capped([1, 2, 3, 4], most=2) == ([1, 2], 2)
