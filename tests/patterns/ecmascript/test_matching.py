"""What a pattern matches, by the engine and by the translation, as V8 does."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.patterns.ecmascript import engine
from reconciler.patterns.ecmascript.cost import attempts
from reconciler.patterns.ecmascript.matching import MAX_ATTEMPTS, first_match
from reconciler.patterns.ecmascript.parsing import InvalidPatternError, read
from reconciler.patterns.ecmascript.translation import UntranslatableError, translated
from reconciler.patterns.ecmascript.units import characters, is_plain, units
from reconciler.patterns.matching import NotRunnableError, PatternTimeoutError, searched
from tests.support.ecmascript import BODY, BODY_WITH_REFERENCES, FOUND, TEXT

needs_engine = pytest.mark.skipif(not engine.is_available(), reason="needs the engine")


@pytest.mark.parametrize(("body", "text", "found"), FOUND)
def test_a_match_is_the_one_that_v8_finds(body: str, text: str, found: str | None) -> None:
    assert first_match(body, text) == found


@pytest.mark.usefixtures("without_engine")
@pytest.mark.parametrize(("body", "text", "found"), FOUND)
def test_a_match_without_the_engine_is_the_same(body: str, text: str, found: str | None) -> None:
    assert first_match(body, text) == found


@needs_engine
@settings(max_examples=300, deadline=None)
@given(body=st.one_of(BODY, BODY_WITH_REFERENCES), text=TEXT)
@example(body=r"(?:(a)|b)*\1", text="ab")
def test_the_engine_and_the_translation_find_the_same(body: str, text: str) -> None:
    try:
        tree = read(body).tree
        found = searched(translated(body), units(text))
    except (InvalidPatternError, UntranslatableError, PatternTimeoutError):
        return
    if is_plain(body + text) and attempts(tree, length=len(text)) <= MAX_ATTEMPTS:
        assert found == engine.search(body, text)
    assert first_match(body, text) == (None if found is None else characters(found))


def test_an_invalid_pattern_matches_nothing() -> None:
    assert first_match("(", "(") is None


@pytest.mark.parametrize("body", ["(?:){999999}", "(?:a{999}){999}b"])
def test_a_pattern_that_is_too_large_matches_nothing(body: str) -> None:
    assert first_match(body, "a") is None


@pytest.mark.parametrize("body", [r"^(?:a|aa)+$", r"^(a|aa)+\1$"])
def test_a_match_that_would_never_finish_is_given_up(body: str) -> None:
    with pytest.raises((PatternTimeoutError, NotRunnableError)) as caught:
        first_match(body, "a" * 60 + "b")
    assert str(caught.value) == body


@needs_engine
@pytest.mark.parametrize(
    ("body", "text", "found"), [("(?i:a)b", "Ab", "Ab"), (r"(?:(a)|b)*\1c", "abc", "abc")]
)
def test_only_the_engine_runs_what_cannot_be_translated(body: str, text: str, found: str) -> None:
    assert first_match(body, text) == found


@pytest.mark.usefixtures("without_engine")
def test_without_the_engine_what_cannot_be_translated_is_refused() -> None:
    with pytest.raises(NotRunnableError):
        first_match("(?i:a)b", "Ab")


@needs_engine
def test_the_engine_is_not_asked_to_repeat_what_can_be_empty() -> None:
    """It would take all memory."""
    assert first_match("(?:(?:.|(?:b|$)??){1,2}){2}x", "zz") is None
