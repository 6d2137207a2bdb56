"""`reconciler fleet apply`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.confirmation import ask, require_terminal
from reconciler.cli.fleet.options import fleet_option, select_option
from reconciler.cli.fleet.running import (
    fleet_json_even_on_failure,
    services_at_terminal,
    show_run,
)
from reconciler.cli.options import format_option, verbosity_option
from reconciler.cli.output import columns, say
from reconciler.cli.pager import pager_option, show_paged
from reconciler.cli.progress.fleet import fleet_progress
from reconciler.errors import Interrupted
from reconciler.model.change import Action
from reconciler.model.fleet import Selector
from reconciler.model.fleet_plan import FleetPlan
from reconciler.model.fleet_run import FleetAction, FleetReport
from reconciler.operations.fleet import saved_plan
from reconciler.operations.fleet.apply import FleetApplyRequest, fleet_apply
from reconciler.operations.fleet.files import read_fleet
from reconciler.operations.fleet.plan import fleet_plan
from reconciler.operations.fleet.selection import selector_of
from reconciler.reports.fleet.plan import fleet_plan_text
from reconciler.reports.numbers import counted


@click.command("apply", epilog="Example: reconciler fleet apply plan.json")
@click.argument(
    "planfile",
    required=False,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="[PLANFILE]",
)
@fleet_option
@select_option
@click.option("--yes", is_flag=True, help="Do not ask before changing the targets.")
@click.option("--reason", metavar="TEXT", help="The reason, which is recorded in the ledgers.")
@click.option(
    "--retry-failed",
    is_flag=True,
    help="Retry changes that a gate rejected in an earlier run, in the same target or another.",
)
@click.option(
    "--accept-ledger-loss",
    is_flag=True,
    help="Go on in targets whose own ledgers have lost lines that the fleet knows of.",
)
@format_option("text", "json", "jsonl")
@pager_option
@verbosity_option
@fleet_json_even_on_failure(FleetAction.APPLY)
def apply_command(
    planfile: Path | None,
    file: Path,
    select: str,
    yes: bool,
    reason: str | None,
    retry_failed: bool,
    accept_ledger_loss: bool,
    output: str,
) -> int:
    """Apply the files to the targets of the fleet, step by step, as its rollout says.

    Each target is applied like a single project, each change judged by its gate. If more targets of
    a step fail than `max_failures` allows, nothing new begins. A step that bakes ends the run with
    exit code 0; the same command goes on later, and first judges what has baked.

    With a PLANFILE from `reconciler fleet plan --out`, only its targets are changed, and only as it
    says; a target that has changed since is stale, and left alone. Without one, it plans and asks.
    """
    if planfile is not None and select:
        raise click.UsageError("--select cannot be combined with PLANFILE.")
    files = read_fleet(file)
    selector = selector_of(select)
    approved = saved_plan.read(planfile) if planfile is not None else None
    progress = fleet_progress()
    if approved is None and not yes:
        require_terminal(plan="fleet plan")
        with services_at_terminal(files, progress=progress) as services:
            made = fleet_plan(files, services, selector=selector)
        approved = _agreed(made, selector=selector, quiet=output != "text")
    with services_at_terminal(files, progress=progress) as services:
        report = fleet_apply(
            files,
            services,
            FleetApplyRequest(
                approved=approved,
                selector=selector,
                retry_failed=retry_failed,
                accept_loss=accept_ledger_loss,
                reason=reason,
            ),
        )
    show_run(report, output=output)
    return report.exit_code


def _agreed(made: FleetReport, *, selector: Selector, quiet: bool) -> FleetPlan:
    """The plan that the person at the terminal agrees to. Raises ReconcilerError and Interrupted.

    `quiet` reserves standard output for the report of the apply.
    """
    text = fleet_plan_text(made, width=columns())
    if quiet:
        say(text)
    else:
        show_paged(text)
    if made.is_interrupted:
        raise Interrupted("Interrupted; nothing was changed.")
    if made.groups:
        targets = sum(len(each.targets) for each in made.groups)
        deletions = sum(
            len(each.targets) * each.plan.counted(Action.DELETE) for each in made.groups
        )
        ask(
            f"Make these changes in {counted(targets, 'target')}?",
            otherwise="nothing was changed",
            deletions=deletions,
        )
    return saved_plan.plan_of(made, selector=selector)
