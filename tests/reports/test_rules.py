"""The table of rules, and the page about one."""

from __future__ import annotations

import json

import click

from reconciler.formats.rules import rule_json, rules_json
from reconciler.model.problem import Severity
from reconciler.model.rule import Example, Rule
from reconciler.reports.rules import rule_text, rules_text

WRONG = Rule(
    id="wrong",
    severity=Severity.ERROR,
    summary="Something is wrong.",
    why="It breaks the bot, " * 5 + "and nobody notices.",
    fix="Mend `it`.",
    example=Example(bad="it:\n  - wrong", good="it: []"),
)
DOUBTFUL = Rule(
    id="most-doubtful",
    severity=Severity.WARNING,
    severity_in_plan=Severity.ERROR,
    summary="Something is doubtful.",
    why="It may break the bot.",
    fix="Look at it.",
)


def test_the_table_has_a_line_for_each_rule_below_its_group() -> None:
    assert click.unstyle(rules_text({"First": [WRONG], "Second": [DOUBTFUL]})) == (
        "First\n"
        "  wrong          error    Something is wrong.\n"
        "\n"
        "Second\n"
        "  most-doubtful  warning  Something is doubtful.\n"
        "\n"
        "`reconciler rule ID` explains a rule and shows how to fix it."
    )


def test_the_page_explains_the_rule_and_shows_it_broken_and_kept() -> None:
    assert click.unstyle(rule_text(WRONG)) == (
        "wrong (error)\n"
        "\n"
        "Something is wrong.\n"
        "\n"
        "Why it matters\n"
        "  It breaks the bot, It breaks the bot, It breaks the bot, It breaks the bot, It\n"
        "  breaks the bot, and nobody notices.\n"
        "\n"
        "How to fix it\n"
        "  Mend `it`.\n"
        "\n"
        "  Instead of:\n"
        "\n"
        "      it:\n"
        "        - wrong\n"
        "\n"
        "  write:\n"
        "\n"
        "      it: []"
    )


def test_without_an_example_the_page_ends_with_the_fix() -> None:
    assert click.unstyle(rule_text(DOUBTFUL)).endswith("How to fix it\n  Look at it.")


def test_the_page_says_that_a_plan_judges_differently() -> None:
    title = click.unstyle(rule_text(DOUBTFUL)).split("\n")[0]
    assert title == "most-doubtful (warning; in a plan: error)"


def test_json_is_an_object_for_each_rule() -> None:
    wrong = {
        "id": "wrong",
        "severity": "error",
        "summary": "Something is wrong.",
        "why": WRONG.why,
        "fix": "Mend `it`.",
        "example": {"bad": "it:\n  - wrong", "good": "it: []"},
    }
    assert json.loads(rule_json(WRONG)) == wrong
    first, second = json.loads(rules_json([WRONG, DOUBTFUL]))
    assert first == wrong
    assert second["example"] is None
