from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.change import FieldChange
from reconciler.model.lookalikes import distinguishable
from reconciler.reports.diff import AsBefore, DiffLine, collapsed, diff_lines, marked_lines


def lines(before: Any, after: Any) -> list[str]:
    change = FieldChange(field="patterns", before=before, after=after)
    return [f"{sign}{text}" for sign, text in diff_lines(change)]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (["a", "b", "c"], ["a", "c", "d"], [" a", "-b", " c", "+d"]),
        (["a"], ["b"], ["-a", "+b"]),
        ([], ["a"], ["+a"]),
        (["a"], [], ["-a"]),
        (None, ["a"], ["+a"]),
        (["a"], None, ["-a"]),
        ("old", "new", ["-old", "+new"]),
        (None, None, []),
        (["b", "a"], ["a", "b"], ["+a", " b", "-a"]),
    ],
)
def test_each_item_is_shown_in_order_with_its_change(
    before: Any, after: Any, shown: list[str]
) -> None:
    assert lines(before, after) == shown


def test_an_item_that_occurs_often_is_compared_like_any_other() -> None:
    same = ["x"] * 300
    assert lines(same, [*same, "y"]) == [" x"] * 300 + ["+y"]


def test_items_that_look_alike_are_shown_with_escapes() -> None:
    assert lines(["a b"], ["a\u00a0b"]) == ["-a b", r"+a\u00a0b"]


def test_a_switch_is_written_as_in_a_slot_file() -> None:
    change = FieldChange(field="use_positive_only", before=True, after=False)
    assert list(diff_lines(change)) == [("-", "true"), ("+", "false")]


def marked(before: Any, after: Any) -> list[str]:
    """Each line, with what changed in it in brackets."""
    return [
        line.sign + "".join(f"[{p.text}]" if p.is_changed else p.text for p in line.pieces)
        for line in marked_lines(FieldChange(field="patterns", before=before, after=after))
    ]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ([r"^ORD-\d{4}$"], [r"^ORD-\d{5}$"], [r"-^ORD-\d[{4}]$", r"+^ORD-\d[{5}]$"]),
        ([r"^ORD-\d+$"], [r"^ORD-\w+$"], [r"-^ORD-[\d]+$", r"+^ORD-[\w]+$"]),
        ([r"^\d+$"], [r"^\d+ ?$"], [r"-^\d+$", r"+^\d+[ ?]$"]),
        (["^a-b$", "^c-d$"], ["^a-e$", "^c-f$"], ["-^a-[b]$", "+^a-[e]$", "-^c-[d]$", "+^c-[f]$"]),
        (["entirely"], ["different words"], ["-entirely", "+different words"]),
    ],
)
def test_what_changed_in_a_line_is_marked_next_to_the_line_that_replaces_it(
    before: list[str], after: list[str], shown: list[str]
) -> None:
    assert marked(before, after) == shown


PATTERNS = st.lists(st.text(r"^[a]\d{12}$ ", max_size=12), max_size=8)


@given(before=PATTERNS, after=PATTERNS)
def test_the_lines_of_either_side_are_the_field_of_that_side(
    before: list[Any], after: list[Any]
) -> None:
    lines = list(marked_lines(FieldChange(field="patterns", before=before, after=after)))
    shown = distinguishable((*before, *after))
    assert [each.text for each in lines if each.sign != "+"] == [shown[each] for each in before]
    assert [each.text for each in lines if each.sign != "-"] == [shown[each] for each in after]


def test_lines_far_from_a_change_are_counted() -> None:
    change = FieldChange(field="patterns", before=list("abcdefgh"), after=list("abcdefghi"))
    first, *rest = collapsed(list(marked_lines(change)))
    assert first == AsBefore(6)
    assert [each.text for each in rest if isinstance(each, DiffLine)] == ["g", "h", "i"]
