"""Rules for people and machines: a table of all of them, and a page about each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import indent, wrap
from typing import Any

import click

from reconciler.errors import ReconcilerError
from reconciler.model.problem import Severity
from reconciler.model.rule import Rule
from reconciler.reports.escaping import json_visible

_WIDTH = 80
_MARGIN = "  "
_COLOR = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
_SEVERITY_WIDTH = max(len(each.value) for each in Severity)


def rules_text(groups: Mapping[str, Sequence[Rule]]) -> str:
    """Every rule on a line with its severity and summary, under the title of its group."""
    width = max(len(rule.id) for rules in groups.values() for rule in rules)
    lines: list[str] = []
    for title, rules in groups.items():
        lines.append(click.style(title, bold=True))
        lines.extend(_row(rule, width=width) for rule in rules)
        lines.append("")
    lines.append("`reconciler rule ID` explains a rule and shows how to fix it.")
    return "\n".join(lines)


def _row(rule: Rule, *, width: int) -> str:
    severity = click.style(f"{rule.severity.value:<{_SEVERITY_WIDTH}}", fg=_COLOR[rule.severity])
    return f"{_MARGIN}{rule.id:<{width}}  {severity}  {rule.summary}"


def rule_text(rule: Rule) -> str:
    """The page about a rule: what it finds, why that matters, how to fix it, and an example."""
    lines = [
        f"{click.style(rule.id, bold=True)} ({_severity(rule)})",
        "",
        *wrap(rule.summary, _WIDTH),
        "",
        *_section("Why it matters", rule.why),
        "",
        *_section("How to fix it", rule.fix),
    ]
    if rule.example is not None:
        lines += ["", *_excerpt("Instead of", rule.example.bad)]
        lines += ["", *_excerpt("write", rule.example.good)]
    return "\n".join(lines)


def _severity(rule: Rule) -> str:
    severity = click.style(rule.severity.value, fg=_COLOR[rule.severity])
    if rule.severity_in_plan is None:
        return severity
    in_plan = click.style(rule.severity_in_plan.value, fg=_COLOR[rule.severity_in_plan])
    return f"{severity}; in a plan: {in_plan}"


def _section(title: str, text: str) -> Iterator[str]:
    yield click.style(title, bold=True)
    yield from wrap(
        text,
        _WIDTH,
        initial_indent=_MARGIN,
        subsequent_indent=_MARGIN,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _excerpt(title: str, text: str) -> Iterator[str]:
    yield f"{_MARGIN}{title}:"
    yield ""
    yield indent(text, _MARGIN * 3)


def rules_json(rules: Iterable[Rule]) -> str:
    """An array with an object for each rule."""
    return _dumped([_rule(rule) for rule in rules])


def rule_json(rule: Rule) -> str:
    """One rule as an object."""
    return _dumped(_rule(rule))


def failed_rule_json(error: ReconcilerError) -> str:
    """An object that says why there is no rule to show."""
    return _dumped({"error": {"message": error.message, "hint": error.hint}})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "why": rule.why,
        "fix": rule.fix,
        "example": rule.example.model_dump() if rule.example else None,
    }


def _dumped(document: Any) -> str:
    return json_visible(json.dumps(document, indent=2, ensure_ascii=False))
