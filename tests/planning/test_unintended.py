"""Characters that nobody types into a pattern on purpose, and some that people may type."""

from __future__ import annotations

import pytest

from reconciler.model.problem import Severity
from reconciler.planning.unintended import unintended


@pytest.mark.parametrize(
    ("pattern", "rule", "said"),
    [
        ("^a$\n", "pattern-line-break", "ends with a line break"),
        ("^a$\r\n", "pattern-line-break", "ends with a line break"),
        ("^a$\n^b$", "pattern-line-break", "has a line break"),
        (" ^a$", "pattern-outer-blank", "begins or ends"),
        ("^a$ ", "pattern-outer-blank", "begins or ends"),
        ("^a$\t", "pattern-outer-blank", "begins or ends"),
        ("a\u200bb", "pattern-invisible-character", "U+200B (zero width space)"),
        ("a\ufeff", "pattern-invisible-character", "U+FEFF (zero width no-break space)"),
        ("a\u00adb", "pattern-invisible-character", "U+00AD (soft hyphen)"),
        ("a\u200db", "pattern-invisible-character", "U+200D (zero width joiner)"),
        ("\u202ea", "pattern-invisible-character", "U+202E (right-to-left override)"),
        ("a\u3164", "pattern-invisible-character", "U+3164 (hangul filler)"),
        ("\ba", "pattern-invisible-character", "U+0008 (a control character)"),
        ("a\u00a0b", "pattern-odd-space", "U+00A0 (no-break space)"),
        ("a\u2009b", "pattern-odd-space", "U+2009 (thin space)"),
        ("\u2018a\u2019", "pattern-curly-quote", "U+2018 (left single quotation mark), but not '"),
        ("[\u201ca]", "pattern-curly-quote", 'U+201C (left double quotation mark), but not "'),
    ],
    ids=ascii,
)
def test_each_kind_is_a_warning_with_its_fix(pattern: str, rule: str, said: str) -> None:
    (fault,) = unintended(pattern)
    assert (fault.rule.id, fault.rule.severity) == (rule, Severity.WARNING)
    assert said in fault.message
    assert fault.hint


@pytest.mark.parametrize(
    "pattern",
    [
        "^a b$",
        r"\ba\b",
        r"a\ ",
        " ?EUR",
        " {1,3}a",
        "[ ]a[ ]",
        "[\"\u201c\u201d]a['\u2019]",
        "\u3053\u3000\u3093",  # the blank of a Japanese keyboard
        "\U0001f468\u200d\U0001f469",  # an emoji of two
        "\u2764\ufe0f",  # a heart in colour
        "\u0645\u06cc\u200c\u0634\u0648\u062f",  # Persian
        "caf\u00e9",
    ],
    ids=ascii,
)
def test_characters_that_someone_may_have_typed_are_not_reported(pattern: str) -> None:
    assert list(unintended(pattern)) == []


def test_each_kind_in_a_pattern_is_reported_once() -> None:
    rules = [each.rule.id for each in unintended(" \u201ca\u00a0b\u00a0\u200b\u200b\u201d\n")]
    assert rules == [
        "pattern-line-break",
        "pattern-outer-blank",
        "pattern-odd-space",
        "pattern-invisible-character",
        "pattern-curly-quote",
    ]


@pytest.mark.parametrize(("length", "told"), [(499, True), (500, True), (501, False), (900, False)])
def test_a_pattern_that_is_too_long_to_be_analysed_is_not_looked_at(
    length: int, told: bool
) -> None:
    assert bool(list(unintended("\u00a0".ljust(length, "a")))) is told
