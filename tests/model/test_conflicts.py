"""Which lines are merge conflicts, and which only look like them."""

from __future__ import annotations

import pytest

from reconciler.model.conflicts import conflict_lines


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x", [2]),
        ("<<<<<<<\n=======\n>>>>>>>\na\n<<<<<<< HEAD\n=======\n>>>>>>> x", [1, 5]),
        ("<<<<<<< HEAD\n||||||| base\n=======\n>>>>>>> x", [1]),
        ("<<<<<<<<<<< HEAD\n===========\n>>>>>>>>>>> x", [1]),
        ("a\n=======\nb\n>>>>>>> x", [4]),
        ("a\n<<<<<<< HEAD\nb", [2]),
    ],
    ids=["one", "two", "diff3", "longer markers", "only its end", "only its beginning"],
)
def test_a_conflict_is_reported_where_it_begins(text: str, found: list[int]) -> None:
    assert conflict_lines(text.split("\n")) == found


@pytest.mark.parametrize(
    "line",
    ["=======", "|||||||", "<<<<<< six", "  <<<<<<< indented", "<<<<<<<HEAD", ">>>>>>>x", "<<: *a"],
)
def test_a_line_that_only_resembles_a_marker_is_not_a_conflict(line: str) -> None:
    assert conflict_lines(["a", line, "b"]) == []
