"""`reconciler fleet drift`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.fleet.options import fleet_option, select_option
from reconciler.cli.fleet.running import (
    fleet_json_even_on_failure,
    services_at_terminal,
    show_run,
)
from reconciler.cli.options import format_option, verbosity_option
from reconciler.cli.pager import pager_option
from reconciler.cli.progress.fleet import fleet_progress
from reconciler.model.fleet_run import FleetAction
from reconciler.operations.fleet.drift import fleet_drift
from reconciler.operations.fleet.files import read_fleet
from reconciler.operations.fleet.selection import selector_of


@click.command("drift", epilog="Example: reconciler fleet drift --metrics --select region=eu")
@fleet_option
@select_option
@click.option(
    "--metrics", is_flag=True, help="Also check every managed slot's success rate by its gate."
)
@format_option("text", "json", "jsonl")
@pager_option
@verbosity_option
@fleet_json_even_on_failure(FleetAction.DRIFT)
def drift_command(file: Path, select: str, metrics: bool, output: str) -> int:
    """Compare the live slots of every target with the files, without changing either.

    Exits with 3 if a slot is below its gate, with 1 if a target could not be compared, and else
    with 2 if any target has drifted.
    """
    files = read_fleet(file)
    selector = selector_of(select)
    with services_at_terminal(files, progress=fleet_progress()) as services:
        report = fleet_drift(files, services, selector=selector, metrics=metrics)
    show_run(report, output=output)
    return report.exit_code
