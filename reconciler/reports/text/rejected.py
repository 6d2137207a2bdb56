"""What a gate rejected, and warnings: parts of several reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from reconciler.model.gate import Rejection
from reconciler.reports.escaping import plain
from reconciler.reports.text.layout import capped, hanging, wrapped
from reconciler.reports.words import clauses, missing_rates

_MOST = 20
"""The most rejections, and the most warnings, that one report lists."""


def rejected_lines(rejections: Sequence[Rejection], *, width: int | None = None) -> Iterator[str]:
    """Which slots and changes were rejected, by which run and why."""
    if not rejections:
        return
    yield "Rejected by the gate:"
    shown, rest = capped(rejections, most=_MOST)
    for each in shown:
        how = click.style("live although rejected", fg="red") if each.live else "skipped by apply"
        yield f"  {plain(each.slot_id)}  {how}"
        for line in rejection_reason(each):
            yield from wrapped(line, width=width, indent=6)
    if rest:
        yield f"  … and {rest} more"
    yield ""


def rejection_reason(rejection: Rejection) -> list[str]:
    """The run and its reason, in one line for each clause if it is long."""
    missing = missing_rates(rejection, rejection.reason)
    numbers = f" ({missing})" if missing else ""
    first, *rest = (plain(each) for each in clauses(rejection.reason))
    return [f"run {plain(rejection.run_id)}: {first}{numbers}", *rest]


def warning_lines(warnings: Iterable[str], *, width: int | None = None) -> Iterator[str]:
    """Each warning, and an empty line below."""
    shown, rest = capped(list(warnings), most=_MOST)
    for warning in shown:
        title = click.style("Warning:", fg="yellow", bold=True)
        yield from hanging(f"{title} {plain(warning)}", width=width)
    if rest:
        yield f"… and {rest} more warnings"
    if shown:
        yield ""
