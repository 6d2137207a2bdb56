"""`reconciler fleet plan`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.fleet.options import fleet_option, select_option
from reconciler.cli.fleet.running import (
    fleet_json_even_on_failure,
    services_at_terminal,
    show_json,
)
from reconciler.cli.options import format_option, verbosity_option
from reconciler.cli.output import columns, say, show
from reconciler.cli.pager import pager_option, show_paged
from reconciler.cli.progress.fleet import fleet_progress
from reconciler.model.fleet_run import FleetAction, FleetReport
from reconciler.operations.fleet import saved_plan
from reconciler.operations.fleet.files import read_fleet
from reconciler.operations.fleet.plan import fleet_plan
from reconciler.operations.fleet.selection import selector_of
from reconciler.reports.escaping import plain
from reconciler.reports.fleet.markdown import fleet_plan_markdown
from reconciler.reports.fleet.plan import fleet_plan_summary_text, fleet_plan_text

EXIT_DIFFERENCES = 2


@click.command(
    "plan",
    epilog="Example: reconciler fleet plan --select region=eu --out plan.json && "
    "reconciler fleet apply plan.json",
)
@fleet_option
@select_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan for `reconciler fleet apply FILE`.",
)
@format_option("text", "json", "jsonl", "markdown")
@click.option("--summary", is_flag=True, help="Show one line a slot instead of every field.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if there are changes.")
@pager_option
@verbosity_option
@fleet_json_even_on_failure(FleetAction.PLAN)
def plan_command(
    file: Path,
    select: str,
    out: Path | None,
    output: str,
    summary: bool,
    detailed_exitcode: bool,
) -> int:
    """Plan every target of the fleet, and show which targets have the same changes.

    Reads the live slots of many targets at once, and writes nothing to any. A target that cannot be
    planned is listed with the reason, and a saved plan does not have it.
    """
    if summary and output != "text":
        raise click.UsageError("--summary is for --format text.")
    files = read_fleet(file)
    selector = selector_of(select)
    with services_at_terminal(files, progress=fleet_progress()) as services:
        if out is not None:
            saved_plan.require_writable(out, files=files, ledger=services.ledger)
        report = fleet_plan(files, services, selector=selector)
    is_saved = out is not None and not report.is_interrupted  # never a partial plan
    if out is not None and is_saved:
        saved_plan.save(out, report, selector=selector)
    _show(report, output=output, summary=summary)
    if is_saved:
        say(f"Saved. Apply exactly this plan with: reconciler fleet apply {plain(str(out))}")
    if detailed_exitcode and report.exit_code == 0 and report.groups:
        return EXIT_DIFFERENCES
    return report.exit_code


def _show(report: FleetReport, *, output: str, summary: bool) -> None:
    if output == "text":
        render = fleet_plan_summary_text if summary else fleet_plan_text
        show_paged(render(report, width=columns()))
    elif output == "markdown":
        show(fleet_plan_markdown(report))
    else:
        show_json(report, output=output)
