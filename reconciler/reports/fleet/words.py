"""The parts of a report about a fleet: counts, statuses, steps, and what to do next."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from reconciler.model.fleet_run import (
    SUCCEEDED,
    FleetAction,
    FleetReport,
    StepReport,
    TargetResult,
    TargetStatus,
)
from reconciler.reports.numbers import counted

WORST_FIRST = (
    TargetStatus.REJECTED,
    TargetStatus.UNHEALTHY,
    TargetStatus.FAILED,
    TargetStatus.INTERRUPTED,
    TargetStatus.HELD,
    TargetStatus.STALE,
    TargetStatus.DIFFERS,
    TargetStatus.WAITING,
    TargetStatus.VERIFIED,
    TargetStatus.IN_SYNC,
    TargetStatus.NOT_BEGUN,
)
"""All statuses; what a person has to see comes first."""
DONE = {
    FleetAction.PLAN: "Planned",
    FleetAction.APPLY: "Applied",
    FleetAction.DRIFT: "Compared",
    FleetAction.CHECK: "Measured",
}
_OF_ITSELF = frozenset({TargetStatus.INTERRUPTED, TargetStatus.NOT_BEGUN})
"""What the next run goes on with, without anything to correct."""
_SAID = {
    TargetStatus.IN_SYNC: "in sync",
    TargetStatus.DIFFERS: "with differences",
}
_SHORT = {TargetStatus.DIFFERS: "differs"}


def said(status: TargetStatus) -> str:
    """`in sync`: a status beside a name."""
    return _SHORT.get(status, status.value.replace("_", " "))


def status_counts(counts: Mapping[TargetStatus, int], *, not_begun: str = "not begun") -> str:
    """`8 verified, 1 in sync, 86 not begun`: what went well first; "no targets" without any.
    `not_begun` are other words for the last, where some of these targets may be in hand."""
    words = {**_SAID, TargetStatus.NOT_BEGUN: not_begun}
    parts = [
        f"{counts[status]} {words.get(status, status.value.replace('_', ' '))}"
        for status in _BEST_FIRST
        if counts.get(status)
    ]
    return ", ".join(parts) or "no targets"


_BEST_FIRST = (
    TargetStatus.VERIFIED,
    TargetStatus.IN_SYNC,
    TargetStatus.DIFFERS,
    TargetStatus.WAITING,
    TargetStatus.REJECTED,
    TargetStatus.UNHEALTHY,
    TargetStatus.FAILED,
    TargetStatus.STALE,
    TargetStatus.HELD,
    TargetStatus.INTERRUPTED,
    TargetStatus.NOT_BEGUN,
)


def slot_counts(summary: Mapping[str, int]) -> str:
    """`2 to update, 1 to delete`: what a plan for one target does; "" without changes."""
    shown = ("create", "update", "delete")
    parts = [f"{summary[each]} to {each}" for each in shown if summary.get(each)]
    parts += [f"{summary[each]} {each}" for each in ("skipped", "waiting") if summary.get(each)]
    return ", ".join(parts)


def step_words(step: StepReport) -> str:
    """`9 of 10 targets, 3 failed (2 allowed)`."""
    ended = f"{step.ended} of {counted(step.targets, 'target')}"
    if not step.failed:
        return ended
    return f"{ended}, {step.failed} failed ({step.max_failures} allowed)"


def step_state(step: StepReport) -> str:
    """What a step is doing, apart from its counts; "" if that is clear from them."""
    if step.is_done:
        return "done"
    if step.failed > step.max_failures:
        return "failed"
    if step.baked_until is not None:
        return f"bakes until {step.baked_until:%Y-%m-%d %H:%M} UTC"
    if step.ended == step.targets and step.ended:
        return "to be judged"
    return "" if step.ended else "not begun"


def not_well(results: Iterable[TargetResult]) -> tuple[TargetResult, ...]:
    """The results of targets that failed, the worst first, in their order."""
    failed = [each for each in results if each.has_failed]
    return tuple(sorted(failed, key=lambda each: WORST_FIRST.index(each.status)))


def waiting(results: Iterable[TargetResult]) -> tuple[TargetResult, ...]:
    """The results of targets that are as far as another environment lets them be."""
    kinds = (TargetStatus.WAITING, TargetStatus.VERIFIED)
    return tuple(each for each in results if each.status in kinds and each.hint)


def why(result: TargetResult) -> str:
    """Why a target failed, or what it waits for; "" for any other."""
    if result.has_failed:
        return result.error or ""
    return result.hint if result.status is TargetStatus.WAITING else ""


def causes(results: Sequence[TargetResult]) -> list[tuple[TargetResult, int]]:
    """One result for each status and error, and how many targets have both; the order is kept.
    A network that is down is said once, and not for each of a thousand targets."""
    found = Counter((each.status, each.error, each.hint) for each in results)
    first = {(each.status, each.error, each.hint): each for each in reversed(results)}
    return [(first[key], number) for key, number in found.items()]


def next_step(report: FleetReport) -> str:
    """What to do after a run, in one sentence; "" if there is nothing to do."""
    if report.error is not None:
        return report.hint
    statuses = {each.status for each in report.results}
    if report.action is FleetAction.APPLY:
        return after_apply(
            statuses,
            report.steps,
            is_halted=report.halt is not None,
            is_complete=report.is_complete,
            selection=report.selection,
        )
    if report.action is not FleetAction.PLAN and TargetStatus.DIFFERS in statuses:
        plan, apply = (_command(each, report.selection) for each in ("plan", "apply"))
        return f"See what differs: {plan}; to make the live slots as the files say: {apply}"
    return ""


def after_apply(
    statuses: Collection[TargetStatus],
    steps: Sequence[StepReport],
    *,
    is_halted: bool,
    is_complete: bool,
    selection: str = "",
) -> str:
    """The same after an apply of this selection in which targets ended so, and steps are that
    far."""
    again = _command("apply", selection)
    if set(statuses) == {TargetStatus.STALE}:
        return f"Make a new plan, and review it: {_command('plan', selection)} --out FILE"
    if TargetStatus.REJECTED in statuses:
        return (
            f"Change the slots that were rejected, then: {again} "
            "(the same content is judged again only with --retry-failed)"
        )
    if is_halted or set(statuses) - SUCCEEDED - _OF_ITSELF:
        go_on = "" if is_complete else " go on where this run stopped"
        return f"Correct what failed, then{go_on}: {again}"
    if is_complete:
        return ""
    bakes = [each.baked_until for each in steps if each.baked_until is not None]
    if bakes:
        return f"Go on after {max(bakes):%Y-%m-%d %H:%M} UTC: {again}"
    return f"Go on where this run stopped: {again}"


def _command(name: str, selection: str) -> str:
    """The command for the same targets as before: without the selection it would go on with no
    run, but begin another one, of the whole fleet."""
    selected = f" --select {shlex.quote(selection)}" if selection else ""
    return f"reconciler fleet {name}{selected}"
