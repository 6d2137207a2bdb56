"""Patterns that need no analysis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.planning.pattern_faults import _faults
from reconciler.planning.plain import is_plain

LIMITS = COGNIGY_V1.patterns
PIECES = st.sampled_from(["a", "Z", "\\d", "[a-z]", "(b|c)", "+", "{2,4}", "?", "*", "^", "$", " "])


@pytest.mark.parametrize("pattern", ["^[A-Z]{2}-\\d{4,6}$", "(red|blue) car", "a+b"])
def test_most_patterns_are_plain(pattern: str) -> None:
    assert is_plain(pattern, limits=LIMITS)


@pytest.mark.parametrize("pattern", ["", "(a+)+$", "a*", "(a|b)*", "a" * 51, "\\uABCD"])
def test_a_pattern_that_may_have_a_fault_is_not_plain(pattern: str) -> None:
    assert not is_plain(pattern, limits=LIMITS)


def test_no_pattern_is_plain_that_is_too_long_to_analyse() -> None:
    unlimited = LIMITS.model_copy(update={"max_length": None})
    assert is_plain("a" * 500, limits=unlimited)
    assert not is_plain("a" * 501, limits=unlimited)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_no_plain_pattern_has_a_fault(pattern: str) -> None:
    if is_plain(pattern, limits=LIMITS):
        assert _faults(pattern, limits=LIMITS, ignore_case=True, effort=None) == ()
