"""Texts that differ are shown so that they look different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.lookalikes import composed, distinguishable

TRICKY = st.text(
    st.sampled_from("ae \u00e9\u0301\u00a0\u200b\u2003\u3164\ufe0f\u0430'\u2019-\u2013"), max_size=6
)


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("Caf\u00e9", "Cafe\u0301", (r"Caf\u00e9", r"Cafe\u0301")),
        ("a b", "a\u00a0b", ("a b", r"a\u00a0b")),
        ("a", "a ", ("a", r"a\x20")),
        ("a", " a", ("a", r"\x20a")),
        ("a b", "a  b", ("a b", r"a\x20\x20b")),
        ("a", "a\n", ("a", r"a\n")),
        ("a b", "a\tb", ("a b", r"a\tb")),
        ("ab", "a\u200bb", ("ab", r"a\u200bb")),
        ("ab", "a\u3164b", ("ab", r"a\u3164b")),
        ("a", "\u0430", ("a", r"\u0430")),
        ("it's", "it\u2019s", ("it's", r"it\u2019s")),
        ("a-b", "a\u2011b", ("a-b", r"a\u2011b")),
        ("\U0001f600", "\U0001f600\ufe0f", (r"\U0001f600", r"\U0001f600\ufe0f")),
    ],
    ids=ascii,
)
def test_texts_that_look_alike_are_shown_with_escapes(
    one: str, other: str, shown: tuple[str, str]
) -> None:
    assert distinguishable((one, other)) == {one: shown[0], other: shown[1]}


@pytest.mark.parametrize("one", ["Caf\u00e9", "a  b ", "\u0430"])
def test_a_text_that_looks_unique_is_shown_as_it_is(one: str) -> None:
    assert distinguishable((one, "x", one)) == {one: one, "x": "x"}


@given(st.lists(TRICKY, max_size=5))
def test_no_two_texts_are_shown_alike(texts: list[str]) -> None:
    shown = distinguishable(texts)
    assert shown.keys() == set(texts)
    assert len({" ".join(composed(each).split()) for each in shown.values()}) == len(shown)


@given(st.text(max_size=8))
def test_a_text_and_its_composed_form_are_shown_differently_if_they_differ(text: str) -> None:
    shown = distinguishable((text, composed(text)))
    assert len(set(shown.values())) == len({text, composed(text)})
    if len(shown) > 1:
        assert all(each.isascii() for each in shown.values())
