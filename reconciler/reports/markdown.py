"""Whole plans and drifts as Markdown, for a job's summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import Action, Change
from reconciler.model.gate import SlotGate, Verdict
from reconciler.model.ledger import Rejection
from reconciler.model.plan import Plan, Summary, Target
from reconciler.reports.markdown_changes import change_diff, change_title
from reconciler.reports.markdown_text import MAX_NAME, MAX_TEXT, code, sentence
from reconciler.reports.words import counted, rate


def plan_markdown(plan: Plan) -> str:
    """The whole plan; an empty one is one line."""
    if not plan.changes and not plan.warnings:
        return f"{no_changes(plan.summary)}."
    summary = plan.summary
    lines = [
        f"### Plan: {change_counts(plan)}",
        "",
        f"{summary.unchanged} unchanged, {summary.unmanaged} unmanaged, {on_target(plan.target)}.",
        "",
        *_warnings(plan.warnings),
        *_changes(plan.changes),
        f"Digest {code(plan.digest)}, reconciler {code(plan.tool_version)}.",
    ]
    return "\n".join(lines)


def drift_markdown(
    plan: Plan,
    *,
    rejections: Mapping[str, Rejection],
    metrics: Mapping[str, Verdict] | None,
    gates: Mapping[str, SlotGate],
) -> str:
    """What differs between live and desired, and which slots are below their gate."""
    drifted = [change for change in plan.changes if change.slot_id not in rejections]
    lines = []
    if plan.changes:
        lines += [f"### {drift_counts(len(drifted), len(rejections))}", ""]
    else:
        lines += [f"**In sync.** {counted(plan.summary.unchanged, 'slot')} as desired.", ""]
    lines += [sentence(on_target(plan.target)), ""]
    lines.extend(_warnings(plan.warnings))
    lines.extend(_changes(drifted))
    for slot_id, rejection in sorted(rejections.items()):
        lines.append(rejection_line(slot_id, run_id=rejection.run_id, reason=rejection.reason))
    if metrics is not None:
        lines += ["", "#### Success rates", ""]
        lines.extend(
            verdict_line(
                verdict.result.value,
                slot_id,
                success_rate=verdict.success_rate,
                minimum=gates[slot_id].policy.min_success_rate,
            )
            for slot_id, verdict in sorted(metrics.items())
        )
    return "\n".join(lines).rstrip()


def no_changes(summary: Summary) -> str:
    """What is said of a plan without changes."""
    return (
        f"**No changes.** {counted(summary.unchanged, 'slot')} as desired, "
        f"{summary.unmanaged} unmanaged"
    )


def change_counts(plan: Plan) -> str:
    """How many slots meet which fate."""
    create, update, delete = (plan.counted(action) for action in Action)
    return f"{create} to create, {update} to update, {delete} to delete"


def drift_counts(drifted: int, rejected: int) -> str:
    """How many slots differ, and how many of the differences the gate has rejected."""
    return f"Drift: {counted(drifted, 'slot')}, {rejected} rejected"


def on_target(target: Target) -> str:
    """Where, as two code spans."""
    bot = code(target.bot_id or "(none)", most=MAX_NAME)
    return f"on {code(target.origin, most=2 * MAX_NAME)}, bot {bot}"


def rejection_line(slot_id: str, *, run_id: str, reason: str) -> str:
    """Which change was put back, by which run and why."""
    return (
        f"- {code(slot_id, most=MAX_NAME)} is rejected: run {code(run_id, most=MAX_NAME)} "
        f"put it back ({code(reason, most=MAX_TEXT)})"
    )


def verdict_line(verdict: str, slot_id: str, *, success_rate: float | None, minimum: float) -> str:
    """How one slot stands to its gate."""
    return (
        f"- {verdict}: {code(slot_id, most=MAX_NAME)} {rate(success_rate)} "
        f"(minimum {rate(minimum)})"
    )


def _warnings(warnings: Sequence[str]) -> Iterator[str]:
    for warning in warnings:
        yield from (f"> ⚠️ {code(warning)}", "")


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        yield from (change_title(change), "", *change_diff(change), "")
