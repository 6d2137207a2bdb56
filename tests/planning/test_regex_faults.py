"""The rules for the regex of a slot filler."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.patterns.backtracking import Effort
from reconciler.patterns.catastrophe import find_attack
from reconciler.patterns.ecmascript import engine
from reconciler.patterns.ecmascript.literal import delimited
from reconciler.patterns.ecmascript.parsing import read
from reconciler.patterns.matching import NotRunnableError, PatternTimeoutError
from reconciler.planning import regex_faults
from reconciler.planning.regex_faults import (
    faults,
    faults_and_steps,
    faults_at_sight,
)
from tests.support.patterns import ORDINARY

CATASTROPHIC = r"/^(\d+-?)+$/"


def rules(regex: str) -> list[str]:
    return [fault.rule.id for fault in faults(regex)]


@pytest.mark.parametrize(
    "regex",
    [
        r"/\b(?:[A-Z]{2}-\d{4,6}|ORD-\d{5})\b/",
        r"/(?<=\$)(?<amount>\d+)(?:\.\d\d)?/",
        r"/(['\"])[^]+?\1/",
        r"/(?<q>['\"])x\k<q>/",
        r"/\/\u00e9\cA/",
        "/(?:" + "|".join(f"city{number}" for number in range(300)) + ")/",
    ],
)
def test_an_ordinary_regex_has_no_fault(regex: str) -> None:
    assert rules(regex) == []


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        ("a", ["regex-delimiters"]),
        ("/a", ["regex-delimiters"]),
        ("/a/b/", ["regex-delimiters"]),
        ("/a/g", ["regex-global"]),
        ("/a/i", ["regex-flag"]),
        ("/a/gi", ["regex-global", "regex-flag"]),
        ("/a/gg", ["regex-flag"]),
        ("/a/x", ["regex-flag"]),
        ("/(/i", ["regex-flag", "pattern-invalid"]),
        ("//", ["pattern-empty"]),
        ("/(a/", ["pattern-invalid"]),
        ("/(?i)a/", ["pattern-invalid"]),
        ("/[z-a]/", ["pattern-invalid"]),
        ("/(?:){999999}/", ["pattern-too-complex"]),
        ("/" + "(" * 60 + "a" + ")" * 60 + "/", ["pattern-too-complex"]),
        (CATASTROPHIC, ["pattern-catastrophic"]),
        (r"/\Aa/", ["regex-read-otherwise"]),
        (r"/\Aa\Z/", ["regex-read-otherwise"] * 2),
        ("/(?i:a)/", ["regex-recent"]),
        ("/(?<n>a)|(?<n>b)/", ["regex-recent"]),
        ("/a*/", ["pattern-matches-empty"]),
        (r"/(a?)\1/", ["pattern-matches-empty"]),
        (r"/(?=(a))\1/", []),
        ("/" + "a" * 5_000 + "/", ["pattern-not-analysed"]),
    ],
)
def test_a_fault_has_its_rule(regex: str, expected: list[str]) -> None:
    assert rules(regex) == expected


@pytest.mark.parametrize(
    ("regex", "message", "hint"),
    [
        (r"\d+", "the regex does not begin with /", r"Write it as /\d+/"),
        ("/a/i", "the flag i, which ignores case, is not one that", "both cases, as in [Aa]"),
        ("/a/m", "the flag m, which lets ^ and $ match", r"(?:^|\n)"),
        ("/a/y", "the flag y, which matches only at a given", "Remove it."),
        ("/a/x", "JavaScript has no flag x", "Remove it."),
        ("/ab(/", "rejects the regex at character 4: the ( is not closed", "Correct the regex."),
        ("/a++/", "rejects + at character 4, the mark of a possessive", "Remove it."),
        (r"/\p{L}/", r"\p{L} is a Unicode property only with the flag u", "[A-Za-zÀ-ÿ]"),
        ("/(?i:a)/", "(?i: is syntax that JavaScript has only since 2025", "[Aa]"),
        ("/(?<n>a)|(?<n>b)/", "(?<n> is syntax that", "a name of its own"),
    ],
)
def test_a_message_says_what_and_a_hint_the_way_out(regex: str, message: str, hint: str) -> None:
    (fault,) = faults(regex)
    assert message in fault.message
    assert hint in fault.hint


@pytest.mark.parametrize("body", ORDINARY)
def test_an_ordinary_body_is_not_catastrophic(body: str) -> None:
    assert "pattern-catastrophic" not in rules(delimited(body))


def test_the_steps_are_those_of_the_search_for_an_attack() -> None:
    effort = Effort()
    find_attack(read(CATASTROPHIC[1:-1]).tree, ignore_case=False, effort=effort)
    assert faults_and_steps(CATASTROPHIC)[1] == effort.steps > 0
    assert faults_and_steps("/abc/") == ((), 0)


def test_without_steps_only_what_can_be_seen_is_found() -> None:
    assert faults_at_sight(CATASTROPHIC) == ((), True)
    assert faults_at_sight("/a*/")[0][0].rule.id == "pattern-matches-empty"
    assert faults_at_sight("a")[1] is False
    assert faults_at_sight("/(/")[1] is False


@pytest.mark.skipif(not engine.is_available(), reason="needs the engine")
def test_what_only_the_engine_rejects_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import regress  # noqa: PLC0415 - it is optional

    def reject(_body: str) -> None:
        raise regress.RegressError("no")

    monkeypatch.setattr(regress, "Regex", reject)
    (fault,) = faults("/only here, so that it is not compiled yet/")
    assert fault.rule.id == "pattern-invalid"
    assert fault.message == "JavaScript rejects the regex: no"


@pytest.mark.parametrize("error", [NotRunnableError, PatternTimeoutError])
def test_what_an_empty_text_gives_is_not_guessed(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(body: str, _text: str) -> None:
        raise error(body)

    monkeypatch.setattr(regex_faults, "first_match", fail)
    assert rules(rf"/(a?)\1(?:{error.__name__})?/") == []


@settings(deadline=None)
@given(st.text(alphabet=r"/ab1,{}()[]*+?|\^$.-:=!<>PpuxNRk&#gi\u00e9😀", max_size=40))
def test_no_text_makes_the_rules_raise(text: str) -> None:
    for regex in (text, f"/{text}/"):
        assert faults_at_sight(regex)[0] is not None
        assert faults(regex) is not None
