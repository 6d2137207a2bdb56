"""The groups of a pattern, before it is read."""

from __future__ import annotations

import pytest

from reconciler.patterns.ecmascript.groups import Groups


@pytest.mark.parametrize(
    ("body", "count"),
    [("(a)(?:b)(?=c)((d))", 3), (r"\((a)[()]", 1), ("(?<n>a)(?<=b)(?<!c)", 1), ("(", 1)],
)
def test_only_groups_that_capture_are_counted(body: str, count: int) -> None:
    assert Groups.of(body).count == count


def test_a_name_is_found_however_it_is_written() -> None:
    groups = Groups.of(r"(a)(?<\u0061b>c)(?<ab>d)(?<\u{62}>e)")
    assert groups.names == {"ab": (2, 3), "b": (4,)}
    assert groups.numbered("ab") == groups.numbered(r"a\u0062") == (2, 3)


@pytest.mark.parametrize("name", ["", "1", "a b", r"\u{ffffff}"])
def test_what_is_not_a_name_has_no_number(name: str) -> None:
    assert Groups.of(f"(?<{name}>a)").numbered(name) == ()
