from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import FieldChange
from reconciler.reports.diff import diff_lines


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
