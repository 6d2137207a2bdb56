"""How the fleet is, as text: its last runs, the rollout, and the targets that are not well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from reconciler.model.audit import RunState
from reconciler.model.fleet_history import FleetRun, Recorded
from reconciler.model.fleet_run import StepReport, TargetStatus
from reconciler.model.fleet_status import FleetStatus
from reconciler.reports.escaping import plain
from reconciler.reports.fleet.rows import MOST_ROWS, STATUS_COLOR, step_lines
from reconciler.reports.fleet.words import WORST_FIRST, after_apply, said, status_counts, why
from reconciler.reports.numbers import counted
from reconciler.reports.text.layout import capped, clipped, columns_of, hanging

_COMMIT = 7
"""Characters of a commit, as git abbreviates it."""
_WIDEST_NAME = 40
"""Columns. A longer name moves the rest of its line to the right."""
_NARROWEST_REASON = 20
"""Columns for the reason, even beside a long name."""
_DONE = frozenset({TargetStatus.IN_SYNC, TargetStatus.VERIFIED})
_WELL = _DONE | {TargetStatus.WAITING}
_STATES = {
    RunState.RUNNING: "running",
    RunState.UNKNOWN: "running, or cut off",
    RunState.NEVER_FINISHED: "cut off",
}


def fleet_status_text(status: FleetStatus, *, width: int | None = None) -> str:
    """The last run of each action, the steps of the last apply, and each target that is not in
    sync."""
    if status.history.last is None:
        return "The fleet's ledger has no runs yet.\nNext: reconciler fleet plan"
    lines = [click.style("Last runs:", bold=True), *_runs(status, width=width), ""]
    rollout = status.rollout
    if rollout is not None:
        lines += _rollout(rollout, width=width)
    lines += _not_done(status, width=width)
    lines += hanging(_headline(status), width=width)
    step = _next(status)
    return "\n".join([*lines, *(hanging(f"Next: {plain(step)}", width=width) if step else ())])


def _runs(status: FleetStatus, *, width: int | None) -> Iterator[str]:
    for run in status.last_runs:
        by = f", by {plain(run.actor)}" if run.actor else ""
        at = f", commit {plain(run.commit[:_COMMIT])}" if run.commit else ""
        of = f", of {plain(run.selection)}" if run.selection else ""
        state = status.state_of(run)
        words = _STATES.get(state) or ("complete" if run.is_complete else "not complete")
        counts = status_counts(run.counts, not_begun="not begun" if run.ended_at else "not ended")
        begun = f"{run.started_at:%Y-%m-%d %H:%M:%S}Z  {run.action.value:<5}  {plain(run.run_id)}"
        line = f"{begun}{by}{at}{of}: {words}, {counts}"
        room = None if width is None else width - 2
        yield from (f"  {each}" for each in hanging(line, width=room))


def _rollout(run: FleetRun, *, width: int | None) -> Iterator[str]:
    steps = list(step_lines(run.step_reports))
    if steps:
        yield click.style("The last apply:", bold=True)
        yield from steps
    if run.halt is not None:
        halted = click.style(f"Halted in step {run.halt.step}:", fg="red", bold=True)
        yield from (*hanging(f"{halted} {plain(run.halt.reason)}.", width=width), "")


def _not_done(status: FleetStatus, *, width: int | None) -> Iterator[str]:
    found = [each for each in status.history.targets.values() if each.result.status not in _DONE]
    found.sort(key=lambda each: (WORST_FIRST.index(each.result.status), each.result.name))
    shown, rest = capped(found, most=MOST_ROWS)
    widest = max((columns_of(plain(each.result.name)) for each in shown), default=0)
    for each in shown:
        yield _row(each, name_width=min(widest, _WIDEST_NAME), width=width)
    if rest:
        counts = status_counts(_counts(found[len(shown) :]))
        yield f"  … and {counts} (all are in --format json)"
    if found:
        yield ""


def _row(recorded: Recorded, *, name_width: int, width: int | None) -> str:
    result = recorded.result
    name = plain(result.name)
    padding = " " * max(0, name_width - columns_of(name))
    ended = f"{result.ended_at:%Y-%m-%d %H:%M}Z" if result.ended_at else ""
    head = f"  {said(result.status):<12}{name}{padding}  {ended}"
    reason = plain(why(result).partition("\n")[0].strip())
    room = None if width is None else max(width - columns_of(head) - 2, _NARROWEST_REASON)
    shown = f"{head}  {clipped(reason, width=room)}" if reason else head
    status = f"{said(result.status):<12}"
    return shown.replace(status, click.style(status, fg=STATUS_COLOR[result.status]), 1)


def _counts(found: Sequence[Recorded]) -> dict[TargetStatus, int]:
    statuses = [each.result.status for each in found]
    return {status: statuses.count(status) for status in TargetStatus}


def _headline(status: FleetStatus) -> str:
    if not status.history.targets:
        return "No target has a result yet."
    targets = counted(len(status.history.targets), "target")
    is_well = not any(number for each, number in status.counts.items() if each not in _WELL)
    known = click.style(f"{targets} known:", bold=True, fg="green" if is_well else None)
    quarantined = len(status.history.quarantined)
    verb = "is" if quarantined == 1 else "are"
    changes = counted(quarantined, "rejected change")
    kept = f" {changes} {verb} kept from every target (see --retry-failed)." if quarantined else ""
    return f"{known} {status_counts(status.counts)}.{kept}"


def _next(status: FleetStatus) -> str:
    rollout = status.rollout
    if rollout is None or status.is_running:
        return ""
    return after_apply(
        [each for each, number in rollout.counts.items() if number],
        [each for each in rollout.step_reports if not _has_baked(each, at=status.at)],
        is_halted=rollout.halt is not None,
        is_complete=rollout.is_complete,
        selection=rollout.selection,
    )


def _has_baked(step: StepReport, *, at: datetime) -> bool:
    return step.baked_until is not None and step.baked_until <= at
