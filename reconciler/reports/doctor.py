"""An examination as text for people at a terminal, coloured like `text`."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

import click

from reconciler.model.check import Check, CheckStatus, Examination
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted

_WIDTH = 100
_MARGIN = "          "
_COLOR = {CheckStatus.OK: "green", CheckStatus.WARNING: "yellow", CheckStatus.FAILED: "red"}
_STATUS_WIDTH = max(len(each.value) for each in CheckStatus)


def doctor_text(examination: Examination) -> str:
    """Every check, with the way out below those that need one, and the counts."""
    lines = [click.style(f"Examination of the tenant, as {examination.api}", bold=True), ""]
    for check in examination.checks:
        lines.extend(_check(check))
    passed, warnings, failures = (examination.count(each) for each in CheckStatus)
    word = (
        click.style("Ready:", fg="green", bold=True)
        if examination.ok
        else click.style("Not ready:", fg="red", bold=True)
    )
    lines += ["", f"{word} {failures} failed, {counted(warnings, 'warning')}, {passed} ok."]
    return "\n".join(lines)


def _check(check: Check) -> Iterator[str]:
    status = click.style(f"{check.status.value:<{_STATUS_WIDTH}}", fg=_COLOR[check.status])
    yield f"{status}   {click.style(plain(check.name), bold=True)}"
    yield from _paragraph(check.detail)
    yield from _paragraph(check.hint, mark="→ ")


def _paragraph(text: str, *, mark: str = "") -> Iterator[str]:
    yield from wrap(
        plain(text),
        _WIDTH,
        initial_indent=_MARGIN + mark,
        subsequent_indent=_MARGIN + " " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
