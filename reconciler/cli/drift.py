"""`reconciler drift`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import (
    environment_option,
    evidence_option,
    format_option,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import columns, json_even_on_failure, show
from reconciler.cli.page import html_option, require_page, save_page
from reconciler.cli.pager import pager_option, show_paged
from reconciler.cli.progress import progress
from reconciler.formats.drift import drift_json
from reconciler.formats.failure import failure_json
from reconciler.operations.drift import DriftRequest, drift
from reconciler.operations.project import read_project
from reconciler.operations.services import services_for_changing
from reconciler.reports.drift_text import drift_text
from reconciler.reports.markdown import drift_markdown

EXIT_ERROR = 1
_RENDERERS = {"json": drift_json, "markdown": drift_markdown}


@click.command("drift", epilog="Example: reconciler drift --metrics --format json")
@slots_option
@html_option
@environment_option
@evidence_option
@format_option("text", "json", "markdown")
@click.option(
    "--metrics",
    is_flag=True,
    help="Also check every managed slot's success rate against its gate, and judge the changes on "
    "probation.",
)
@pager_option
@verbosity_option
@json_even_on_failure(failure_json)
def drift_command(
    slots: Path,
    environment: str | None,
    evidence: tuple[Path, ...],
    html: Path | None,
    output: str,
    metrics: bool,
) -> int:
    """Compare the live slots with the files, without changing either.

    The ledger shows which differences were made in the tenant and which have not been applied yet.

    For `gate.bake_hours` after its gate passed, a change is on probation: --metrics judges it
    further, and says which changes can be at fault if it fails. The ledger gets the verdicts, and
    is locked only for that moment.

    Exits with 2 if they differ or if a live slot was rejected by its gate, whatever --metrics
    finds. Otherwise --metrics exits with 3 if a slot fails its gate or a change its bake, and with
    1 if there are slots to measure but none of them could be measured.
    """
    observer = progress()
    project = read_project(slots, environment=environment)
    clock = terminal_clock()
    services = services_for_changing(project, clock=clock, observer=observer, evidence=evidence)
    if html is not None:
        require_page(html, slots=slots, ledger=services.ledger)
    report = drift(project, services, DriftRequest(metrics=metrics))
    if output == "text":
        show_paged(drift_text(report, desired=project.desired, width=columns()))
    else:
        show(_RENDERERS[output](report))

    def page() -> str:
        from reconciler.reports.html.drift import drift_page  # noqa: PLC0415 - only for a page

        return drift_page(report, desired=project.desired, made_at=clock.now())

    if html is not None and not save_page(html, page):
        return report.exit_code or EXIT_ERROR
    return report.exit_code
