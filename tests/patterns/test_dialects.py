"""The table of constructs that engines disagree about."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from reconciler.patterns.dialects import (
    DIFFERENCES,
    NOT_ECMASCRIPT,
    NOT_PORTABLE,
    Reading,
    differences,
    for_python,
)
from reconciler.patterns.parsing import parse
from reconciler.patterns.tokens import tokens

EXAMPLES = {
    r"(?P<n>a)": NOT_ECMASCRIPT,
    r"(?P<n>a)(?P=n)": NOT_ECMASCRIPT,
    r"(?P<n>a)\g<n>": NOT_ECMASCRIPT,
    r"a++": NOT_ECMASCRIPT,
    r"a{2}+": NOT_ECMASCRIPT,
    r"(?>a)": NOT_ECMASCRIPT,
    r"(?|a|b)": NOT_ECMASCRIPT,
    r"\Aa": NOT_ECMASCRIPT,
    r"a\Z": NOT_ECMASCRIPT,
    r"a\z": NOT_ECMASCRIPT,
    r"(?i)a": NOT_ECMASCRIPT,
    r"(?i:a)": NOT_ECMASCRIPT,
    r"(?i-s:a)": NOT_ECMASCRIPT,
    r"(?V1)a": NOT_ECMASCRIPT,
    r"(a)?(?(1)b|c)": NOT_ECMASCRIPT,
    r"a(?#note)b": NOT_ECMASCRIPT,
    r"a(*FAIL)": NOT_ECMASCRIPT,
    r"[[:alpha:]]": NOT_ECMASCRIPT,
    r"(?:ab){e<=1}": NOT_ECMASCRIPT,
    r"\a": NOT_ECMASCRIPT,
    r"\Ga": NOT_ECMASCRIPT,
    r"\mword\M": NOT_ECMASCRIPT,
    r"(?<n>a)": NOT_PORTABLE,
    r"(?<n>a)\k<n>": NOT_PORTABLE,
    r"\cJ": NOT_PORTABLE,
    r"[^]": NOT_PORTABLE,
    r"a[]|b": NOT_PORTABLE,
    r"[]a]": NOT_PORTABLE,
    r"a{,3}": NOT_PORTABLE,
    r"[\w--\d]": NOT_PORTABLE,
}


@pytest.mark.parametrize(("pattern", "reading"), EXAMPLES.items())
def test_each_construct_is_reported_with_its_reading(pattern: str, reading: Reading) -> None:
    assert {difference.reading for _, difference in differences(pattern)} == {reading}
    regex.compile(for_python(pattern))


def test_every_row_of_the_table_has_an_example() -> None:
    reported = {difference for pattern in EXAMPLES for _, difference in differences(pattern)}
    assert reported == set(DIFFERENCES)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{2}-\d{4,6}$",
        r"(?:a|b)+?",
        r"(?=a)(?!b)(?<=c)(?<!d)",
        r"\\A\\Z",
        r"[(?i)]",
        r"a\+\+",
        r"[+]+",
        r"\*+",
        r"\/\-\.\x41",
        r"(a)\1",
        r"a{2}b{3,}c{1,2}?",
        r"\[\]",
        r"(\+)+",
    ],
)
def test_constructs_that_all_engines_read_alike_are_not_reported(pattern: str) -> None:
    assert list(differences(pattern)) == []
    assert for_python(pattern) == pattern


def test_a_construct_is_reported_once() -> None:
    assert len(list(differences(r"(?P<a>x)(?P<b>y)(?P<c>z)"))) == 1


@given(st.text(alphabet=r"ab1,{}()[]*+?|\^$.-:=!<>Pk#", max_size=40))
def test_tokens_cover_every_character_and_parsed_patterns_compile(pattern: str) -> None:
    assert "".join(token.text for token in tokens(pattern)) == pattern
    if parse(pattern) is not None:
        regex.compile(pattern)


@given(
    st.lists(
        st.sampled_from(
            [
                *("a", "b", "[a-c]", "[^a]", ".", r"\d", r"\w", "^", "$", r"\b", "(", "(?:", ")"),
                *(
                    "|",
                    "*",
                    "+",
                    "?",
                    "{2}",
                    "{1,3}",
                    "?",
                    "(?=",
                    "[]",
                    "]",
                    "}",
                    r"\]",
                    "[a-",
                    "-",
                ),
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_parsed_patterns_compile_in_both_of_pythons_engines(pattern: str) -> None:
    if parse(pattern) is not None:
        regex.compile(pattern)
        re.compile(pattern)
