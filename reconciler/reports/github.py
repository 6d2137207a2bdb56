"""Workflow commands of GitHub Actions: problems as annotations on their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.problem import Problem
from reconciler.reports.escaping import plain


def workflow_commands(problems: Iterable[Problem]) -> Iterator[str]:
    """One workflow command for each problem, with its line end."""
    for problem in problems:
        place = ",".join(
            (
                f"file={_property(problem.source.file)}",
                f"line={problem.source.line}",
                f"col={problem.source.column}",
                f"title={_property(problem.rule)}",
            )
        )
        text = plain(problem.message) + (f"\n{plain(problem.hint)}" if problem.hint else "")
        yield f"::{problem.severity.value} {place}::{_data(text)}\n"


def _data(text: str) -> str:
    """Escaped for Actions, so that no text can start a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
