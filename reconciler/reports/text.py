"""Text for people at a terminal. Colours are ANSI; whoever prints it takes them out if need be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import click

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.gate import SlotGate, Verdict, VerdictResult
from reconciler.model.ledger import Rejection
from reconciler.model.listed import listed
from reconciler.model.lookalikes import told_apart
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem
from reconciler.reports.diff import diff_lines
from reconciler.reports.excerpt import excerpt_lines
from reconciler.reports.words import counted, plain, rate, rates

_SYMBOL = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
_COLOR = {Action.CREATE: "green", Action.UPDATE: "yellow", Action.DELETE: "red"}
_STATUS_COLOR = {
    Status.VERIFIED: "green",
    Status.UNJUDGED: "yellow",
    Status.INCONCLUSIVE: "yellow",
    Status.ROLLED_BACK: "red",
    Status.ROLLBACK_FAILED: "red",
    Status.FAILED: "red",
    Status.SKIPPED: "bright_black",
}
_VERDICT_COLOR = {
    VerdictResult.PASSED: "green",
    VerdictResult.FAILED: "red",
    VerdictResult.INCONCLUSIVE: "yellow",
}
_SIGN_COLOR = {"-": "red", "+": "green", " ": None}
_LABEL_WIDTH = 14


def plan_text(plan: Plan) -> str:
    """The whole plan: the changes in order, what is left alone, and the counts."""
    lines = [f"Plan for {target_text(plan)}", ""]
    lines.extend(_changes(plan.changes))
    if plan.unmanaged:
        lines += [f"Unmanaged, and left alone: {plain(listed(plan.unmanaged))}", ""]
    lines.extend(_warnings(plan.warnings))
    summary = plan.summary
    if plan.changes:
        lines.append(
            click.style(
                f"Plan: {summary.create} to create, {summary.update} to update, "
                f"{summary.delete} to delete.",
                bold=True,
            )
            + f" {summary.unchanged} unchanged, {summary.unmanaged} unmanaged."
        )
    else:
        lines.append(
            click.style("No changes.", fg="green", bold=True)
            + f" {counted(summary.unchanged, 'slot')} as desired, {summary.unmanaged} unmanaged."
        )
    return "\n".join(lines)


def target_text(plan: Plan) -> str:
    """The tenant and bot that a plan is for."""
    bot = plan.target.bot_id
    return f"{plan.target.origin}, {f'bot {plain(bot)}' if bot else 'no bot configured'}"


def drift_text(
    plan: Plan,
    *,
    rejections: Mapping[str, Rejection],
    metrics: Mapping[str, Verdict] | None,
    gates: Mapping[str, SlotGate],
) -> str:
    """What differs between live and desired, and which slots are below their gate."""
    drifted = tuple(change for change in plan.changes if change.slot_id not in rejections)
    lines = [f"Drift of {target_text(plan)}, from live to the files", ""]
    lines.extend(_changes(drifted))
    for slot_id, rejection in sorted(rejections.items()):
        lines += [
            f"{slot_id} is rejected, not drifted: run {plain(rejection.run_id)} put it back "
            f"({plain(rejection.reason)}).",
            "",
        ]
    if metrics is not None:
        lines.extend(_metrics(metrics, gates=gates))
    lines.extend(_warnings(plan.warnings))
    lines.append(_drift_headline(plan, drifted=len(drifted), rejected=len(rejections)))
    return "\n".join(lines)


def _drift_headline(plan: Plan, *, drifted: int, rejected: int) -> str:
    unmanaged = f"{plan.summary.unmanaged} unmanaged."
    if not plan.changes:
        return (
            click.style("In sync.", fg="green", bold=True)
            + f" {counted(plan.summary.unchanged, 'slot')} as desired, {unmanaged}"
        )
    differing = click.style(f"{counted(drifted, 'slot')} drifted", fg="red", bold=True)
    return f"{differing}, {rejected} rejected, {plan.summary.unchanged} as desired, {unmanaged}"


def _metrics(metrics: Mapping[str, Verdict], *, gates: Mapping[str, SlotGate]) -> Iterator[str]:
    yield "Success rates:"
    for slot_id, verdict in sorted(metrics.items()):
        minimum = rate(gates[slot_id].policy.min_success_rate)
        why = f": {plain(verdict.reason)}" if verdict.success_rate is None else ""
        yield (
            f"  {click.style(f'{verdict.result.value:<13}', fg=_VERDICT_COLOR[verdict.result])}"
            f"{slot_id:<28} {rate(verdict.success_rate)} (minimum {minimum}){why}"
        )
    yield ""


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    for wave, members in groupby(changes, key=lambda change: change.wave):
        yield click.style(f"  wave {wave}", bold=True)
        for change in members:
            yield from _change(change)
        yield ""


def _change(change: Change) -> Iterator[str]:
    head = f"    {_SYMBOL[change.action]} {plain(change.slot_id)}"
    title = click.style(head, fg=_COLOR[change.action], bold=True)
    untrained = "" if change.trigger_retrain else "  (not retrained, not gated)"
    yield f"{title}  {plain(change.name)}{untrained}"
    if change.depends_on:
        yield f"        {'after':<{_LABEL_WIDTH}} {plain(listed(change.depends_on))}"
    if change.action is Action.DELETE:
        return
    created = change.action is Action.CREATE
    for each in change.fields:
        if not (created and each.field == "name"):  # the title has it
            yield from _field(each, created=created)


def _field(change: FieldChange, *, created: bool) -> Iterator[str]:
    label = f"        {change.field:<{_LABEL_WIDTH}}"
    before, after = change.before, change.after
    if isinstance(before, list) or isinstance(after, list):
        lines = [
            click.style(f"{sign} {plain(text)}", fg=_SIGN_COLOR[sign])
            for sign, text in diff_lines(change)
        ]
        for index, line in enumerate(lines):
            yield f"{label if index == 0 else ' ' * len(label)} {line}"
    elif created:
        yield f"{label} {plain(str(after))}"
    else:
        old, new = ("(none)" if value is None else str(value) for value in (before, after))
        shown = told_apart((old, new))
        yield (
            f"{label} {click.style(plain(shown[old]), fg='red')} → "
            f"{click.style(plain(shown[new]), fg='green')}"
        )


def _warnings(warnings: Iterable[str]) -> Iterator[str]:
    found = False
    for warning in warnings:
        found = True
        yield f"{click.style('Warning:', fg='yellow', bold=True)} {plain(warning)}"
    if found:
        yield ""


def validation_text(problems: Sequence[Problem], *, slots: int, valid: bool) -> str:
    """Every problem with its place, and the counts."""
    lines = [problem_text(problem) for problem in problems]
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    if problems:
        lines.append("")
    word = (
        click.style("Valid:", fg="green", bold=True)
        if valid
        else click.style("Not valid:", fg="red", bold=True)
    )
    lines.append(
        f"{word} {counted(slots, 'slot')}, {counted(errors, 'error')}, "
        f"{counted(warnings, 'warning')}."
    )
    return "\n".join(lines)


def problem_text(problem: Problem) -> str:
    """One problem: place, severity, message, rule; below, its line with a caret, and the hint."""
    color = "red" if problem.is_error else "yellow"
    severity = click.style(f"{problem.severity.value}:", fg=color, bold=True)
    lines = [f"{plain(str(problem.source))}: {severity} {plain(problem.message)} [{problem.rule}]"]
    lines.extend(excerpt_lines(problem.source))
    if problem.hint:
        lines.append(f"    {plain(problem.hint)}")
    return "\n".join(lines)


def run_text(report: RunReport) -> str:
    """What became of an apply: the headlines first, then each change."""
    recovered = [outcome for outcome in report.outcomes if outcome.recovered]
    planned = [outcome for outcome in report.outcomes if not outcome.recovered]
    lines = []
    if recovered:
        lines.append(f"{click.style('Settled from earlier runs:', bold=True)} {_told(recovered)}.")
    if planned or not recovered or report.error or report.interrupted:
        lines.append(_applied_headline(planned))
    lines[-1] += _blindness(report.outcomes)
    lines.extend(_outcome(outcome) for outcome in report.outcomes)
    if report.ledger_hash:
        lines.append(f"Run {report.run_id}; the ledger ends with {report.ledger_hash}")
    return "\n".join(lines)


def _applied_headline(outcomes: Sequence[Outcome]) -> str:
    """Only what is live and stays is called applied."""
    standing = [outcome for outcome in outcomes if outcome.stands]
    others = [outcome for outcome in outcomes if not outcome.stands]
    if standing:
        rest = f" {_told(others)}." if others else ""
        return f"{click.style('Applied:', bold=True)} {_told(standing)}.{rest}"
    is_live = any(each.status in (Status.FAILED, Status.ROLLBACK_FAILED) for each in others)
    word = "Nothing was applied as planned" if is_live else "Nothing was applied"
    return f"{click.style(word, bold=True)}{': ' if others else ''}{_told(others)}."


def _told(outcomes: Iterable[Outcome]) -> str:
    counts = RunReport(run_id=None, outcomes=tuple(outcomes)).summary()
    return ", ".join(
        f"{number} {status.replace('_', ' ')}" for status, number in counts.items() if number
    )


def _blindness(outcomes: Iterable[Outcome]) -> str:
    judged = [
        outcome.status
        for outcome in outcomes
        if outcome.status not in (Status.SKIPPED, Status.UNJUDGED)
        and outcome.action is not Action.DELETE
    ]
    if not judged or any(status is not Status.INCONCLUSIVE for status in judged):
        return ""
    return click.style(
        " No slot of this run could be measured: is COGNIGY_BOT_ID right?", fg="yellow", bold=True
    )


def _outcome(outcome: Outcome) -> str:
    status = outcome.status.value.replace("_", " ")
    styled = click.style(f"{status:<16}", fg=_STATUS_COLOR[outcome.status])
    numbers = rates(outcome)
    return (
        f"  {styled}{outcome.action.value:<7} {plain(outcome.slot_id):<28} {numbers:<14} "
        f"{plain(outcome.message)}"
    ).rstrip()
