"""Regexes as JavaScript reads them, written between slashes."""

from __future__ import annotations

import pytest

from reconciler.sandbox.v2.expressions import (
    Expression,
    InvalidExpression,
    TooSlow,
    check_storable,
)


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        (r"/\b[A-Z]{2}-\d{4}\b/", "It is AB-1234.", "AB-1234"),
        (r"/a|ab/", "ab", "a"),
        (r"/\d+/g", "12 and 34", "12"),
        (r"/x/", "abc", ""),
        (r"/ab/i", "xAB", "AB"),
        (r"/^b$/m", "a\nb", "b"),
        (r"/a.b/", "a\nb", ""),
        (r"/a.b/s", "a\nb", "a\nb"),
        (r"/b/y", "ab", ""),
        (r"/a/y", "ab", "a"),
        (r"/a/b/", "xa/b", "a/b"),
        (r"/ü+/", "müüsli", "üü"),
        (r"/k.tt/", "😀 kätt", "kätt"),
        (r"/\p{L}+/u", "1é2", "é"),
        (r"/\p{L}/", "é p{L}", "p{L}"),
        (r"/[\w--\d]/v", "1e2", "e"),
        (r"/(?<!\d)\d{2}(?!\d)/", "123 45", "45"),
        (r"/(?<year>\d{4})-\k<year>/", "2020-2021 2020-2020", "2020-2020"),
        # Unlike in Python, \d is a digit of ASCII, and $ the very end.
        (r"/\d/", "٣", ""),
        (r"/a$/", "a\n", ""),
        (r"/[]/", "a", ""),
        (r"/[^]/", "\n", "\n"),
        (r"/\u0041/", "A", "A"),
        (r"/x*/", "abc", ""),
        (r"/./", "\ud800", "?"),
        (r"/(?:\d{6}-?)*(?:x?\d*)?/", "123456-1", "123456-1"),
        (r"/(?:[a-z]|\d)+(?: [a-z]+){0,50}/", "ab1 cd ef", "ab1 cd ef"),
    ],
)
def test_what_it_finds(written: str, text: str, found: str) -> None:
    assert Expression(written).find(text) == found


@pytest.mark.parametrize("written", ["", "abc", "/abc", "/(/", "/a/gg", "/a/x", "/[/", "/\ud800/"])
def test_what_javascript_refuses(written: str) -> None:
    with pytest.raises(InvalidExpression):
        Expression(written)


@pytest.mark.parametrize(
    "written",
    [
        "/^(a|aa)+$/",
        "/(a+)+b/",
        "/(a|A)*$/i",
        "/(){99999999}/",
        r"/(\b){99999999}/",
        "/(?:(){9999}){9999}/",
        "/a*a*a*a*a*a*b/",
        f"/{'x' * 120}|(a|aa)+$/",
        "/(?:a?){50}a{50}b/",
        "/(?:a?b?){40}(?:ab){60}/",
        "/(?:a{0,2}){30}c/",
    ],
)
def test_a_regex_that_can_take_forever_is_never_run(written: str) -> None:
    with pytest.raises(TooSlow):
        Expression(written).find("a" * 100 + "!")


@pytest.mark.parametrize("length", [49, 50, 60])
def test_many_optional_turns_before_as_many_required_ones_end(length: int) -> None:
    with pytest.raises(TooSlow):
        Expression("/(?:a?){50}a{50}/").find("a" * length)


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("/(?:a?){50}a{50}/", "aa", ""),
        ("/(?:a?){50}a{50}/", "b" * 100, ""),
        ("/(?:ab|cd){60,}/", "ab" * 70, "ab" * 70),
        ("/(?:[a-z]+-?){1,20}!/", "order-intake-one!", "order-intake-one!"),
    ],
)
def test_what_only_looks_as_if_it_took_forever_is_run(written: str, text: str, found: str) -> None:
    assert Expression(written).find(text) == found


def test_what_can_be_stored_is_less_strict() -> None:
    for written in ("abc", "/abc", "/a/xyz"):
        check_storable(written)
    with pytest.raises(InvalidExpression):
        check_storable("/(/")
