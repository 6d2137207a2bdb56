"""Pieces of Markdown: what they contain, and how much of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.reports.escaping import plain
from reconciler.reports.markdown_text import (
    MAX_MESSAGE,
    cell,
    clipped,
    code,
    codes,
    commit_text,
    foot,
    message_block,
    within,
    without_middle,
)


@given(st.text(), st.integers(1, 20))
@example("\x00" * 30, 7)
def test_a_clipped_text_is_no_longer_than_was_asked_for_and_begins_alike(
    text: str, most: int
) -> None:
    shown = clipped(text, most=most)
    assert len(shown) <= most
    if shown != plain(text):
        assert shown.endswith("…")
        assert plain(text).startswith(shown[:-1])


def test_a_code_span_is_clipped_before_its_fence_is_measured() -> None:
    assert code("`" * 9 + "x", most=5) == "````` ````… `````"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"/\b(?:a|b)\b/", r"`/\b(?:a\|b)\b/`"),
        (r"a\|b", r"`a\x7cb`"),
        (r"a\\|b", r"`a\\\|b`"),
        (r"a\\\|b", r"`a\\\x7cb`"),
    ],
)
def test_a_bar_in_a_cell_is_readable(text: str, shown: str) -> None:
    assert cell(text) == shown


@given(st.text(alphabet="ab\\|`"))
def test_nothing_ends_a_cell_whichever_way_a_parser_reads_backslashes(text: str) -> None:
    shown = cell(text, most=20)
    in_pairs = re.sub(r"\\[\\|]", "", shown)  # a backslash escapes a backslash, too
    alone = re.sub(r"\\\|", "", shown)  # a backslash only escapes a bar
    assert "|" not in in_pairs
    assert "|" not in alone


def test_a_list_of_names_says_how_many_it_leaves_out() -> None:
    assert codes(["a", "b"], most=2) == "`a`, `b`"
    assert codes(["a", "b", "c", "d"], most=2) == "`a`, `b` and 2 more"


def test_only_a_valid_commit_is_written_as_it_is() -> None:
    assert commit_text("0123abc") == "0123abc"
    for other in ("main", "0123abz", "0123AB", "abc", "a" * 65, "0123abc\n", "@0123abc"):
        assert commit_text(other).startswith("`")


def test_a_foot_is_one_sentence() -> None:
    link = "https://github.com/a/b"
    assert foot(["one", "two"], commit="0123abc", link=link, full="log") == (
        "One, two, commit 0123abc, [log](https://github.com/a/b)."
    )
    assert foot([], commit=None, link=None, full="log") == ""


def test_a_message_keeps_its_lines_and_loses_what_is_too_long() -> None:
    assert message_block("a\n`b`") == ["```text", "a", "`b`", "```"]
    long = message_block("line\n" * MAX_MESSAGE)
    assert sum(len(each) + 1 for each in long) < MAX_MESSAGE + 100
    assert long[-2] == "…"


def test_items_without_room_are_counted() -> None:
    items = ["- a", "- b", "- c"]
    assert within(items, count=3, room=100, noun="slot") == items
    assert within(items, count=3, room=9, noun="slot") == ["- a", "- b", "- … and 1 more slot"]
    assert within(items, count=3, room=0, noun="slot") == ["- … and 3 more slots"]
    assert within(items, count=3, room=100, noun="slot", most=1) == ["- a", "- … and 2 more slots"]
    assert within([], count=0, room=0, noun="slot") == []


def left_out(count: int) -> str:
    return f"({count} left out)"


def fitted(pieces: list[str], room: int) -> list[str]:
    return without_middle(len(pieces), render=pieces.__getitem__, room=room, left_out=left_out)


def test_pieces_without_room_are_left_out_of_the_middle() -> None:
    pieces = [letter * 10 for letter in "abcdef"]
    assert fitted(pieces, 1_000) == pieces
    assert fitted(pieces, 60) == [pieces[0], pieces[1], "(3 left out)", pieces[5]]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_without_room_for_any_piece_all_are_left_out(count: int) -> None:
    assert fitted(["x" * 99] * count, 50) == [left_out(count)]


@given(st.lists(st.text("x", max_size=50), max_size=30), st.integers(20, 600))
def test_the_room_is_never_exceeded_and_every_piece_is_shown_or_counted(
    pieces: list[str], room: int
) -> None:
    numbered = [f"{number}:{piece}" for number, piece in enumerate(pieces)]
    shown = fitted(numbered, room)
    assert len("\n\n".join(shown)) <= room
    kept = [each for each in shown if ":" in each]
    gaps = [each for each in shown if ":" not in each]
    missing = len(numbered) - len(kept)
    assert gaps == ([left_out(missing)] if missing else [])
    cut = shown.index(gaps[0]) if gaps else len(kept)
    assert kept == numbered[:cut] + numbered[cut + missing :]


def test_pieces_that_are_left_out_are_not_rendered() -> None:
    rendered: list[int] = []

    def render(index: int) -> str:
        rendered.append(index)
        return "x" * 10

    without_middle(10_000, render=render, room=100, left_out=left_out)
    assert len(rendered) < 12
