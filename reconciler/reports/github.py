"""Workflow commands of GitHub Actions: problems as annotations on their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reconciler.model.problem import Problem
from reconciler.reports.words import plain

_BEGINNING = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def workflow_commands(problems: Iterable[Problem]) -> Iterator[str]:
    """One workflow command a problem, each ending its line."""
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


def without_commands(text: str) -> str:
    """`text` for the log of a runner, which obeys `##[command]` anywhere in a line, and `::command`
    at its beginning: what a tenant, a ledger or a slot file says may hold one."""
    return _BEGINNING.sub(r"\1: ", text.replace("##[", "# #["))


def _data(text: str) -> str:
    """Escaped as Actions wants it, so that no text can begin a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
