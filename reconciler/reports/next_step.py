"""What to do next, in one sentence: the command to run, or the file to edit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reconciler.model.change import Cause
from reconciler.model.drift import DriftReport
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.listed import listed
from reconciler.model.outcome import RunReport, Status
from reconciler.model.state import DesiredState

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
"""What may be part of a command that a person copies into a shell."""
_NAMED = 3
"""The most slots or files that a step names."""
NO_FILES = DesiredState()


def after_run(
    report: RunReport, *, desired: DesiredState = NO_FILES, environment: str | None = None
) -> str:
    """What to do after a run in this environment in which not everything passed; "" if there is
    nothing to do."""
    if report.hint:
        return report.hint
    if names := _slots_with(report, Status.ROLLBACK_FAILED):
        return f"See what is live now of {listed(names)}: {_command('plan', environment)}"
    stopped = [each.slot_id for each in report.outcomes if each.gate_stopped]
    if report.interrupted or set(_slots_with(report, Status.FAILED)) - set(stopped):
        return f"Go on where this run stopped: {_command('apply', environment)}"
    if rejected := [*stopped, *(each.slot_id for each in report.rejected)]:
        return _change_or_retry(rejected, desired, environment)
    if _slots_with(report, Status.SKIPPED):
        return f"See why changes are skipped: {_command('plan', environment)}"
    return _measure(environment) if _slots_with(report, Status.INCONCLUSIVE) else ""


def after_rejection(
    rejections: Sequence[Rejection],
    *,
    desired: DesiredState = NO_FILES,
    environment: str | None = None,
) -> str:
    """What to do about content that is live although a gate rejected it, or that is skipped."""
    return _change_or_retry([each.slot_id for each in rejections], desired, environment)


def after_drift(report: DriftReport, *, desired: DesiredState = NO_FILES) -> str:
    """How to adopt what was changed in the tenant, and how to undo it; "" if all is in sync."""
    apply = _command("apply", report.environment)
    changed = [
        each.slot_id
        for each in report.changes
        if report.causes.get(each.slot_id) is not Cause.NOT_APPLIED
    ]
    adoptable = [each for each in changed if _SAFE_ID.fullmatch(each)]
    if adoptable:
        slots = "".join(f" --slot {each}" for each in adoptable[:_NAMED])
        rest = len(adoptable) - _NAMED
        more = f" (and {rest} more)" if rest > 0 else ""
        pull = _command(f"pull{slots} --force", report.environment)
        return f"To adopt what is live: {pull}{more}; to undo it: {apply}"
    if report.changes:
        return f"To make the live slots as the files say: {apply}"
    if rejected := [each.slot_id for each in report.rejected or report.failed_bakes]:
        return _change_or_retry(rejected, desired, report.environment)
    if report.nothing_measured:
        return _measure(report.environment)
    if report.judged(VerdictResult.FAILED):
        return f"See which changes came before: {_command('audit show', report.environment)}"
    return ""


def _command(words: str, environment: str | None) -> str:
    return f"reconciler {words}" + (f" --env {environment}" if environment else "")


def _measure(environment: str | None) -> str:
    return f"See what the gate can measure: {_command('doctor', environment)}"


def _slots_with(report: RunReport, status: Status) -> list[str]:
    return [each.slot_id for each in report.outcomes if each.status is status]


def _change_or_retry(
    slot_ids: Sequence[str], desired: DesiredState, environment: str | None
) -> str:
    files = list(dict.fromkeys(_file(each, desired) for each in slot_ids))
    return (
        f"Change {listed(files, most=_NAMED)}, then: {_command('apply', environment)} "
        "(the same content is judged again only with --retry-failed)"
    )


def _file(slot_id: str, desired: DesiredState) -> str:
    place = desired.where(slot_id)
    return place.file if place.is_known else f"the file of {slot_id}"
