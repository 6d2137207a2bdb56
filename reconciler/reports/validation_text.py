"""Problems as text for people at a terminal, coloured like `text`.

It imports no plan and no outcome: `validate` loads in little more time than its libraries take.
"""

from __future__ import annotations

import click

from reconciler.model.problem import Problem
from reconciler.model.validation import ValidationReport
from reconciler.reports.escaping import plain
from reconciler.reports.excerpt import excerpt_lines
from reconciler.reports.numbers import counted


def validation_text(report: ValidationReport) -> str:
    """Every problem with its place, and the counts."""
    problems = report.problems
    lines = [problem_text(problem) for problem in problems]
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    if problems:
        lines.append("")
    word = (
        click.style("Valid:", fg="green", bold=True)
        if report.valid
        else click.style("Not valid:", fg="red", bold=True)
    )
    counts = [(report.slots, "slot"), (errors, "error"), (warnings, "warning")]
    if report.targets is not None:
        counts.insert(0, (report.targets, "target"))
    lines.append(f"{word} {', '.join(counted(*each) for each in counts)}.")
    return "\n".join(lines)


def problem_text(problem: Problem) -> str:
    """One problem: place, severity, message, rule; below, its line with a caret, and the hint."""
    color = "red" if problem.is_error else "yellow"
    severity = click.style(f"{problem.severity.value}:", fg=color, bold=True)
    lines = [f"{plain(problem.place)}{severity} {plain(problem.message)} [{problem.rule}]"]
    lines.extend(excerpt_lines(problem.source))
    if problem.hint:
        lines.append(f"    {plain(problem.hint)}")
    return "\n".join(lines)
