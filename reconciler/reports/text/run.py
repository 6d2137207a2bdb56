"""How an apply ended, as text: what did not pass, the counts, and last what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from reconciler.model.change import Action
from reconciler.model.duration import duration
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.model.state import DesiredState
from reconciler.reports.escaping import plain
from reconciler.reports.next_step import NO_FILES, after_run
from reconciler.reports.numbers import rate
from reconciler.reports.text.colors import STATUS_COLOR
from reconciler.reports.text.layout import capped, columns_of, hanging, wrapped
from reconciler.reports.text.rejected import rejected_lines
from reconciler.reports.waiting import waiting_count
from reconciler.reports.words import clauses, nothing_measured, rates

_LEAST_TO_MOST_SEVERE = (
    Status.VERIFIED,
    Status.UNJUDGED,
    Status.SKIPPED,
    Status.INCONCLUSIVE,
    Status.ROLLED_BACK,
    Status.FAILED,
    Status.ROLLBACK_FAILED,
)
"""The order of the rows: what a person has to see comes last, next to the counts."""
_MOST_ROWS = 10
"""The most rows of one status."""
_STATUS_WIDTH = 16
_ACTION_WIDTH = 8
_MESSAGE_INDENT = 6


def run_text(
    report: RunReport,
    *,
    desired: DesiredState = NO_FILES,
    environment: str | None = None,
    width: int | None = None,
) -> str:
    """The result, then the one thing to do next. `desired` says which file a slot is in, and
    `environment` where the run was."""
    lines = [run_result_text(report, width=width)]
    next_step = after_run(report, desired=desired, environment=environment)
    if next_step:
        lines.extend(hanging(f"Next: {plain(next_step)}", width=width))
    return "\n".join(lines)


def run_result_text(report: RunReport, *, width: int | None = None) -> str:
    """A row for each change that did not pass, then the counts and the time it took, then the
    snapshot that was taken before."""
    lines = list(_rows([each for each in report.outcomes if not _passed(each)], width=width))
    lines.extend(rejected_lines(report.rejected, width=width))
    lines.extend(_headlines(report, width=width))
    if report.waiting:
        lines.extend(hanging(f"{waiting_count(report.waiting)}.", width=width))
    if report.snapshot:
        snapshot = f"{click.style('Snapshot before it:', bold=True)} {plain(report.snapshot)}"
        lines.extend(hanging(snapshot, width=width))
    return "\n".join(lines)


def run_details_text(report: RunReport, *, width: int | None = None) -> str:
    """What `-v` adds: a row for each change that passed, the run's id, and the ledger's last
    hash."""
    lines = list(_rows([each for each in report.outcomes if _passed(each)], width=width, most=None))
    if report.ledger_hash:
        lines.append(f"Run {plain(str(report.run_id))}; the ledger ends with {report.ledger_hash}")
    return "\n".join(lines)


def _passed(outcome: Outcome) -> bool:
    return outcome.status is Status.VERIFIED


def _rows(
    outcomes: Sequence[Outcome], *, width: int | None, most: int | None = _MOST_ROWS
) -> Iterator[str]:
    for status in _LEAST_TO_MOST_SEVERE:
        same = [each for each in outcomes if each.status is status]
        shown, rest = capped(same, most=most if most is not None else len(same))
        for outcome in shown:
            yield from _row(outcome, width=width)
        if rest:
            yield f"  … and {rest} more {_said(status)}"


def _row(outcome: Outcome, *, width: int | None) -> Iterator[str]:
    """The status, the action and the slot; the reason beside it if there is room, else below."""
    status = f"{_said(outcome.status):<{_STATUS_WIDTH}}"
    head = f"  {status}{outcome.action.value:<{_ACTION_WIDTH}}{plain(outcome.slot_id)}"
    first, *rest = [plain(each) for each in _reasons(outcome)] or [""]
    whole = f"{head}  {first}" if first else head
    rows = [whole]
    if width is not None and columns_of(whole) > width:
        rows = wrapped(head.strip(), width=width, indent=2)
        rows += wrapped(first, width=width, indent=_MESSAGE_INDENT) if first else []
    styled = click.style(status, fg=STATUS_COLOR[outcome.status])
    yield rows[0].replace(status, styled, 1)
    yield from rows[1:]
    for each in rest:
        yield from wrapped(each, width=width, indent=_MESSAGE_INDENT)


def _reasons(outcome: Outcome) -> list[str]:
    """The message with the rates that it does not contain, in one line for each clause."""
    missing = _missing_rates(outcome)
    first, *rest = clauses(outcome.message)
    return [" ".join(part for part in (first, f"({missing})" if missing else "") if part), *rest]


def _missing_rates(outcome: Outcome) -> str:
    """The rates that the message does not contain, so that no number appears twice."""
    known = {rate(each) for each in (outcome.success_rate, outcome.baseline) if each is not None}
    if all(each in outcome.message for each in known):
        return ""
    if outcome.success_rate is not None and rate(outcome.success_rate) in outcome.message:
        return f"baseline {rate(outcome.baseline)}"
    return rates(outcome)


def _headlines(report: RunReport, *, width: int | None) -> Iterator[str]:
    recovered = [outcome for outcome in report.outcomes if outcome.recovered]
    planned = [outcome for outcome in report.outcomes if not outcome.recovered]
    lines = []
    if recovered:
        lines.append(("Recovered from earlier runs:", f"{_statuses(recovered)}."))
    if planned or not recovered or report.error or report.interrupted:
        lines.append(_applied(planned))
    took = f" Took {duration(report.seconds)}." if report.seconds is not None else ""
    title, counts = lines.pop()
    lines.append((title, f"{counts}{took}{_nothing_measured(report)}".strip()))
    for title, counts in lines:
        yield from hanging(f"{click.style(title, bold=True)} {counts}".strip(), width=width)


def _applied(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """The title and the counts. Only changes that are live and stay count as applied."""
    standing = [outcome for outcome in outcomes if outcome.stands]
    others = [outcome for outcome in outcomes if not outcome.stands]
    if standing:
        rest = f" {_statuses(others)}." if others else ""
        return "Applied:", f"{_statuses(standing)}.{rest}"
    is_live = any(each.status in (Status.FAILED, Status.ROLLBACK_FAILED) for each in others)
    title = "Nothing was applied as planned" if is_live else "Nothing was applied"
    return (f"{title}:", f"{_statuses(others)}.") if others else (f"{title}.", "")


def _statuses(outcomes: Iterable[Outcome]) -> str:
    counts = RunReport(run_id=None, outcomes=tuple(outcomes)).summary()
    return ", ".join(f"{number} {_said(Status(each))}" for each, number in counts.items() if number)


def _said(status: Status) -> str:
    return status.value.replace("_", " ")


def _nothing_measured(report: RunReport) -> str:
    judged = [
        outcome.status
        for outcome in report.outcomes
        if outcome.status not in (Status.SKIPPED, Status.UNJUDGED)
        and outcome.action is not Action.DELETE
    ]
    if not judged or any(status is not Status.INCONCLUSIVE for status in judged):
        return ""
    return f" {nothing_measured(report.endpoint.kind if report.endpoint else 'bot')}"
