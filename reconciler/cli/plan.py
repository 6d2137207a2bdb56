"""`reconciler plan`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler import wiring
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy import Access
from reconciler.adapters.ledger import files_of
from reconciler.adapters.planfile import require_plan_path, write_plan_file
from reconciler.cli.options import (
    format_option,
    selection_options,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import json_even_on_failure, say, show
from reconciler.cli.progress import Progress
from reconciler.environment.variables import Environment, read_environment
from reconciler.model.plan import Plan, Selection
from reconciler.project import read_project
from reconciler.reports.escaping import plain
from reconciler.reports.machine import failed_plan_json, plan_json
from reconciler.reports.markdown import plan_markdown
from reconciler.reports.text import plan_text

EXIT_DIFFERENCES = 2
_RENDERERS = {"text": plan_text, "json": plan_json, "markdown": plan_markdown}


@click.command(
    "plan", epilog="Example: reconciler plan --out plan.json && reconciler apply plan.json"
)
@slots_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan, for `reconciler apply FILE`.",
)
@format_option("text", "json", "markdown")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@selection_options
@verbosity_option
@json_even_on_failure(failed_plan_json)
def plan_command(
    slots: Path,
    out: Path | None,
    output: str,
    detailed_exitcode: bool,
    targets: tuple[str, ...],
    prune: bool,
) -> int:
    """Show the ordered changes from live to desired.

    Reads the live slots and writes nothing to the tenant: it asks only for the scope
    cognigy:bots:read.
    """
    environment = read_environment()
    if out is not None:
        require_plan_path(out, slots=slots, ledger=files_of(environment.ledger))
    made = _make(slots, environment, selection=Selection(targets=targets, prune=prune))
    if out is not None:
        write_plan_file(out, plan_json(made) + "\n")
    show(_RENDERERS[output](made))
    if out is not None:
        say(f"Saved. Apply exactly this plan with: reconciler apply {plain(str(out))}")
    return EXIT_DIFFERENCES if detailed_exitcode and made.changes else 0


def _make(slots: Path, environment: Environment, *, selection: Selection) -> Plan:
    wiring.require_usable_ledger(environment)
    environment.tenant_access()
    project = read_project(slots)
    with wiring.connected(
        environment, settings=project.settings, access=Access.READ, clock=SystemClock()
    ) as connection:
        history = wiring.read_history(
            environment, endpoint=connection.endpoint, observer=Progress()
        )
        made = wiring.plan(project, connection, selection=selection, history=history)
        return wiring.with_forecast(made, project, connection)
