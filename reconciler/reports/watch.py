"""What a process that follows a branch does, as text: what happened, and below it what it means."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from typing import Literal

from reconciler.model.change import Cause
from reconciler.model.duration import duration
from reconciler.model.gate import VerdictResult
from reconciler.model.listed import listed
from reconciler.model.watch import (
    Applied,
    BranchMoved,
    Compared,
    DriftChecked,
    Kept,
    PassEnded,
    PassFailed,
    WatchEvent,
)
from reconciler.reports.drift_text import drift_headline
from reconciler.reports.escaping import plain
from reconciler.reports.next_step import after_drift
from reconciler.reports.numbers import counted
from reconciler.reports.text.run import run_result_text
from reconciler.reports.validation_text import problem_text
from reconciler.reports.waiting import waiting_count

Level = Literal["info", "warning", "error"]
_NOTABLE = (Kept.HELD, Kept.ONLY_DRIFT)
_CAUSES = {
    Cause.CHANGED_IN_TENANT: "changed in the tenant",
    Cause.NOT_APPLIED: "not applied yet",
    None: "different, and the ledger does not say why",
}


def watch_text(event: WatchEvent, *, environment: str | None) -> str:
    """What is to be said, in one or more lines; "" if nothing. `environment` is the project's."""
    return "\n".join(_lines(event, environment))


def watch_level(event: WatchEvent) -> Level:
    """How much it concerns a person."""
    if isinstance(event, PassFailed):
        return "error"
    if isinstance(event, Applied):
        # To be asked to stop is how it is meant to end; what ended before may have failed.
        undisturbed = event.report.model_copy(update={"interrupted": False})
        return "info" if undisturbed.exit_code == 0 else "error"
    if isinstance(event, DriftChecked):
        return "info" if event.report.exit_code == 0 else "warning"
    if isinstance(event, BranchMoved):
        return "warning" if event.revision.is_rewritten else "info"
    if isinstance(event, Compared):
        return "warning" if event.rejected or event.kept in _NOTABLE else "info"
    return "info"


@singledispatch
def _lines(_event: WatchEvent, _environment: str | None) -> Iterator[str]:
    """Nothing about any other event."""
    yield from ()


@_lines.register
def _(event: BranchMoved, _environment: str | None) -> Iterator[str]:
    revision = event.revision
    how = "was rewritten by a forced push, and is" if revision.is_rewritten else "is"
    yield f"{plain(event.name)} {how} at {revision.short}: {plain(revision.subject)}"


@_lines.register
def _(event: Compared, environment: str | None) -> Iterator[str]:
    commit, slots = event.revision.short, plain(listed(event.due))
    command = f"reconciler apply{f' --env {plain(environment)}' if environment else ''}"
    by_hand = f"check out {commit} and run: {command}"
    if event.kept is None and (event.rejected or event.waiting):
        yield f"Nothing more of {commit} can be applied now."
    elif event.kept is None:
        yield f"In sync with {commit}."
    elif event.kept is Kept.APPLY_IS_OFF:
        if event.due:
            yield f"{commit} has {counted(len(event.due), 'change')} to apply: {slots}"
        else:
            yield f"{commit} changes nothing, but an earlier run left changes open."
        yield f"    reconciler.yaml does not say `watch: {{apply: true}}`. To apply, {by_hand}"
    elif event.kept is Kept.HELD:
        yield f"{commit} is held: {plain(event.held)}. Not applied: {slots}"
        yield f"    It goes on with the next commit. To apply the rest now, {by_hand}"
    else:
        yield f"Changed in the tenant since {commit} was applied, and left alone: {slots}"
        yield "    To adopt what is live, pull the slot and commit its file."
        yield f"    To undo it, {by_hand}"
    if event.rejected:
        slots = plain(listed(each.slot_id for each in event.rejected))
        yield f"    Rejected by a gate in an earlier run, and not tried again: {slots}"
    if event.waiting:
        yield f"    {waiting_count(event.waiting)}."


@_lines.register
def _(event: Applied, _environment: str | None) -> Iterator[str]:
    report = event.report
    yield f"The run {plain(str(report.run_id))} of {event.revision.short} has ended."
    if report.error is not None:
        yield f"    It was cut short: {plain(report.error)}"
    yield from (f"    {line}" for line in run_result_text(report).splitlines() if line)
    if report.hint:
        yield f"    {plain(report.hint)}"
    if any(each.gate_stopped for each in report.outcomes):
        yield "    Nothing more of this commit is applied. Correct it with another one."


@_lines.register
def _(event: DriftChecked, _environment: str | None) -> Iterator[str]:
    report = event.report
    yield f"Drift check: {drift_headline(report)}"
    for cause, words in _CAUSES.items():
        slots = [
            each.slot_id for each in report.changes if report.causes.get(each.slot_id) is cause
        ]
        if slots:
            yield f"    {words}: {plain(listed(slots))}"
    if report.rejected:
        slots = [each.slot_id for each in report.rejected]
        yield f"    rejected by a gate: {plain(listed(slots))}"
    for slot_id, health in report.judged(VerdictResult.FAILED).items():
        yield f"    below the gate: {plain(slot_id)}: {plain(health.reason)}"
    for bake in report.failed_bakes:
        yield f"    failed its bake: {plain(bake.slot_id)}: {plain(bake.reason)}"
    next_step = after_drift(report, desired=event.project.desired)
    if next_step:
        yield f"    Next: {plain(next_step)}"


@_lines.register
def _(event: PassFailed, _environment: str | None) -> Iterator[str]:
    error = event.error
    yield from map(plain, error.lines)
    for problem in getattr(error, "problems", ()):
        yield from (f"    {line}" for line in problem_text(problem).splitlines())
    if error.hint:
        yield f"    {plain(error.hint)}"


@_lines.register
def _(event: PassEnded, _environment: str | None) -> Iterator[str]:
    if event.failures:
        times = f" ({event.failures} in a row)" if event.failures > 1 else ""
        yield f"That failed{times}. Trying again in {duration(event.seconds)}."
    else:
        yield f"Looking again in {duration(event.seconds)}."
