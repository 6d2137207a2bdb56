"""Markdown for a pull request or an issue.

Names, patterns and what the tenant says are data here: they stand only in code spans and fences
that they cannot break out of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.gate import SlotGate, Verdict
from reconciler.model.ledger import Rejection
from reconciler.model.plan import Plan
from reconciler.reports.diff import diff_lines
from reconciler.reports.words import counted, plain, rate

_VERB = {Action.CREATE: "create", Action.UPDATE: "update", Action.DELETE: "DELETE"}


def plan_markdown(plan: Plan) -> str:
    """The whole plan; an empty one is one line."""
    if not plan.changes and not plan.warnings:
        return (
            f"**No changes.** {counted(plan.summary.unchanged, 'slot')} as desired, "
            f"{plan.summary.unmanaged} unmanaged."
        )
    summary = plan.summary
    lines = [
        f"### Plan: {summary.create} to create, {summary.update} to update, "
        f"{summary.delete} to delete",
        "",
        f"{summary.unchanged} unchanged, {summary.unmanaged} unmanaged, on "
        f"{code(plan.target.origin)}, bot {code(plan.target.bot_id or '(none)')}.",
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
        lines += [f"### Drift: {counted(len(drifted), 'slot')}, {len(rejections)} rejected", ""]
    else:
        lines += [f"**In sync.** {counted(plan.summary.unchanged, 'slot')} as desired.", ""]
    lines += [f"On {code(plan.target.origin)}, bot {code(plan.target.bot_id or '(none)')}.", ""]
    lines.extend(_warnings(plan.warnings))
    lines.extend(_changes(drifted))
    for slot_id, rejection in sorted(rejections.items()):
        lines += [
            f"- {code(slot_id)} is rejected: run {code(rejection.run_id)} put it back "
            f"({code(rejection.reason)})"
        ]
    if metrics is not None:
        lines += ["", "#### Success rates", ""]
        lines.extend(
            f"- {verdict.result.value}: {code(slot_id)} {rate(verdict.success_rate)} "
            f"(minimum {rate(gates[slot_id].policy.min_success_rate)})"
            for slot_id, verdict in sorted(metrics.items())
        )
    return "\n".join(lines).rstrip()


def code(text: str) -> str:
    """A code span that holds `text`, whatever is in it, on one line."""
    shown = plain(text)
    fence = "`" * (_longest_run(shown) + 1)
    # A space on both sides is taken off again, and keeps a backtick away from the fence.
    pad = " " if not shown or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown or ' '}{pad}{fence}"


def fenced(lines: Sequence[str], *, language: str) -> list[str]:
    """A fenced block that holds `lines`, whatever is in them."""
    shown = [plain(line) for line in lines]
    fence = "`" * max(3, max((_longest_run(line) for line in shown), default=0) + 1)
    return [f"{fence}{language}", *shown, fence]


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _warnings(warnings: Sequence[str]) -> Iterator[str]:
    for warning in warnings:
        yield f"> ⚠️ {code(warning)}"
        yield ""


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        yield f"**{_VERB[change.action]}** {code(change.slot_id)} ({code(change.name)})"
        yield ""
        if change.action is not Action.DELETE:
            yield from fenced(list(_diff(change.fields)), language="diff")
            yield ""


def _diff(fields: Sequence[FieldChange]) -> Iterator[str]:
    for change in fields:
        yield f"  {change.field}"
        yield from (f"{sign}   {text}" for sign, text in diff_lines(change))
