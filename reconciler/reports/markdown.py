"""Whole plans and drifts as Markdown, for a job's summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from reconciler.model.change import Cause, Change
from reconciler.model.drift import DriftReport, LastChange
from reconciler.model.effect import NO_EFFECTS, Effects
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.plan import Plan
from reconciler.model.promotion import Waiting
from reconciler.reports.bakes import failed_count
from reconciler.reports.markdown_bakes import bakes_section
from reconciler.reports.markdown_changes import NO_CAUSES, change_diff, change_title
from reconciler.reports.markdown_effects import effect_block
from reconciler.reports.markdown_text import MAX_NAME, MAX_TEXT, code, sentence, within
from reconciler.reports.numbers import counted, rate
from reconciler.reports.waiting import waiting_counts, waiting_heading, waiting_reason
from reconciler.reports.words import (
    change_counts,
    drift_counts,
    headline_of_rejected,
    missing_rates,
    nothing_measured,
)

SKIPPED = "Skipped by apply: rejected earlier, or dependent on a rejected slot"
_REJECTED_ROOM = 6_000
_WARNING_ROOM = 6_000
_WAITING_ROOM = 6_000


def plan_markdown(plan: Plan, effects: Effects = NO_EFFECTS) -> str:
    """The whole plan and what its changes mean; for an empty one, a single line."""
    if not (plan.changes or plan.waiting or plan.rejected or plan.warnings):
        return f"{no_changes(plan)}."
    summary = plan.summary
    lines = [
        f"### {plan_headline(plan)}",
        "",
        f"{summary.unchanged} unchanged, {summary.unmanaged} unmanaged, "
        f"{on_endpoint(plan.endpoint)}.",
        "",
        *_warnings(plan.warnings),
        *rejected_section(plan.rejected),
        *_changes(plan.due, effects=effects),
        *([f"#### {SKIPPED}", ""] if plan.skipped else ()),
        *_changes(plan.skipped),
        *_waiting(plan),
        f"Digest {code(plan.digest)}, reconciler {code(plan.tool_version)}.",
    ]
    return "\n".join(lines)


def drift_markdown(report: DriftReport) -> str:
    """What differs between live and desired and why, and which slots are below their gate."""
    causes = report.causes
    found = [causes.get(change.slot_id) for change in report.changes]
    lines = []
    if report.is_drifted:
        lines += [f"### Drift: {drift_counts(found, rejected=len(report.rejected))}", ""]
    else:
        lines += [f"**In sync.** {counted(report.summary.unchanged, 'slot')} as desired.", ""]
    if failed := len(report.judged(VerdictResult.FAILED)):
        lines += [f"**{counted(failed, 'slot')} below the gate.**", ""]
    if report.failed_bakes:
        lines += [f"**{sentence(failed_count(report.failed_bakes))}**", ""]
    if report.nothing_measured:
        lines += [f"**{nothing_measured(report.endpoint.kind)}**", ""]
    lines += [sentence(on_endpoint(report.endpoint)), ""]
    lines.extend(_warnings(report.warnings))
    lines.extend(_changes(report.changes, causes=causes, last_changes=report.last_changes))
    lines.extend(rejection_line(each) for each in report.rejected)
    lines.extend(waiting_line(each) for each in report.waiting)
    if report.metrics is not None:
        lines += ["", "#### Measured rates", ""]
        lines.extend(
            verdict_line(
                health.result.value,
                slot_id,
                success_rate=health.success_rate,
                minimum=health.min_success_rate,
            )
            for slot_id, health in sorted(report.metrics.items())
        )
    lines += ["", *bakes_section(report.bakes)]
    return "\n".join(lines).rstrip()


def plan_headline(plan: Plan) -> str:
    """How many slots are created, updated, deleted and skipped."""
    if plan.changes:
        return f"Plan: {change_counts(plan)}"
    live = len(plan.rejected_live)
    rejected = [f"{live} live although rejected"] if live else []
    return ", ".join(["Plan: no slot changes", *rejected, *waiting_counts(plan.waiting)])


def no_changes(plan: Plan) -> str:
    """The headline of a plan without changes."""
    headline = headline_of_rejected(plan) if plan.rejected_live else "No changes."
    summary = plan.summary
    return (
        f"**{headline}** {counted(summary.unchanged, 'slot')} as desired, "
        f"{summary.unmanaged} unmanaged"
    )


def waiting_section(waiting: Sequence[Waiting]) -> Iterator[str]:
    """Which changes wait for another environment, why, and until when."""
    items = (waiting_line(each) for each in waiting)
    if waiting:
        yield from (f"#### {waiting_heading(waiting).capitalize()}", "")
        yield from (*within(items, count=len(waiting), room=_WAITING_ROOM, noun="slot"), "")


def waiting_line(waiting: Waiting) -> str:
    """The slot that waits, why, and until when."""
    reason = code(waiting_reason(waiting), most=MAX_TEXT)
    return f"- {code(waiting.slot_id, most=MAX_NAME)} waits {reason}"


def rejected_section(rejections: Sequence[Rejection]) -> Iterator[str]:
    """Which changes and slots were rejected, and why."""
    items = (rejection_line(each) for each in rejections)
    if rejections:
        yield from ("#### Rejected by the gate", "")
        yield from (*within(items, count=len(rejections), room=_REJECTED_ROOM, noun="slot"), "")


def warnings_section(warnings: Sequence[str]) -> Iterator[str]:
    """The plan's warnings, as many as there is room for in a comment."""
    items = (f"- ⚠️ {code(each, most=MAX_TEXT)}" for each in warnings)
    if warnings:
        yield from ("#### Warnings", "")
        yield from (*within(items, count=len(warnings), room=_WARNING_ROOM, noun="warning"), "")


