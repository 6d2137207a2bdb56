"""Text for people at a terminal, with ANSI colours, which printing removes if need be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import click

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.listed import listed
from reconciler.model.lookalikes import told_apart
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.model.plan import Plan
from reconciler.reports.diff import diff_lines, written
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted, rate
from reconciler.reports.words import (
    change_counts,
    clauses,
    headline_of_rejected,
    missing_rates,
    rates,
)

_SYMBOL = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
VERDICT_COLOR = {
    VerdictResult.PASSED: "green",
    VerdictResult.FAILED: "red",
    VerdictResult.INCONCLUSIVE: "yellow",
}
_COLOR = {Action.CREATE: "green", Action.UPDATE: "yellow", Action.DELETE: "red"}
_STATUS_COLOR = {
    Status.VERIFIED: "green",
    Status.UNJUDGED: "yellow",
    Status.INCONCLUSIVE: "yellow",
    Status.ROLLED_BACK: "red",
    Status.ROLLBACK_FAILED: "red",
    Status.FAILED: "red",
    Status.SKIPPED: "cyan",
}
_SIGN_COLOR = {"-": "red", "+": "green", " ": None}
_LABEL_WIDTH = 14


def plan_text(plan: Plan) -> str:
    """The whole plan: the changes in order, what is left alone, and the counts."""
    lines = [f"Plan for {endpoint_text(plan.endpoint)}", ""]
    lines.extend(_changes(plan.due))
    lines.extend(_skipped(plan))
    lines.extend(rejected_lines(plan.rejected_live))
    if plan.unmanaged:
        lines += [f"Unmanaged, and left alone: {plain(listed(plan.unmanaged))}", ""]
    lines.extend(warning_lines(plan.warnings))
    lines.append(_plan_headline(plan))
    return "\n".join(lines)


def _plan_headline(plan: Plan) -> str:
    summary = plan.summary
    if plan.changes:
        counts = click.style(f"Plan: {change_counts(plan)}.", bold=True)
        return f"{counts} {summary.unchanged} unchanged, {summary.unmanaged} unmanaged."
    headline = click.style("No changes.", fg="green", bold=True)
    if plan.rejected_live:
        headline = click.style(headline_of_rejected(plan), fg="red", bold=True)
    return (
        f"{headline} {counted(summary.unchanged, 'slot')} as desired, "
        f"{summary.unmanaged} unmanaged."
    )


def _skipped(plan: Plan) -> Iterator[str]:
    if not plan.skipped:
        return
    yield (
        "  skipped by apply: rejected earlier, or dependent on a rejected slot (see --retry-failed)"
    )
    rejected = plan.rejected_changes
    for change in plan.skipped:
        yield from change_lines(change)
        if change.slot_id in rejected:
            first, *rest = _why(rejected[change.slot_id])
            yield f"        {'rejected':<{_LABEL_WIDTH}} {first}"
            yield from (f"{' ' * (_LABEL_WIDTH + 9)}{each}" for each in rest)
        elif change.slot_id in plan.blocked:
            blocker = plain(plan.blocked[change.slot_id].slot_id)
            yield f"        {'depends on':<{_LABEL_WIDTH}} {blocker}, live although rejected"
    yield ""


def rejected_lines(rejections: Sequence[Rejection]) -> Iterator[str]:
    """Which slots and changes were rejected, by which run and why."""
    if not rejections:
        return
    yield "Rejected by the gate:"
    for each in rejections:
        how = click.style("live although rejected", fg="red") if each.live else "skipped by apply"
        first, *rest = _why(each)
        yield f"  {plain(each.slot_id)}  {how}; {first}"
        yield from (f"      {line}" for line in rest)
    if any(each.live for each in rejections):
        yield "  To replace what is live, change the file and apply."
        yield "  To have the same content judged again: reconciler apply --retry-failed"
    yield ""


def _why(rejection: Rejection) -> list[str]:
    missing = missing_rates(rejection, rejection.reason)
    numbers = f" ({missing})" if missing else ""
    first, *rest = (plain(each) for each in clauses(rejection.reason))
    return [f"run {plain(rejection.run_id)}: {first}{numbers}", *rest]


def endpoint_text(endpoint: Endpoint) -> str:
    """A tenant and its bot."""
    bot = f"bot {plain(endpoint.bot_id)}" if endpoint.bot_id else "no bot configured"
    return f"{plain(endpoint.origin)}, {bot}"


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    for wave, members in groupby(changes, key=lambda change: change.wave):
        yield click.style(f"  wave {wave}", bold=True)
        for change in members:
            yield from change_lines(change)
        yield ""


def change_lines(change: Change) -> Iterator[str]:
    """A change's title and its fields."""
    head = f"    {_SYMBOL[change.action]} {plain(change.slot_id)}"
    title = click.style(head, fg=_COLOR[change.action], bold=True)
    untrained = "" if change.trigger_retrain else "  (not retrained, not gated)"
    name = "" if change.name == change.slot_id else f"  {plain(change.name)}"
    yield f"{title}{name}{untrained}"
    width = max([_LABEL_WIDTH, *(len(each.field) for each in change.fields)])
    if change.depends_on:
        yield f"        {'after':<{width}} {plain(listed(change.depends_on))}"
    if change.action is Action.DELETE:
        return
    created = change.action is Action.CREATE
    for each in change.fields:
        if not (created and each.field == "name"):  # the title has it
            yield from _field(each, created=created, width=width)


