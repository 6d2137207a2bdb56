"""How a run of the fleet ended, as text: its steps, what failed and why, and what to do next."""

from __future__ import annotations

import click

from reconciler.model.fleet_run import FleetReport
from reconciler.reports.escaping import plain
from reconciler.reports.fleet.rows import (
    differing_lines,
    error_lines,
    failed_lines,
    step_lines,
    waiting_lines,
    warning_rows,
)
from reconciler.reports.fleet.words import DONE, status_counts
from reconciler.reports.text.layout import hanging


def fleet_run_text(report: FleetReport, *, width: int | None = None) -> str:
    """How far each step is, the targets that differ, wait or failed, the counts, and what to do."""
    lines = [
        *step_lines(report.steps),
        *differing_lines(report),
        *waiting_lines(report.results, width=width),
        *failed_lines(report.results, width=width),
        *warning_rows(report, width=width),
    ]
    if report.halt is not None:
        halted = click.style(f"Halted in step {report.halt.step}:", fg="red", bold=True)
        lines += hanging(f"{halted} {plain(report.halt.reason)}.", width=width)
    if report.is_interrupted:
        lines += hanging("Interrupted: what had begun was finished or rolled back.", width=width)
    lines += hanging(_headline(report), width=width)
    return "\n".join([*lines, *error_lines(report, width=width)])


def fleet_run_details_text(report: FleetReport) -> str:
    """What `-v` adds: the run's id, and the last hash of the fleet's ledger."""
    if report.run_id is None:
        return ""
    end = f"; the fleet's ledger ends with {report.ledger_hash}" if report.ledger_hash else ""
    return f"Run {plain(report.run_id)}{end}"


def _headline(report: FleetReport) -> str:
    """The counts; green if all went well and nothing is left to do."""
    is_well = report.is_complete and report.exit_code == 0
    title = click.style(f"{DONE[report.action]}:", bold=True, fg="green" if is_well else None)
    rest = "" if report.is_complete else " Not complete."
    return f"{title} {status_counts(report.counts)}.{rest}"
