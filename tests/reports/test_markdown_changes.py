"""A change as a small diff."""

from __future__ import annotations

from typing import Any

from reconciler.model.change import Change
from reconciler.reports.markdown_changes import Room, change_diff, change_size, change_title
from tests.support.build import absent, live, plan, slot


def updated(before: tuple[str, ...], after: tuple[str, ...], **fields: Any) -> Change:
    (change,) = plan(
        [slot("a", patterns=after, type="list", **fields)],
        [live("a", patterns=before, type="list")],
    ).changes
    return change


def letters(text: str) -> tuple[str, ...]:
    return tuple(text)


def test_the_title_says_what_is_done_and_what_is_not() -> None:
    created, deleted = plan(
        [slot("a", name="A", trigger_retrain=False), absent("b")], [live("b", name="B")]
    ).changes
    assert change_title(created) == "**create** `a` (`A`), neither retrained nor gated"
    assert change_title(deleted) == "**DELETE** `b` (`B`)"


def test_only_the_changes_of_a_long_list_are_shown_with_their_neighbours() -> None:
    change = updated(letters("abcdefghij"), letters("abcdeXghij"))
    assert change_diff(change)[1:-1] == [
        "  patterns:",
        "    … 3 as before",
        "    d",
        "    e",
        "-   f",
        "+   X",
        "    g",
        "    h",
        "    … 2 as before",
    ]
    assert change_size(change.fields) == "1 field, +1 -1"


def test_two_texts_that_look_alike_are_shown_with_escapes() -> None:
    change = updated(("Cafe\u0301", "b"), ("Caf\u00e9", "b"))
    shown = ["  patterns:", r"-   Cafe\u0301", r"+   Caf\u00e9", "    b"]
    assert change_diff(change)[1:-1] == shown
    assert change_diff(change, room=Room())[1:-1] == shown


def test_a_field_that_is_missing_on_one_side_and_empty_on_the_other_is_not_shown() -> None:
    (deleted,) = plan([absent("a")], [live("a")]).changes
    assert "  dependencies:" not in change_diff(deleted)


def test_a_change_of_500_patterns_is_cut_and_its_other_fields_are_still_shown() -> None:
    many = tuple(f"pattern {number}" for number in range(500))
    change = updated(("old",), many, fill_strategy="strict")
    lines = change_diff(change, room=Room(lines=3))
    assert lines == [
        "```diff",
        "  patterns:",
        "-   old",
        "+   pattern 0",
        "+   pattern 1",
        "    … 498 more lines, +498 -0",
        "- fill_strategy: bestMatch",
        "+ fill_strategy: strict",
        "```",
    ]
    assert len(change_diff(change)) == 506


def test_long_lines_are_cut_and_together_take_no_more_than_their_room() -> None:
    change = updated(("old",), tuple(f"{number}{'x' * 500}" for number in range(30)))
    lines = change_diff(change, room=Room(width=100, characters=350))
    assert [len(line) for line in lines[3:-2]] == [100, 100, 100]
    assert lines[-2] == "    … 27 more lines, +27 -0"
