"""The tree of a JavaScript pattern, or the reason why JavaScript rejects it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.patterns.characters import CharacterSet
from reconciler.patterns.ecmascript import engine
from reconciler.patterns.ecmascript.parsing import (
    MAX_DEPTH,
    InvalidPatternError,
    TooDeepError,
    read,
)
from reconciler.patterns.ecmascript.syntax import Capture, Modified, Reference
from reconciler.patterns.syntax import Anchor, Characters, Choice, Look, Repeat, Sequence
from tests.support.ecmascript import INVALID, VALID

A, B = (Characters(CharacterSet(((ord(each), ord(each)),))) for each in "ab")
QUIRKS = (r"\b*", r"\b+", r"\b?", r"\b{", r"\B*", r"\B+", r"\B?", r"\B{")
"""The engine accepts that a word boundary is repeated, and V8 does not."""


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        ("a|b", Choice((A, B))),
        ("^a$", Sequence((Anchor("^"), A, Anchor("Z")))),
        (r"\ba\B", Sequence((Anchor("w"), A, Anchor("W")))),
        ("(a)(?<n>b)", Sequence((Capture((A,), 1), Capture((B,), 2)))),
        ("(?:a)+?", Repeat(Sequence((A,)), 1, None, lazy=True)),
        ("a{2,}", Repeat(A, 2, None)),
        ("a{02}", Repeat(A, 2, 2)),
        ("(?<!a)b", Sequence((Look(A, ahead=False, negated=True), B))),
        ("(?=a)?", Repeat(Look(A, ahead=True, negated=False), 0, 1)),
    ],
)
def test_a_pattern_is_a_tree(body: str, tree: object) -> None:
    assert read(body).tree == tree
    assert read(body).is_exact


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        (r"(a)\1", Sequence((Capture((A,), 1), Reference((), (1,))))),
        ("(?i:a)", Modified((A,), "(?i:")),
    ],
)
def test_a_reference_or_a_modifier_makes_an_outline(body: str, tree: object) -> None:
    assert read(body).tree == tree
    assert not read(body).is_exact


@pytest.mark.parametrize("body", VALID)
def test_what_v8_accepts_is_accepted(body: str) -> None:
    assert read(body).recent is None


@pytest.mark.parametrize(("body", "offset"), INVALID.items())
def test_what_v8_rejects_is_rejected_where_it_is_wrong(body: str, offset: int) -> None:
    with pytest.raises(InvalidPatternError) as caught:
        read(body)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    "body", ["(?i:a)", "(?-i:a)", "(?s-im:a)", "(?<n>a)|(?<n>b)", "(?:(?<n>a)|(?<n>b))"]
)
def test_syntax_of_2025_is_accepted_and_marked(body: str) -> None:
    recent = read(body).recent
    assert recent is not None
    assert body.startswith(recent) or recent == "(?<n>"


def test_groups_may_be_nested_only_so_deep() -> None:
    assert read("(" * MAX_DEPTH + ")" * MAX_DEPTH)
    with pytest.raises(TooDeepError):
        read("(" * (MAX_DEPTH + 1) + ")" * (MAX_DEPTH + 1))


@pytest.mark.skipif(not engine.is_available(), reason="needs the engine")
@given(
    st.lists(
        st.sampled_from(
            [
                *("a", "1", "-", "(", ")", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<n>", "(?<m>"),
                *("(?i:", "(?>", "|", "*", "+", "?", "{2}", "{2,1}", "{,2}", "{", "}", "[", "]"),
                *("[^", "[^]", "[]", "[z-a]", r"[\d-z]", r"\d", r"\b", r"\B", "^", "$", ".", r"\1"),
                *(r"\8", r"\0", r"\k<n>", r"\k", r"\c", r"\x41", r"\x4", r"\u00", "\\", "/", "ä"),
            ]
        ),
        max_size=8,
    ).map("".join)
)
def test_the_parser_and_the_engine_accept_the_same_patterns(body: str) -> None:
    try:
        read(body)
    except InvalidPatternError:
        assert engine.rejection(body) is not None or any(each in body for each in QUIRKS)
    else:
        assert engine.rejection(body) is None
