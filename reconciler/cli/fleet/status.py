"""`reconciler fleet status`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from shutil import get_terminal_size

import click

from reconciler.cli.options import format_option, verbosity_option
from reconciler.cli.output import columns, draw, is_live, json_even_on_failure, show
from reconciler.cli.pager import pager_option, show_paged
from reconciler.formats.failure import failure_json, failure_line
from reconciler.formats.fleet_status import fleet_status_json, fleet_status_lines
from reconciler.model.fleet_history import FleetRun
from reconciler.model.fleet_status import FleetStatus
from reconciler.operations.fleet.services import fleet_records
from reconciler.operations.fleet.status import fleet_status, watched_status
from reconciler.operations.services import system_clock
from reconciler.reports.fleet.openmetrics import fleet_metrics
from reconciler.reports.fleet.status import fleet_status_text


def _lines(status: FleetStatus) -> str:
    return "\n".join(fleet_status_lines(status))


_RENDERERS: Mapping[str, Callable[[FleetStatus], str]] = {
    "json": fleet_status_json,
    "jsonl": _lines,
    "openmetrics": lambda status: fleet_metrics(status).removesuffix("\n"),
}


@click.command("status", epilog="Example: reconciler fleet status --watch")
@click.option("--watch", is_flag=True, help="Show it again and again, until the last run is over.")
@format_option("text", "json", "jsonl", "openmetrics")
@pager_option
@verbosity_option
@json_even_on_failure(failure_json, line=failure_line)
def status_command(watch: bool, output: str) -> int:
    """Show the last runs of the fleet, its rollout, and how each target ended last.

    Reads what was recorded, and nothing else: neither fleet.yaml nor credentials are needed, and no
    tenant is asked. The drift checks that workers make on a schedule count too. The metrics of
    `--format openmetrics` can be written to a file that a collector reads, such as the textfile
    collector of node_exporter.
    """
    if watch and output not in ("text", "json"):
        raise click.UsageError("--watch is for --format text and json.")
    clock = system_clock()
    records = fleet_records(clock=clock)
    status = partial(fleet_status, records.ledger, clock, checks=records.checks)
    watched = partial(watched_status, records.ledger, clock, checks=records.checks)
    render = partial(fleet_status_text, width=columns()) if output == "text" else _RENDERERS[output]
    if not watch:
        text = render(status())
        (show_paged if output == "text" else show)(text)
    elif output == "text" and is_live():
        _redraw(watched(), render)
    else:
        _show_changes(watched(), render)
    return 0


def _redraw(statuses: Iterator[FleetStatus], render: Callable[[FleetStatus], str]) -> None:
    """Show each status in place of the one before, and let the last one stay."""
    text = ""
    for status in statuses:
        text = render(status)
        draw(text.splitlines()[: get_terminal_size().lines - 1])
    show(text)


def _show_changes(statuses: Iterator[FleetStatus], render: Callable[[FleetStatus], str]) -> None:
    """Show each status in which something has happened since the one before."""
    before: FleetStatus | None = None
    for status in statuses:
        if before is None or _happened(status) != _happened(before):
            show(render(status))
        before = status


def _happened(status: FleetStatus) -> tuple[FleetRun | None, bool]:
    return status.history.last, status.is_running
