"""Examples on the regex of a slot filler."""

from __future__ import annotations

import sys

import pytest

from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.content import FillerContent
from reconciler.model.problem import Source
from reconciler.model.slot import DesiredSlot, Examples, MatchExample
from reconciler.model.state import DesiredState, Path
from reconciler.patterns.ecmascript import engine
from reconciler.planning.javascript import extracted, required_of
from reconciler.planning.validate import validate

REGEX = r"/\bORD-\d{5}\b/"


def test_the_first_match_is_extracted() -> None:
    assert extracted(REGEX, "ORD-1 ORD-12345 ORD-67890") == "ORD-12345"
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
    assert extracted("/[😀]/", "😀") == "\ufffd"


def problems(regex: str, examples: Examples) -> list[tuple[Path, str]]:
    content = FillerContent(flow="f", name="order", type="regex", regex=regex)
    slot = DesiredSlot(slot_id="order", content=content, examples=examples)
    at: list[Path] = []

    def locate(path: Path) -> Source:
        at.append(path)
        return Source(file="order.yaml")

    found = validate(DesiredState([slot], locators={"order": locate}), api=COGNIGY_V2)
    return list(zip(at, [problem.rule for problem in found], strict=True))


def test_examples_that_the_regex_contradicts_are_reported() -> None:
    given = Examples(
        match=(
            MatchExample(text="my ORD-12345", value="ORD-12345"),
            MatchExample(text="ORD-12345", value="12345"),
            MatchExample(text="ORD-1"),
        ),
        reject=("ORD-123456", "ORD-12345!"),
    )
    assert problems(REGEX, given) == [
        (("examples", "match", 1), "example-wrong-value"),
        (("examples", "match", 2), "example-not-matched"),
        (("examples", "reject", 1), "example-not-rejected"),
    ]


def test_the_faults_of_a_regex_are_at_its_place() -> None:
    assert problems("ORD", Examples()) == [(("regex",), "regex-delimiters")]
    assert problems("/ORD/i", Examples()) == [(("regex",), "regex-flag")]
    assert problems("/(a+)+$/", Examples()) == [(("regex",), "pattern-catastrophic")]
    assert problems("/" + "a" * 60 + "/", Examples()) == []  # no limit of 50 characters


def test_a_regex_that_takes_too_long_is_reported() -> None:
    found = problems("/^(?:a|aa)+$/", Examples(reject=("a" * 60 + "b",)))
    assert (("regex",), "pattern-catastrophic") in found


def test_a_filler_without_a_regex_has_no_examples_to_try() -> None:
    content = FillerContent(flow="f", name="mail", type="email")
    slot = DesiredSlot(
        slot_id="mail", content=content, examples=Examples(match=(MatchExample(text="a@b.de"),))
    )
    assert validate(DesiredState([slot]), api=COGNIGY_V2) == ()


def test_a_text_that_two_fillers_extract_is_ambiguous() -> None:
    order = DesiredSlot(
        slot_id="order",
        content=FillerContent(flow="f", name="order", type="regex", regex=REGEX),
        examples=Examples(match=(MatchExample(text="ORD-12345"),)),
    )
    other = DesiredSlot(
        slot_id="other",
        content=FillerContent(flow="f", name="other", type="regex", regex=r"/ORD-\d+/"),
    )
    (problem,) = validate(DesiredState([order, other]), api=COGNIGY_V2)
    assert problem.rule == "ambiguous-example"


def test_a_regex_that_only_an_engine_can_run_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "regress", None)
    engine.is_available.cache_clear()
    try:
        found = problems("/(?i:a)/", Examples(reject=("b",)))
    finally:
        engine.is_available.cache_clear()
    assert (("examples",), "examples-not-run") in found
