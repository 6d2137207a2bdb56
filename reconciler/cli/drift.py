"""`reconciler drift`."""

from __future__ import annotations

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
from reconciler.environment import read_environment
from reconciler.model.change import Change
from reconciler.model.gate import Verdict, VerdictResult
from reconciler.model.plan import Plan, Scope
from reconciler.planning.history import standing_rejections
from reconciler.ports import Notifier, Observer
from reconciler.reports.machine import drift_json, failed_plan_json
from reconciler.reports.markdown import drift_markdown
from reconciler.reports.text import drift_text

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

    Exits 2 when they differ, and 3 when they do not but, with --metrics, a slot is below its gate.
    """
    environment = read_environment()
    wiring.require_usable_ledger(environment)
    environment.tenant_access()
    environment.webhook()
    project = wiring.read_project(slots)
    clock, observer = SystemClock(), Progress()
    with wiring.connected(
        environment, settings=project.settings, access=Access.READ, clock=clock
    ) as connection:
        history = wiring.read_history(environment, target=connection.target, observer=observer)
        plan = wiring.plan(project, connection, scope=Scope(), history=history)
        verdicts: dict[str, Verdict] | None = None
        if metrics:
            verdicts = wiring.check_health(project, connection, plan, clock=clock)
    rejections = standing_rejections(plan, history)
    show(_RENDERERS[output](plan, rejections=rejections, metrics=verdicts, gates=project.gates))
    drifted = [change for change in plan.changes if change.slot_id not in rejections]
    _notify(drifted, wiring.notifier_for(environment, clock=clock), observer=observer)
    return _exit_code(plan, verdicts)


def _notify(drifted: list[Change], notifier: Notifier, *, observer: Observer) -> None:
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
    if plan.changes:
        return EXIT_DRIFTED
    failed = any(v.result is VerdictResult.FAILED for v in (verdicts or {}).values())
    return EXIT_BELOW_GATE if failed else 0
