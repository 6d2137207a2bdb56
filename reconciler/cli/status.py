"""`reconciler status`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import (
    evidence_option,
    format_option,
    is_verbose,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import columns, json_even_on_failure, show
from reconciler.cli.pager import pager_option, show_paged
from reconciler.cli.progress import progress
from reconciler.formats.failure import failure_json
from reconciler.formats.status import status_json
from reconciler.model.project import Project
from reconciler.operations.project import read_project
from reconciler.operations.services import Services, services_for_comparing
from reconciler.operations.status import StatusRequest, status
from reconciler.reports.markdown_status import status_markdown
from reconciler.reports.text.status import status_text, whole_status_text

_RENDERERS = {"json": status_json, "markdown": status_markdown}


@click.command("status", epilog="Example: reconciler status --metrics")
@slots_option
@evidence_option
@click.option(
    "--slot",
    "slot_ids",
    multiple=True,
    metavar="SLOT",
    help="Only this slot, by id or name; can be repeated.",
)
@click.option(
    "--metrics",
    is_flag=True,
    help="Also check the success rate of every slot that is as desired against its gate.",
)
@format_option("text", "json", "markdown")
@pager_option
@verbosity_option
@json_even_on_failure(failure_json)
def status_command(
    slots: Path,
    evidence: tuple[Path, ...],
    slot_ids: tuple[str, ...],
    metrics: bool,
    output: str,
) -> int:
    """Show how every slot stands in every environment, and the last run there.

    The variables of each environment come from .env.NAME, or end with its name, such as
    COGNIGY_CLIENT_SECRET__STAGING. There is no access to one without any. Slots that are as desired
    everywhere are only counted, unless -v or --slot is given.

    Exits with 0 whatever differs, and with 1 if an environment with access cannot be read.
    """
    observer, clock = progress(), terminal_clock()

    def services_in(project: Project) -> Services:
        return services_for_comparing(project, clock=clock, observer=observer, evidence=evidence)

    request = StatusRequest(metrics=metrics, slots=slot_ids)
    report = status(read_project(slots), services_in, request)
    if output == "text":
        as_text = whole_status_text if slot_ids or is_verbose() else status_text
        show_paged(as_text(report, width=columns()))
    else:
        show(_RENDERERS[output](report))
    return report.exit_code