def _field(change: FieldChange, *, created: bool, width: int) -> Iterator[str]:
    label = f"        {change.field:<{width}}"
    before, after = change.before, change.after
    if isinstance(before, list) or isinstance(after, list):
        lines = [
            click.style(f"{sign} {plain(text)}", fg=_SIGN_COLOR[sign])
            for sign, text in diff_lines(change)
        ]
        for index, line in enumerate(lines):
            yield f"{label if index == 0 else ' ' * len(label)} {line}"
    elif created:
        yield f"{label} {plain(written(after))}"
    else:
        old, new = ("(none)" if value is None else written(value) for value in (before, after))
        shown = told_apart((old, new))
        yield (
            f"{label} {click.style(plain(shown[old]), fg='red')} → "
            f"{click.style(plain(shown[new]), fg='green')}"
        )


def warning_lines(warnings: Iterable[str]) -> Iterator[str]:
    """One line for each warning, and an empty one below."""
    found = False
    for warning in warnings:
        found = True
        yield f"{click.style('Warning:', fg='yellow', bold=True)} {plain(warning)}"
    if found:
        yield ""


def run_text(report: RunReport) -> str:
    """The result of an apply: the headlines first, then each change."""
    recovered = [outcome for outcome in report.outcomes if outcome.recovered]
    planned = [outcome for outcome in report.outcomes if not outcome.recovered]
    lines = []
    if recovered:
        lines.append(
            f"{click.style('Recovered from earlier runs:', bold=True)} {_statuses(recovered)}."
        )
    if planned or not recovered or report.error or report.interrupted:
        lines.append(_applied_headline(planned))
    lines[-1] += _nothing_measured(report.outcomes)
    for outcome in report.outcomes:
        lines.extend(_outcome(outcome))
    lines.extend(rejected_lines(report.rejected))
    if report.ledger_hash:
        lines.append(f"Run {plain(str(report.run_id))}; the ledger ends with {report.ledger_hash}")
    return "\n".join(lines)


def _applied_headline(outcomes: Sequence[Outcome]) -> str:
    """Only changes that are live and stay count as applied."""
    standing = [outcome for outcome in outcomes if outcome.stands]
    others = [outcome for outcome in outcomes if not outcome.stands]
    if standing:
        rest = f" {_statuses(others)}." if others else ""
        return f"{click.style('Applied:', bold=True)} {_statuses(standing)}.{rest}"
    is_live = any(each.status in (Status.FAILED, Status.ROLLBACK_FAILED) for each in others)
    word = "Nothing was applied as planned" if is_live else "Nothing was applied"
    return f"{click.style(word, bold=True)}{': ' if others else ''}{_statuses(others)}."


def _statuses(outcomes: Iterable[Outcome]) -> str:
    counts = RunReport(run_id=None, outcomes=tuple(outcomes)).summary()
    return ", ".join(
        f"{number} {status.replace('_', ' ')}" for status, number in counts.items() if number
    )


def _nothing_measured(outcomes: Iterable[Outcome]) -> str:
    judged = [
        outcome.status
        for outcome in outcomes
        if outcome.status not in (Status.SKIPPED, Status.UNJUDGED)
        and outcome.action is not Action.DELETE
    ]
    if not judged or any(status is not Status.INCONCLUSIVE for status in judged):
        return ""
    return click.style(
        " No slot of this run could be measured: is COGNIGY_BOT_ID, or the gate's playbook, right?",
        fg="yellow",
        bold=True,
    )


def _outcome(outcome: Outcome) -> Iterator[str]:
    status = outcome.status.value.replace("_", " ")
    styled = click.style(f"{status:<16}", fg=_STATUS_COLOR[outcome.status])
    numbers = rates(outcome)
    said = f"rate {rate(outcome.success_rate)}"
    message = "" if outcome.message in (f"success {said}", f"pass {said}") else outcome.message
    first, *rest = clauses(message)
    yield (
        f"  {styled}{outcome.action.value:<7} {plain(outcome.slot_id):<28} {numbers:<14} "
        f"{plain(first)}"
    ).rstrip()
    yield from (f"      {plain(each)}" for each in rest)
