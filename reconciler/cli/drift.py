"""`reconciler drift`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from reconciler import wiring
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy import Access
from reconciler.cli.options import (
    format_option,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import json_even_on_failure, show
from reconciler.cli.progress import Progress
from reconciler.environment.variables import read_environment
from reconciler.model.change import Change
from reconciler.model.gate import Verdict, VerdictResult, nothing_measured
from reconciler.model.plan import Plan
from reconciler.ports import Notifier, Observer
from reconciler.project import read_project
from reconciler.reports.drift_text import drift_text
from reconciler.reports.machine import drift_json, failed_plan_json
from reconciler.reports.markdown import drift_markdown

EXIT_BLIND = 1
EXIT_DRIFTED = 2
EXIT_BELOW_GATE = 3
_RENDERERS = {"text": drift_text, "json": drift_json, "markdown": drift_markdown}


@click.command("drift", epilog="Example: reconciler drift --metrics --format json")
@slots_option
@format_option("text", "json", "markdown")
@click.option(
    "--metrics", is_flag=True, help="Also check every managed slot's success rate against its gate."
)
@verbosity_option
@json_even_on_failure(failed_plan_json)
def drift_command(slots: Path, output: str, metrics: bool) -> int:
    """Compare live with the files, and change nothing.

    The ledger tells what was changed in the tenant from what has not been applied yet.

    Exits 2 when they differ or a live slot was rejected by its gate, whatever --metrics finds. If
    neither, --metrics exits 3 when a slot is below its gate, and 1 when there are slots to measure
    and none of them could be measured.
    """
    environment = read_environment()
    wiring.require_usable_ledger(environment)
    environment.tenant_access()
    environment.webhook()
    project = read_project(slots)
    clock, observer = SystemClock(), Progress()
    with wiring.connected(
        environment, settings=project.settings, access=Access.READ, clock=clock
    ) as connection:
        history = wiring.read_history(environment, endpoint=connection.endpoint, observer=observer)
        plan = wiring.compare(project, connection, history=history)
        causes = wiring.drift_causes(plan, connection, history=history)
        verdicts: dict[str, Verdict] | None = None
        if metrics:
            verdicts = wiring.check_health(project, connection, plan, clock=clock)
    show(_RENDERERS[output](plan, causes=causes, metrics=verdicts, gates=project.gates))
    _notify(plan.drifted, wiring.notifier_for(environment, clock=clock), observer=observer)
    return _exit_code(plan, verdicts)


def _notify(drifted: Iterable[Change], notifier: Notifier, *, observer: Observer) -> None:
    for change in drifted:
        notifier.notify(
            "drift_detected",
            slot_id=change.slot_id,
            content=change.after,
            retrain=change.trigger_retrain,
        )
    for failure in notifier.close():
        observer.warned(f"webhook: {failure}")


def _exit_code(plan: Plan, verdicts: dict[str, Verdict] | None) -> int:
    """What was found counts, whatever was not found out beside it."""
    if plan.changes or plan.rejected:
        return EXIT_DRIFTED
    found = (verdicts or {}).values()
    if any(verdict.result is VerdictResult.FAILED for verdict in found):
        return EXIT_BELOW_GATE
    return EXIT_BLIND if nothing_measured(found) else 0
