"""`reconciler plan`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import (
    environment_option,
    evidence_option,
    format_option,
    selection_options,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import columns, json_even_on_failure, say, show
from reconciler.cli.page import html_option, require_page, save_page
from reconciler.cli.pager import pager_option, show_paged
from reconciler.cli.progress import progress
from reconciler.formats.failure import failure_json
from reconciler.formats.plan import plan_json
from reconciler.model.effect import NO_EFFECTS
from reconciler.model.plan import Selection
from reconciler.operations import saved_plan
from reconciler.operations.effects import effects
from reconciler.operations.plan import plan
from reconciler.operations.project import read_project
from reconciler.operations.services import services_for_reading
from reconciler.reports.escaping import plain
from reconciler.reports.markdown import plan_markdown
from reconciler.reports.text.plan import plan_summary_text, plan_text

EXIT_ERROR = 1
EXIT_DIFFERENCES = 2
_RENDERERS = {"json": plan_json, "markdown": plan_markdown}


@click.command(
    "plan", epilog="Example: reconciler plan --out plan.json && reconciler apply plan.json"
)
@slots_option
@environment_option
@evidence_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan for `reconciler apply FILE`.",
)
@html_option
@format_option("text", "json", "markdown")
@click.option("--summary", is_flag=True, help="Show one line a slot instead of every field.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if there are changes.")
@selection_options
@pager_option
@verbosity_option
@json_even_on_failure(failure_json)
def plan_command(
    slots: Path,
    environment: str | None,
    evidence: tuple[Path, ...],
    out: Path | None,
    html: Path | None,
    output: str,
    summary: bool,
    detailed_exitcode: bool,
    targets: tuple[str, ...],
    prune: bool,
) -> int:
    """Show the ordered changes from the live to the desired state.

    Reads the live slots and writes nothing to the tenant. It needs only the scope
    cognigy:bots:read or, with cognigy-v2, the role basic.
    """
    if summary and output != "text":
        raise click.UsageError("--summary is for --format text.")
    observer = progress()
    project = read_project(slots, environment=environment)
    clock = terminal_clock()
    services = services_for_reading(project, clock=clock, observer=observer, evidence=evidence)
    if out is not None:
        saved_plan.require_writable(out, slots=slots, ledger=services.ledger)
    if html is not None:
        require_page(html, slots=slots, ledger=services.ledger)
    made = plan(project, services, selection=Selection(targets=targets, prune=prune))
    meaning = NO_EFFECTS if summary and out is None and html is None else effects(made, project)
    if out is not None:
        saved_plan.save(out, made, meaning)
    if summary:
        show_paged(plan_summary_text(made, desired=project.desired, width=columns()))
    elif output == "text":
        show_paged(plan_text(made, desired=project.desired, effects=meaning, width=columns()))
    else:
        show(_RENDERERS[output](made, meaning))
    if out is not None:
        say(f"Saved. Apply exactly this plan with: reconciler apply {plain(str(out))}")

    def page() -> str:
        from reconciler.reports.html.plan import plan_page  # noqa: PLC0415 - only for a page

        return plan_page(made, desired=project.desired, effects=meaning, made_at=clock.now())

    if html is not None and not save_page(html, page):
        return EXIT_ERROR
    return EXIT_DIFFERENCES if detailed_exitcode and made.changes else 0
