"""The optional engine."""

from __future__ import annotations

import pytest

from reconciler.patterns.ecmascript import engine

needs_engine = pytest.mark.skipif(not engine.is_available(), reason="needs the engine")


@pytest.mark.usefixtures("without_engine")
def test_without_the_package_no_pattern_is_rejected() -> None:
    assert not engine.is_available()
    assert engine.rejection("(") is None


@needs_engine
def test_the_engine_rejects_and_says_why() -> None:
    assert engine.rejection("(") == "Unbalanced parenthesis"
    assert engine.rejection(r"(?<n>a)\k<n>") is None


@needs_engine
def test_positions_are_counted_in_characters() -> None:
    assert engine.search("b+", "äöbb") == "bb"
    assert engine.search("b+", "äö") is None


@needs_engine
@pytest.mark.parametrize("body", ["[😀]", r"\ud83d*", r"\uDE00", r"\u{3}", "\ud83d"])
def test_what_the_engine_reads_differently_is_not_asked(body: str) -> None:
    assert not engine.can_read(body)
    assert engine.rejection(body) is None
