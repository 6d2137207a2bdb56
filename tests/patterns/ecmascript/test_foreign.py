"""What other engines write, and JavaScript rejects or reads as something else."""

from __future__ import annotations

import pytest
from hypothesis import given

from reconciler.patterns.ecmascript.foreign import read_otherwise, rejected
from reconciler.patterns.ecmascript.parsing import InvalidPatternError, read
from tests.support.ecmascript import BODY_WITH_REFERENCES, INVALID
from tests.support.patterns import ORDINARY

REJECTED = {
    "(?P<n>a)": "(?P<n>",
    "(?<n>a)(?P=n)": "(?P=n)",
    "a(?R)": "(?R)",
    "(a)(?1)": "(?1)",
    "a(?>b)": "(?>",
    "(?|a|b)": "(?|",
    "a(?#note)": "(?#note)",
    "(a)?(?(1)b|c)": "(?(1)",
    "(?i)a": "(?i)",
    "(?x:a)": "(?x:",
    "a++": "+",
    "a{2}+": "+",
    "(*FAIL)": "*FAIL",
}
READ_OTHERWISE = {
    r"\Aa": r"\A",
    r"a\Z": r"\Z",
    r"a\z": r"\z",
    r"\a": r"\a",
    r"\p{L}+": r"\p{L}",
    r"[\p{L}\d]": r"\p{L}",
    r"\pL": r"\pL",
    r"\u{1F600}": r"\u{1F600}",
    r"\x{41}": r"\x",
    r"\u12": r"\u",
    r"\N{DASH}": r"\N{DASH}",
    r"\Qa.b": r"\Q",
    r"(a)\g<1>": r"\g<1>",
    r"\k<n>": r"\k<n>",
    r"a\c": r"\c",
    r"(a)\2": r"\2",
    r"\012": r"\012",
    r"\h": r"\h",
    r"[\R]": r"\R",
    "a{,3}": "{,3}",
    "a{1, 3}": "{1, 3}",
    "(?:a){e<=1}": "{e<=1}",
    "[[:alpha:]]": "[[:alpha:]]",
    "[]a]": "[]a]",
    "[^]a]": "[^]a]",
    r"\bÄrger": r"\b",
    r"café\b": r"\b",
    "😀+": "😀",
    "[😀😁]": "😀",
}


@pytest.mark.parametrize(("body", "token"), REJECTED.items())
def test_a_construct_that_javascript_rejects_is_named(body: str, token: str) -> None:
    with pytest.raises(InvalidPatternError) as caught:
        read(body)
    found = rejected(body, offset=caught.value.offset)
    assert found is not None
    assert found.token == token


@pytest.mark.parametrize("body", ["*a", "a**", "(", "a)", "(?<n", "[z-a]", "(a|+)"])
def test_other_mistakes_are_those_of_any_engine(body: str) -> None:
    with pytest.raises(InvalidPatternError) as caught:
        read(body)
    assert rejected(body, offset=caught.value.offset) is None


@pytest.mark.parametrize(("body", "token"), READ_OTHERWISE.items())
def test_a_construct_that_javascript_reads_otherwise_is_named(body: str, token: str) -> None:
    assert read(body)
    assert [found.token for found in read_otherwise(body)] == [token]


@pytest.mark.parametrize(
    "body",
    [
        *(r"\/\-\_\.", r"\x41\u00e4\cJ\0", r"(a)\1", r"(?<n>a)\k<n>", "[^]*", "[]", "a{2,}", "{}"),
        *("{a}", r"[\b]", r"(?<=a)b", "(?:😀)+", "😀a+", r"\bab\b", r"ä \bb", "[a-z]{2}", "[{,3}]"),
    ],
)
def test_what_javascript_reads_as_it_is_meant_is_not_named(body: str) -> None:
    assert list(read_otherwise(body)) == []


@pytest.mark.parametrize("body", ORDINARY)
def test_ordinary_patterns_are_not_named(body: str) -> None:
    if not body.startswith("(?i)") and "++" not in body and "(?>" not in body:
        assert list(read_otherwise(body)) == []


def test_a_kind_is_named_once() -> None:
    assert len(list(read_otherwise(r"\A\A[\A]\Z"))) == 2


@given(BODY_WITH_REFERENCES)
def test_no_pattern_makes_it_fail(body: str) -> None:
    assert all(found.token in body for found in read_otherwise(body))
    assert all(rejected(each, offset=at) is None or at < len(each) for each, at in INVALID.items())