def on_endpoint(endpoint: Endpoint, *, environment: str | None = None) -> str:
    """The environment, if there is one, the tenant and the bot or project, as code spans."""
    bot = code(endpoint.bot_id or "(none)", most=MAX_NAME)
    within_it = f"in {code(environment, most=MAX_NAME)}, " if environment else ""
    return f"{within_it}on {code(endpoint.origin, most=2 * MAX_NAME)}, {endpoint.kind} {bot}"


def rejection_line(rejection: Rejection) -> str:
    """The slot that was rejected, by which run, why and with which rates."""
    how = "is live although rejected" if rejection.live else "was rejected and is skipped by apply"
    missing = missing_rates(rejection, rejection.reason)
    numbers = f", success rate {missing}" if missing else ""
    return (
        f"- {code(rejection.slot_id, most=MAX_NAME)} {how}: run "
        f"{code(rejection.run_id, most=MAX_NAME)} "
        f"({code(rejection.reason, most=MAX_TEXT)}{numbers})"
    )


def verdict_line(verdict: str, slot_id: str, *, success_rate: float | None, minimum: float) -> str:
    """One slot's success rate, and the minimum of its gate."""
    return (
        f"- {verdict}: {code(slot_id, most=MAX_NAME)} {rate(success_rate)} "
        f"(minimum {rate(minimum)})"
    )


def _warnings(warnings: Sequence[str]) -> Iterator[str]:
    for warning in warnings:
        yield from (f"> ⚠️ {code(warning)}", "")


def _waiting(plan: Plan) -> Iterator[str]:
    if plan.waiting:
        yield from (f"#### {waiting_heading(plan.waiting).capitalize()}", "")
    for each in plan.waiting:
        yield from (waiting_line(each), "")
        yield from _changes([each.change])


def _changes(
    changes: Sequence[Change],
    *,
    causes: Mapping[str, Cause] = NO_CAUSES,
    effects: Effects = NO_EFFECTS,
    last_changes: Mapping[str, LastChange] = MappingProxyType({}),
) -> Iterator[str]:
    for change in changes:
        slot_id = change.slot_id
        cause = causes.get(slot_id)
        diff = change_diff(change, cause=cause)
        yield change_title(change, cause=cause)
        if slot_id in last_changes:
            yield from ("", _last_change(last_changes[slot_id]))
        yield from effect_block(effects.slots.get(slot_id), effects.overlaps_of(slot_id))
        yield from ("", *diff, *([""] if diff else ()))


def _last_change(last: LastChange) -> str:
    who = code(last.name or last.user_id, most=MAX_NAME)
    return f"Last changed by {who} at {last.at:%Y-%m-%d %H:%M} UTC."
