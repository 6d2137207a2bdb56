"""Drift as text for people at a terminal, coloured like `text`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

from reconciler.model.change import Cause, Change
from reconciler.model.drift import DriftReport, LastChange, SlotHealth
from reconciler.model.gate import VerdictResult
from reconciler.model.promotion import Waiting
from reconciler.model.state import DesiredState
from reconciler.reports.bakes import failed_count
from reconciler.reports.escaping import plain
from reconciler.reports.next_step import NO_FILES, after_drift
from reconciler.reports.numbers import counted, rate
from reconciler.reports.text.bakes import bake_lines
from reconciler.reports.text.changes import change_lines
from reconciler.reports.text.colors import VERDICT_COLOR
from reconciler.reports.text.layout import hanging, wrapped
from reconciler.reports.text.plan import endpoint_text
from reconciler.reports.text.rejected import rejected_lines, warning_lines
from reconciler.reports.waiting import waiting_counts, waiting_heading, waiting_reason
from reconciler.reports.words import (
    clauses,
    drift_counts,
    drift_heading,
    is_gone,
    last_changed,
    nothing_measured,
)

_HEADINGS = {
    Cause.CHANGED_IN_TENANT: ("changed in the tenant",) * 2,
    Cause.NOT_APPLIED: ("not applied yet",) * 2,
    None: ("drifted", "drifted; the ledger does not say on which side"),
}
"""Of changes that are shown with who made the last one, and of others."""


def drift_text(
    report: DriftReport, *, desired: DesiredState = NO_FILES, width: int | None = None
) -> str:
    """What differs between live and desired and why, and which slots are below their gate."""
    place = endpoint_text(report.endpoint, environment=report.environment)
    lines = [f"Drift of {place}, from live to the files", ""]
    for cause in _HEADINGS:
        heading, changes = drift_heading(_HEADINGS, report, cause)
        lines.extend(_differing(heading, changes, cause=cause, last_changes=report.last_changes))
    lines.extend(_waiting(report.waiting, width=width))
    lines.extend(rejected_lines(report.rejected, width=width))
    if report.metrics is not None:
        lines.extend(_metrics(report.metrics))
    lines.extend(bake_lines(report.bakes, width=width))
    lines.extend(warning_lines(report.warnings, width=width))
    lines.extend(hanging(drift_headline(report), width=width))
    next_step = after_drift(report, desired=desired)
    if next_step:
        lines.extend(hanging(f"Next: {plain(next_step)}", width=width))
    return "\n".join(lines)


def _differing(
    heading: str,
    changes: Sequence[Change],
    *,
    cause: Cause | None,
    last_changes: Mapping[str, LastChange],
) -> Iterator[str]:
    if not changes:
        return
    yield click.style(f"  {heading}", bold=True)
    for change in changes:
        if is_gone(change, cause):
            gone = click.style(f"    - {plain(change.slot_id)}", fg="red", bold=True)
            name = "" if change.name == change.slot_id else f"  {plain(change.name)}"
            yield f"{gone}{name}  (deleted in the tenant)"
        else:
            # In which order an apply would go is not part of a difference.
            yield from change_lines(change.model_copy(update={"depends_on": ()}))
        if change.slot_id in last_changes:
            yield f"        {plain(last_changed(last_changes[change.slot_id]))}"
    yield ""


def _waiting(waiting: Sequence[Waiting], *, width: int | None) -> Iterator[str]:
    if not waiting:
        return
    yield click.style(f"  {waiting_heading(waiting)}", bold=True)
    for each in waiting:
        line = f"{plain(each.slot_id)}  {plain(waiting_reason(each))}"
        yield from wrapped(line, width=width, indent=4)
    yield ""


def drift_headline(report: DriftReport) -> str:
    """How many slots differ and why, how many are as desired, and which are not healthy."""
    blind = report.nothing_measured
    failed = len(report.judged(VerdictResult.FAILED))
    is_healthy = not (blind or failed or report.failed_bakes)
    unmanaged = f"{report.summary.unmanaged} unmanaged."
    unmanaged = ", ".join([*waiting_counts(report.waiting), unmanaged])
    if report.is_drifted:
        counts = drift_counts(
            [report.causes.get(each.slot_id) for each in report.changes],
            rejected=len(report.rejected),
        )
        drifted = click.style(counts, fg="red", bold=True)
        headline = f"{drifted}, {report.summary.unchanged} as desired, {unmanaged}"
    else:
        synced = click.style("In sync.", fg="green" if is_healthy else None, bold=True)
        headline = f"{synced} {counted(report.summary.unchanged, 'slot')} as desired, {unmanaged}"
    if failed:
        below = click.style(f"{counted(failed, 'slot')} below the gate.", fg="red", bold=True)
        headline = f"{headline} {below}"
    if report.failed_bakes:
        baked = click.style(f"{failed_count(report.failed_bakes)}.", fg="red", bold=True)
        headline = f"{headline} {baked}"
    if blind:
        nothing = click.style(nothing_measured(report.endpoint.kind), fg="red", bold=True)
        headline = f"{headline} {nothing}"
    return headline


def _metrics(metrics: Mapping[str, SlotHealth]) -> Iterator[str]:
    yield "Measured rates:"
    for slot_id, health in sorted(metrics.items()):
        minimum = rate(health.min_success_rate)
        first, *rest = clauses(health.reason)
        why = f": {plain(first)}" if health.success_rate is None else ""
        yield (
            f"  {click.style(f'{health.result.value:<13}', fg=VERDICT_COLOR[health.result])}"
            f"{plain(slot_id):<28} {rate(health.success_rate)} (minimum {minimum}){why}"
        )
        yield from (f"      {plain(each)}" for each in rest)
    yield ""
