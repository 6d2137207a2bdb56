"""Targets and steps of a fleet as rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from reconciler.model.duration import duration
from reconciler.model.fleet_run import FleetReport, StepReport, TargetResult, TargetStatus
from reconciler.model.listed import listed
from reconciler.reports.escaping import plain
from reconciler.reports.fleet.words import (
    causes,
    next_step,
    not_well,
    said,
    slot_counts,
    step_state,
    step_words,
    waiting,
    why,
)
from reconciler.reports.numbers import counted
from reconciler.reports.text.layout import capped, columns_of, hanging, wrapped

STATUS_COLOR = {
    TargetStatus.IN_SYNC: "green",
    TargetStatus.VERIFIED: "green",
    TargetStatus.WAITING: "cyan",
    TargetStatus.DIFFERS: "yellow",
    TargetStatus.REJECTED: "red",
    TargetStatus.UNHEALTHY: "red",
    TargetStatus.FAILED: "red",
    TargetStatus.STALE: "yellow",
    TargetStatus.HELD: "yellow",
    TargetStatus.INTERRUPTED: "yellow",
    TargetStatus.NOT_BEGUN: None,
}
MOST_ROWS = 20
"""The most targets of one kind that have a row each."""
_STATUS_WIDTH = 13
_WIDEST_NAME = 40
"""Columns. A longer name moves the rest of its line to the right."""
_INDENT = 6


def step_lines(steps: Sequence[StepReport]) -> Iterator[str]:
    """A line for each step; none if there is a single one, whose counts are those of the run."""
    if len(steps) <= 1:
        return
    words = [step_words(each) for each in steps]
    widest = max(map(len, words))
    for step, counts in zip(steps, words, strict=True):
        state = step_state(step)
        color = "red" if state == "failed" else "green" if step.is_done else None
        line = f"  step {step.step}  {counts:<{widest}}  {click.style(state, fg=color)}"
        yield line.rstrip()
    yield ""


def failed_lines(results: Sequence[TargetResult], *, width: int | None) -> Iterator[str]:
    """A row for each target that failed, with the reason below it and what to do. Targets that
    failed alike are said together."""
    yield from _alike(not_well(results), width=width)


def waiting_lines(results: Sequence[TargetResult], *, width: int | None) -> Iterator[str]:
    """The same for each target in which changes wait for another environment; what differs beside
    them is in a plan."""
    yield from _alike(waiting(results), width=width)


def _alike(results: Sequence[TargetResult], *, width: int | None) -> Iterator[str]:
    shown, rest = capped(causes(results), most=MOST_ROWS)
    for result, number in shown:
        names = plain(result.name)
        if number > 1:
            others = number - 1
            names += f" and {counted(others, 'other')} alike"
        yield _row(result.status, names)
        for text in (result.error or "", result.hint):
            for line in text.split("\n") if text else ():
                yield from wrapped(plain(line.strip()), width=width, indent=_INDENT)
    if rest:
        yield f"  … and {rest} more reasons (all are in --format json)"
    if shown:
        yield ""


def warning_rows(report: FleetReport, *, width: int | None) -> Iterator[str]:
    """Each warning once, with the targets that it is about, but for those that a group's plan
    has."""
    of_plans = {warning for group in report.groups for warning in group.plan.warnings}
    about: dict[str, list[str]] = {}
    for result in report.results:
        for warning in (each for each in result.warnings if each not in of_plans):
            about.setdefault(warning, []).append(result.name)
    shown, rest = capped(list(about.items()), most=MOST_ROWS)
    label = click.style("Warning:", fg="yellow", bold=True)
    for warning, names in shown:
        yield from hanging(f"{label} {plain(warning)} ({plain(listed(names))})", width=width)
    if rest:
        yield f"  … and {rest} more warnings"
    if shown:
        yield ""


def result_line(result: TargetResult) -> str:
    """`differs acme/production, 2 s: 1 to update`, and for a failure or a wait why."""
    status = click.style(said(result.status), fg=STATUS_COLOR[result.status])
    took = f", {duration(result.seconds)}" if result.seconds >= 1 else ""
    reason = " ".join(line.strip() for line in why(result).split("\n"))
    about = reason or slot_counts(result.summary)
    tail = f": {plain(about)}" if about else ""
    return f"{status} {plain(result.name)}{took}{tail}"


def differing_lines(report: FleetReport) -> Iterator[str]:
    """A row for each target that differs, with how many slots do."""
    differing = [each for each in report.results if each.status is TargetStatus.DIFFERS]
    shown, rest = capped(differing, most=MOST_ROWS)
    widths = [columns_of(plain(each.name)) for each in shown]
    widest = min(max(widths, default=0), _WIDEST_NAME)
    for result, taken in zip(shown, widths, strict=True):
        padding = " " * max(0, widest - taken)
        counts = slot_counts(result.summary)
        yield f"{_row(result.status, plain(result.name))}{padding}  {counts}".rstrip()
    if rest:
        yield f"  … and {rest} more differ"
    if shown:
        yield ""


def error_lines(report: FleetReport, *, width: int | None) -> Iterator[str]:
    """What ended the run early, and last what to do next."""
    if report.error is not None:
        label = click.style("Error:", fg="red", bold=True)
        for line in report.error.split("\n"):
            yield from hanging(f"{label} {plain(line.strip())}", width=width)
            label = " "
    step = next_step(report)
    if step:
        yield from hanging(f"Next: {plain(step)}", width=width)


def _row(status: TargetStatus, text: str) -> str:
    return f"  {click.style(f'{said(status):<{_STATUS_WIDTH}}', fg=STATUS_COLOR[status])}{text}"
