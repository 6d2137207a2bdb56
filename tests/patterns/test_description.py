"""Descriptions are exactly the texts that they describe."""

from __future__ import annotations

from random import Random

import pytest
import regex

from reconciler.patterns.characters import Dialect
from reconciler.patterns.comparison import Texts, only_latter_takes_all, taken_apart
from reconciler.patterns.description import MAX_LENGTH, MAX_PATTERNS, described
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.world import Choice, Taker, World
from tests.support.edited_patterns import TEXTS, edit, pattern


def newly(before: str, after: str, *, dialect: Dialect = Dialect.PYTHON) -> Texts:
    takers = Taker((before,)), Taker((after,))
    return taken_apart(*takers, World(takers, dialect=dialect)).latter


def patterns_of(texts: Texts, *, dialect: Dialect = Dialect.PYTHON) -> list[str]:
    return [each.pattern for each in described(texts, dialect=dialect, shorthands="dws")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (r"^[A-Z]{2}-\d{4,6}$", r"^[A-Z]{2}-?\d{4,6}$", [r"[A-Z]{2}\d{4,6}"]),
        (r"^\d+$", r"^\d+(\.\d+)?$", [r"\d+\.\d+"]),
        (r"^\w$", r"^[\w.+-]+$", [r"\w[\w+\-.]+", r"[+\-.][\w+\-.]*"]),
        ("^a$", "^[^a]$", ["[^a]"]),
        ("^a$", "^.$", ["[^a]"]),
        ("^a$", "^.+$", ["a.+", "[^a].*"]),
        ("^a$", r"^\D$", [r"[^\da]"]),
        (r"^\d$", r"^\d[./-]$", [r"\d[\-./]"]),
        ("^x$", "^[\u00e4\u00f6]$", ["[\u00e4\u00f6]"]),
        ("^x$", "^x?[?*]$", [r"x?[*?]"]),
        ("^x$", r"^\t$", [r"[\t]"]),
        ("^z$", "^zz?$", ["zz"]),
        ("^x$", r"^\.\.ooo.{2}$", [r"\.\.ooo.{2}"]),
        ("^x$", "^o{4}$", ["o{4}"]),
        ("^x$", "^(ab)+$", []),
        (r"^\d{3}$", "^[a-z]{3}$|^[A-Z]{4}$|^!$|^-$|^a?b$|^x[a-c]?y$", []),
    ],
)
def test_a_difference_is_described_by_few_short_patterns(
    before: str, after: str, expected: list[str]
) -> None:
    assert patterns_of(newly(before, after)) == expected


def test_digits_are_written_as_the_dialect_has_them() -> None:
    assert patterns_of(newly("^a$", "^[0-9]$")) == ["[0-9]"]
    assert patterns_of(newly("^a$", r"^\d$")) == [r"\d"]
    texts = newly("^a$", "^[0-9]$", dialect=Dialect.ECMASCRIPT)
    assert patterns_of(texts, dialect=Dialect.ECMASCRIPT) == [r"\d"]
    assert described(texts, dialect=Dialect.ECMASCRIPT, shorthands="")[0].pattern == "[0-9]"


@pytest.mark.parametrize("block", range(4))
def test_all_texts_of_a_difference_and_no_others_match_its_descriptions(block: int) -> None:
    random = Random(block)
    seen = 0
    for _ in range(40):
        before = pattern(random)
        after = edit(random, before)
        try:
            texts = newly(before, after)
        except NotModelledError:
            continue
        found = described(texts, dialect=Dialect.PYTHON, shorthands="dws")
        if not texts.graph.is_complete or not found:
            continue
        seen += 1
        assert len(found) <= MAX_PATTERNS
        assert sum(len(each.pattern) for each in found) <= MAX_LENGTH
        takes = [regex.compile(each) for each in (before, after)]
        either = [regex.compile(each.pattern) for each in found]
        for text in (*TEXTS[1:], *(each.example for each in found)):
            old, new = ((match := each.search(text)) and match[0] == text for each in takes)
            is_described = any(each.fullmatch(text) for each in either)
            assert is_described == bool(new and not old), (before, after, text)
    assert seen > 5


@pytest.mark.parametrize(
    ("claim", "is_true"),
    [
        (r"[A-Z]{2}\d{4}", True),
        (r"[A-Z]{2}-?\d{4}", False),
        (r"[A-Z]{2}\d{4,7}", False),
        ("(", False),
    ],
)
def test_a_claim_about_all_texts_of_a_pattern_is_proven(claim: str, is_true: bool) -> None:
    former, latter = Taker((r"^[A-Z]{2}-\d{4}$",)), Taker((r"^[A-Z]{2}-?\d{4}$",), Choice.FIRST)
    for dialect in Dialect:
        assert only_latter_takes_all(claim, former, latter, dialect=dialect) is is_true
