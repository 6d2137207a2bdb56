"""How slots stand in the environments, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from reconciler.model.explanation import NamedSlot
from reconciler.model.status import EnvironmentStatus, StatusReport
from reconciler.reports.audit import run_end, run_parts
from reconciler.reports.markdown_text import MAX_NAME, MAX_TEXT, cell, code
from reconciler.reports.numbers import counted
from reconciler.reports.status import (
    NO_ACCESS,
    NO_RUN,
    SYMBOL,
    failure_lines,
    others_as_desired,
    said,
    without_access,
)


def status_markdown(report: StatusReport) -> str:
    """Every slot that is not as desired everywhere, how many others there are, and the last
    runs."""
    rows = [slot for slot in report.slots if slot.slot_id not in report.as_desired]
    lines = [f"### Status of {counted(len(report.slots), 'slot')}", ""]
    if rows and report.known:
        lines += [*_table(rows, report.environments), ""]
    others = others_as_desired(report)
    if others:
        lines += [others, ""]
    for each in report.environments:
        if each.error is not None:
            lines += [f"**Error in {code(each.name, most=MAX_NAME)}:**", ""]
            lines += [f"- {code(line, most=MAX_TEXT)}" for line in failure_lines(each.error)]
            lines.append("")
    lacking = without_access(report)
    if lacking:
        lines += [lacking, ""]
    return "\n".join([*lines, *_last_runs(report.environments)])


def _table(rows: Sequence[NamedSlot], environments: Sequence[EnvironmentStatus]) -> Iterator[str]:
    yield f"| Slot | {' | '.join(cell(each.name, most=MAX_NAME) for each in environments)} |"
    yield f"|:--|{':--|' * len(environments)}"
    for slot in rows:
        name = "" if slot.name in (None, slot.slot_id) else f" ({cell(slot.name or '')})"
        states = " | ".join(_state(each, slot.slot_id) for each in environments)
        yield f"| {cell(slot.slot_id, most=MAX_NAME)}{name} | {states} |"


def _state(environment: EnvironmentStatus, slot_id: str) -> str:
    if environment.statuses is None:
        return "error" if environment.has_access else NO_ACCESS
    status = environment.statuses[slot_id]
    return f"{SYMBOL[status]} {said(status)}"


def _last_runs(environments: Sequence[EnvironmentStatus]) -> Iterator[str]:
    yield from ("| Environment | Last run | By | Commit | Outcome |", "|:--|:--|:--|:--|:--|")
    for each in environments:
        name = cell(each.name, most=MAX_NAME)
        if each.last_run is None:
            yield f"| {name} | {NO_RUN} | | | |"
            continue
        when, actor, commit = run_parts(each.last_run)
        end = click.unstyle(run_end(each.last_run))
        yield f"| {name} | {when} | {cell(actor)} | {cell(commit)} | {cell(end, most=MAX_TEXT)} |"
