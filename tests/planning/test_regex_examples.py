"""Examples on the regex of a slot filler."""

from __future__ import annotations

import sys

import pytest

from reconciler.model.slot import Examples, MatchExample
from reconciler.patterns.ecmascript import engine
from reconciler.planning.extraction import Extraction
from reconciler.planning.regex_examples import extracted, findings, required_of

REGEX = r"/\bORD-\d{5}\b/"


def test_the_first_match_is_extracted() -> None:
    assert extracted(REGEX, "ORD-1 ORD-12345 ORD-67890") == Extraction("ORD-12345", REGEX)
    assert extracted(REGEX, "ord-12345") is None


@pytest.mark.parametrize("regex", ["a", "/(/", "/b*/"])
def test_a_faulty_regex_and_an_empty_match_extract_nothing(regex: str) -> None:
    assert extracted(regex, "a") is None


@pytest.mark.parametrize(
    ("regex", "text"),
    [
        (REGEX, "ord-"),
        (r"/Ä?\/API\/(v\d)/", "/api/v"),
        (r"/(a)b\1c/", ""),
        ("/a|b/", ""),
        ("/(/", ""),
        ("abc", ""),
    ],
)
def test_the_required_text_is_read_from_the_regex(regex: str, text: str) -> None:
    assert required_of(regex) == text


def test_half_of_a_character_is_replaced() -> None:
    assert extracted("/[😀]/", "😀") == Extraction("\ufffd", "/[😀]/")


def test_examples_that_the_regex_contradicts_are_reported() -> None:
    given = Examples(
        match=(
            MatchExample(text="my ORD-12345", value="ORD-12345"),
            MatchExample(text="ORD-12345", value="12345"),
            MatchExample(text="ORD-1"),
        ),
        reject=("ORD-123456", "ORD-12345!"),
    )
    assert [(finding.path, finding.rule.id) for finding in findings(REGEX, given)] == [
        (("examples", "match", 1), "example-wrong-value"),
        (("examples", "match", 2), "example-not-matched"),
        (("examples", "reject", 1), "example-not-rejected"),
    ]


def test_a_regex_that_takes_too_long_is_reported() -> None:
    (finding,) = findings("/^(?:a|aa)+$/", Examples(reject=("a" * 60 + "b",)))
    assert (finding.path, finding.rule.id) == (("regex",), "pattern-too-complex")


def test_a_regex_that_only_an_engine_can_run_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "regress", None)
    engine.is_available.cache_clear()
    try:
        (finding,) = findings("/(?i:a)/", Examples(reject=("b",)))
    finally:
        engine.is_available.cache_clear()
    assert (finding.path, finding.rule.id) == (("examples",), "examples-not-run")
