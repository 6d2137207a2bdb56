"""What the commands that run something in each target share: services, and the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from reconciler.cli.interruption import acknowledging
from reconciler.cli.options import is_verbose
from reconciler.cli.output import Command, columns, json_even_on_failure, show
from reconciler.cli.pager import show_paged
from reconciler.cli.progress.fleet import FleetProgress
from reconciler.cli.signals import STOP_SIGNALS
from reconciler.formats.fleet import (
    failed_fleet_json,
    failed_fleet_line,
    fleet_json,
    fleet_lines,
)
from reconciler.model.fleet_run import FleetAction, FleetReport
from reconciler.operations.fleet.files import FleetFiles
from reconciler.operations.fleet.running import FleetServices
from reconciler.operations.fleet.services import fleet_services
from reconciler.reports.fleet.run import fleet_run_details_text, fleet_run_text


@contextmanager
def services_at_terminal(files: FleetFiles, *, progress: FleetProgress) -> Iterator[FleetServices]:
    """The services of a command, whose progress is shown. Inside the block, the first interrupt is
    acknowledged and ends the run early, so nothing may be asked there."""
    with fleet_services(
        files, observer=progress, stop_signals=STOP_SIGNALS, announce=acknowledging(progress)
    ) as services:
        yield services


def fleet_json_even_on_failure(action: FleetAction) -> Callable[[Command], Command]:
    """An error that ends the command is also printed as JSON, or JSON Lines, if that is asked
    for."""
    return json_even_on_failure(
        partial(failed_fleet_json, action=action), line=partial(failed_fleet_line, action=action)
    )


def show_run(report: FleetReport, *, output: str) -> None:
    """The report of an apply or a drift check."""
    if output == "text":
        if is_verbose():
            show(fleet_run_details_text(report))
        show_paged(fleet_run_text(report, width=columns()))
    else:
        show_json(report, output=output)


def show_json(report: FleetReport, *, output: str) -> None:
    """The report as JSON, or as JSON Lines."""
    show(fleet_json(report) if output == "json" else "\n".join(fleet_lines(report)))
