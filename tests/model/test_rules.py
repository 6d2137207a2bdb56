"""The registry of rules: complete, unambiguous, and the only source of problems."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconciler
from reconciler.model import rules
from reconciler.model.problem import Problem, Severity, Source
from reconciler.model.rule import Example, Rule
from reconciler.model.rules import GROUPS, RULES
from reconciler.model.rules.dependencies import UNKNOWN_DEPENDENCY
from reconciler.model.rules.keys import UNKNOWN_KEY

PACKAGE = Path(reconciler.__file__).parent
REGISTRY = Path(rules.__file__).parent
PLACE = Source(file="slots/a.yaml", line=2)
IDS = [rule.id for rule in RULES]


def calls(kind: type, *, outside: Path) -> Iterator[str]:
    """Every place in the package that makes a `kind`, except in the file or folder `outside`."""
    for path in PACKAGE.rglob("*.py"):
        if outside in (path, *path.parents):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == kind.__module__
            for alias in node.names
            if alias.name == kind.__name__
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}"


def test_only_a_rule_makes_a_problem_and_a_format_reads_one_back() -> None:
    made = list(calls(Problem, outside=PACKAGE / "model" / "rule.py"))
    assert [each for each in made if not each.startswith("formats/")] == []


def test_rules_are_only_defined_in_the_registry() -> None:
    assert list(calls(Rule, outside=REGISTRY)) == []


def test_every_module_of_the_registry_is_a_group() -> None:
    modules = [path.stem for path in REGISTRY.glob("*.py") if path.stem != "__init__"]
    defined = [
        value
        for module in modules
        for value in vars(getattr(rules, module)).values()
        if isinstance(value, Rule)
    ]
    assert sorted(IDS) == sorted(rule.id for rule in defined)
    assert all(GROUPS.values())


def test_an_id_is_unique_and_its_constant_has_the_same_name() -> None:
    assert len(set(IDS)) == len(IDS)
    constants = {
        name: value.id
        for path in REGISTRY.glob("*.py")
        if path.stem != "__init__"
        for name, value in vars(getattr(rules, path.stem)).items()
        if isinstance(value, Rule)
    }
    assert constants == {each.upper().replace("-", "_"): each for each in IDS}
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", each) for each in IDS)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_summary_is_one_sentence(rule: Rule) -> None:
    assert re.fullmatch(r"(?s)[A-Z`].*[^.]\.", rule.summary), rule.summary
    assert "\n" not in rule.summary


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_says_in_a_few_sentences_why_it_matters_and_how_to_fix_it(rule: Rule) -> None:
    for text, most in ((rule.why, 4), (rule.fix, 3)):
        sentences = re.findall(r"\S[.](?= [A-Z`]|$)", text)
        assert 1 <= len(sentences) <= most, text
        assert re.fullmatch(r"[A-Z`].*\.", text), text


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_an_example_fits_on_a_page(rule: Rule) -> None:
    if rule.example is not None:
        for text in (rule.example.bad, rule.example.good):
            assert text == text.strip()
            assert all(len(line) <= 70 for line in text.split("\n"))
        assert rule.example.bad != rule.example.good


def test_prose_is_one_paragraph_and_an_excerpt_keeps_its_lines() -> None:
    example = Example(
        bad="""
            gate:
              watch: [b]
        """,
        good="gate: {}",
    )
    rule = Rule(
        id="a-rule",
        severity=Severity.ERROR,
        summary="One.",
        why="""
            Two
            lines.
        """,
        fix="One line.",
        example=example,
    )
    assert rule.why == "Two lines."
    assert example.bad == "gate:\n  watch: [b]"


def test_a_problem_has_the_id_and_severity_of_its_rule() -> None:
    problem = UNKNOWN_KEY.problem(PLACE, message="no", hint="Remove it.", slot_id="a")
    assert (problem.rule, problem.severity) == ("unknown-key", Severity.ERROR)
    assert (problem.source, problem.message, problem.hint) == (PLACE, "no", "Remove it.")
    assert problem.slot_id == "a"


def test_a_reference_to_an_unknown_slot_is_a_warning_in_a_file_and_an_error_in_a_plan() -> None:
    in_a_file = UNKNOWN_DEPENDENCY.problem(PLACE, message="m", slot_id="a")
    in_a_plan = UNKNOWN_DEPENDENCY.problem_in_plan(PLACE, message="m", slot_id="a")
    assert (in_a_file.is_error, in_a_plan.is_error) == (False, True)
    assert in_a_plan.as_warning() == in_a_file


def test_every_other_rule_has_the_same_severity_in_a_plan() -> None:
    for rule in RULES:
        if rule.severity_in_plan is None:
            problem = rule.problem_in_plan(PLACE, message="m", slot_id="a")
            assert problem.severity is rule.severity
