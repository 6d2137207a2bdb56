"""`reconciler apply`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.confirmation import TerminalConfirmation
from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import (
    environment_option,
    evidence_option,
    format_option,
    is_verbose,
    selection_options,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import columns, json_even_on_failure, show, tell
from reconciler.cli.page import html_option, require_page, save_page
from reconciler.cli.pager import pager_option
from reconciler.cli.progress import progress
from reconciler.errors import ReconcilerError
from reconciler.formats.outcome import failed_outcome_json, outcome_json
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Selection
from reconciler.model.state import DesiredState
from reconciler.operations import saved_plan
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.effects import effects
from reconciler.operations.event_file import EventFile
from reconciler.operations.project import read_project
from reconciler.operations.recording import Recording
from reconciler.operations.services import services_for_changing
from reconciler.reports.text.run import run_details_text, run_text

EXIT_ERROR = 1


@click.command(
    "apply",
    epilog="Example: reconciler apply plan.json\n\nIn an emergency: "
    'reconciler apply --yes --no-gate --reason "INC-1234"',
)
@click.argument(
    "planfile",
    required=False,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="[PLANFILE]",
)
@slots_option
@environment_option
@evidence_option
@click.option("--yes", is_flag=True, help="Do not ask before changing the tenant.")
@selection_options
@click.option("--no-gate", is_flag=True, help="Skip the gate. For emergencies; see --reason.")
@click.option(
    "--no-promotion",
    is_flag=True,
    help="Do not wait for the environment in `promote_from`. For emergencies; needs --reason.",
)
@click.option("--reason", metavar="TEXT", help="The reason, which is recorded in the ledger.")
@click.option(
    "--retry-failed",
    is_flag=True,
    help="Retry changes that the gate rejected in an earlier run, and judge slots again that are "
    "live although rejected.",
)
@html_option
@click.option(
    "--events",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write each event of the run as a line of JSON when it happens; see `schema "
    "--events`.",
)
@format_option("text", "json")
@pager_option
@verbosity_option
@json_even_on_failure(failed_outcome_json)
def apply_command(
    planfile: Path | None,
    slots: Path,
    environment: str | None,
    evidence: tuple[Path, ...],
    yes: bool,
    targets: tuple[str, ...],
    prune: bool,
    no_gate: bool,
    no_promotion: bool,
    reason: str | None,
    retry_failed: bool,
    html: Path | None,
    events: Path | None,
    output: str,
) -> int:
    """Apply the desired state, one change at a time, each judged by its gate.

    With a PLANFILE from `reconciler plan --out`, applies exactly that plan without asking, or
    refuses if anything has changed since. Without one, makes a plan and asks before applying it. A
    change that makes extraction worse is rolled back, and the run stops.
    """
    if planfile is not None and (targets or prune):
        raise click.UsageError("--target and --prune cannot be combined with PLANFILE.")
    if no_promotion and reason is None:
        raise click.UsageError("--no-promotion needs --reason TEXT, for the ledger.")
    saved = saved_plan.read(planfile) if planfile else None
    observer = progress()
    clock = terminal_clock(observer)
    event_file = EventFile(observer, clock=clock)
    recording = Recording(event_file, clock=clock) if html is not None else None
    project = read_project(
        slots, environment=saved.environment if saved and environment is None else environment
    )
    services = services_for_changing(
        project, clock=clock, observer=recording or event_file, evidence=evidence
    )
    if html is not None:
        require_page(html, slots=slots, ledger=services.ledger)
    if events is not None:
        click.get_current_context().call_on_close(event_file.close)
        event_file.open(events, slots=slots, ledger=services.ledger)
    report = apply(
        project,
        services,
        TerminalConfirmation(
            agreed=yes or saved is not None,
            quiet=output == "json",
            observer=observer,
            meaning=lambda plan: effects(plan, project),
        ),
        ApplyRequest(
            saved=saved,
            selection=Selection(targets=targets, prune=prune),
            judged=not no_gate,
            promoted=not no_promotion,
            reason=reason,
            retry_failed=retry_failed,
        ),
    )
    name = project.environment.name if project.environment else None
    _show_report(report, desired=project.desired, environment=name, output=output)

    def page() -> str:
        from reconciler.reports.html.run import run_page  # noqa: PLC0415 - only for a page

        return run_page(
            report,
            noticed=recording.noticed if recording else (),
            desired=project.desired,
            made_at=clock.now(),
            environment=name,
        )

    if html is not None and not save_page(html, page):
        return report.exit_code or EXIT_ERROR
    return report.exit_code


def _show_report(
    report: RunReport, *, desired: DesiredState, environment: str | None, output: str
) -> None:
    """The report on standard output, after what ended the run early, if anything did."""
    if report.error is not None:
        # In text, the hint is the last line of the report.
        tell(ReconcilerError(report.error, hint=report.hint if output == "json" else ""))
    if output == "json":
        show(outcome_json(report))
    elif report.outcomes or report.error:
        if is_verbose():
            show(run_details_text(report, width=columns()))
        show(run_text(report, desired=desired, environment=environment, width=columns()))
