"""Rules for people: a table of all of them, and a page about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent, wrap

import click

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

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
