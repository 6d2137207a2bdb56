"""`reconciler apply`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from reconciler import __version__, wiring
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy import Access
from reconciler.adapters.ledger import FileLedger, open_ledger
from reconciler.adapters.planfile import read_plan_file
from reconciler.cli.options import (
    format_option,
    scope_options,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import json_even_on_failure, show, tell
from reconciler.cli.progress import Progress
from reconciler.engine.apply import Run
from reconciler.engine.rules import Rules
from reconciler.environment import Environment, read_environment
from reconciler.errors import ReconcilerError
from reconciler.model.ledger import History
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan, Scope
from reconciler.planning.history import replay, standing_rejections
from reconciler.planning.limits import approve
from reconciler.planning.staleness import require_current, require_same_origin
from reconciler.ports import Ports
from reconciler.reports.machine import failed_run_json, run_json
from reconciler.reports.text import plan_text, run_text


@dataclass(frozen=True)
class _Request:
    """What the command line asks for."""

    saved: Plan | None
    scope: Scope
    confirmed: bool
    judged: bool
    reason: str | None
    retry_failed: bool


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
@click.option("--yes", is_flag=True, help="Do not ask before changing the tenant.")
@scope_options
@click.option(
    "--no-gate", is_flag=True, help="Judge nothing by metrics. For emergencies; see --reason."
)
@click.option("--reason", metavar="TEXT", help="Why; it goes into the ledger.")
@click.option(
    "--retry-failed", is_flag=True, help="Try again what the gate rejected in an earlier run."
)
@format_option("text", "json")
@verbosity_option
@json_even_on_failure(failed_run_json)
def apply_command(
    planfile: Path | None,
    slots: Path,
    yes: bool,
    targets: tuple[str, ...],
    prune: bool,
    no_gate: bool,
    reason: str | None,
    retry_failed: bool,
    output: str,
) -> int:
    """Make the live slots as desired, one change at a time, each judged by its metrics.

    With a PLANFILE from `reconciler plan --out`, applies exactly that plan without asking, or
    refuses if anything has moved since. Without one, plans first and asks. A change that makes
    extraction worse is put back, and the run ends there.
    """
    if planfile is not None and (targets or prune):
        raise click.UsageError("--target and --prune belong to the plan that PLANFILE holds.")
    saved = read_plan_file(planfile) if planfile else None
    request = _Request(
        saved=saved,
        scope=saved.scope if saved else Scope(targets=targets, prune=prune),
        confirmed=yes or saved is not None,
        judged=not no_gate,
        reason=reason,
        retry_failed=retry_failed,
    )
    report = _Applying(slots, request, quiet=output == "json").run()
    if output == "json":
        show(run_json(report))
    elif report.outcomes or report.error:
        show(run_text(report))
    if report.error is not None:
        tell(ReconcilerError(report.error, hint=report.hint))
    return report.exit_code


class _Applying:
    """One apply, from the ledger's lock to the report."""

    def __init__(self, slots: Path, request: _Request, *, quiet: bool) -> None:
        self._request = request
        self._quiet = quiet
        self._environment: Environment = read_environment()
        wiring.require_usable_ledger(self._environment)
        self._environment.tenant_access()
        self._environment.webhook()
        self._project = wiring.read_project(slots)
        self._clock = SystemClock()
        self._observer = Progress()
        self._run_id = wiring.new_run_id(self._clock)

    def run(self) -> RunReport:
        """Raises ReconcilerError for whatever ends it before anything is recorded."""
        with (
            open_ledger(self._environment.ledger, run_id=self._run_id, clock=self._clock) as ledger,
            wiring.connected(
                self._environment,
                settings=self._project.settings,
                access=Access.WRITE,
                clock=self._clock,
            ) as connection,
        ):
            wiring.require_whole_runs(ledger.lines)
            history = wiring.history_of(
                ledger.lines, target=connection.target, observer=self._observer
            )
            rules = wiring.rules_for(
                self._project, connection.target, history=history, judged=self._request.judged
            )
            run = Run(
                self._run_id,
                rules=rules,
                ports=self._ports(ledger, connection),
                origin=self._origin(),
            )
            try:
                return self._carry_through(
                    run, rules, history=history, ledger=ledger, connection=connection
                )
            except KeyboardInterrupt:
                if not run.has_begun:
                    raise
                return self._cut_off(connection)

    def _carry_through(
        self,
        run: Run,
        rules: Rules,
        *,
        history: History,
        ledger: FileLedger,
        connection: wiring.Connection,
    ) -> RunReport:
        """Recover, plan and apply; whatever ends that early is reported with what was done."""
        ended_by: ReconcilerError | None = None
        try:
            with self._clock.interruptible(announce=_announce_the_stop):
                free = run.recover(history)
            if run.has_begun:  # recovery has added to the past
                history = replay(ledger.lines, target=connection.target)
            if free:
                self._plan_and_carry_out(run, rules, history=history, connection=connection)
        except ReconcilerError as error:
            if not run.has_begun:
                raise
            ended_by = error
        with self._clock.interruptible(announce=_announce_the_stop):
            return run.finish(ended_by)

    def _cut_off(self, connection: wiring.Connection) -> RunReport:
        """After the second interrupt: the ledger knows more than can be told now."""
        return RunReport(
            run_id=self._run_id,
            target=connection.target,
            interrupted=True,
            error="Stopped at once: what was stored by then is live, and may not be judged.",
            hint=f"The next apply settles it. See: reconciler audit show --run {self._run_id}",
        )

    def _plan_and_carry_out(
        self, run: Run, rules: Rules, *, history: History, connection: wiring.Connection
    ) -> None:
        plan = self._plan(connection, history)
        approved = approve(plan, self._project.settings.limits)
        wiring.require_bot(rules, plan)
        if plan.changes:
            self._confirm(plan)
        else:
            self._show(plan)
            if rules.protected <= history.protected and not rules.unprotected:
                return  # nothing to do, and nothing that the ledger has to learn
        rejections = {} if self._request.retry_failed else standing_rejections(plan, history)
        with self._clock.interruptible(announce=_announce_the_stop):
            run.carry_out(approved, rejections=rejections)

    def _plan(self, connection: wiring.Connection, history: History) -> Plan:
        saved = self._request.saved
        if saved is not None:
            require_same_origin(saved, target=connection.target, tool_major=wiring.TOOL_MAJOR)
        plan = wiring.plan(self._project, connection, scope=self._request.scope, history=history)
        if saved is not None:
            require_current(saved, plan)
        return plan

    def _confirm(self, plan: Plan) -> None:
        """Raises ReconcilerError unless somebody or something has said yes."""
        self._show(plan)
        if self._request.confirmed:
            return
        if not sys.stdin.isatty():
            raise ReconcilerError(
                "Nobody is here to confirm: this is not a terminal.",
                hint="Apply a saved plan (reconciler plan --out FILE), or give --yes.",
            )
        click.echo("Make these changes? [y/N]: ", nl=False, err=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise ReconcilerError("Declined; nothing was changed.")

    def _show(self, plan: Plan) -> None:
        if self._quiet:
            if not self._request.confirmed:  # whoever is asked must see what for
                click.echo(plan_text(plan) + "\n", err=True)
            return
        if self._request.saved is not None and plan.changes:
            show(f"Applying the saved plan {plan.digest}: it still holds.\n")
        else:
            show(plan_text(plan) + "\n")

    def _ports(self, ledger: FileLedger, connection: wiring.Connection) -> Ports:
        return Ports(
            tenant=connection.tenant,
            ledger=ledger,
            notifier=wiring.notifier_for(self._environment, clock=self._clock),
            clock=self._clock,
            observer=self._observer,
        )

    def _origin(self) -> Mapping[str, str | None]:
        return {
            "tool_version": __version__,
            "actor": self._environment.actor,
            "commit": self._environment.commit,
            "reason": self._request.reason,
        }


def _announce_the_stop() -> None:
    # Called from a signal handler, where a buffered stream may be in the middle of a line.
    message = "\nStopping after the change in hand. Once more stops at once.\n"
    with suppress(OSError):
        os.write(2, message.encode())
