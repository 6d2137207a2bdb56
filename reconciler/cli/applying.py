"""One apply as the command line carries it out: from the ledger's lock to the report, with what
somebody has to say yes to in between."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reconciler import __version__, wiring
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy import Access
from reconciler.adapters.ledger import FileLedger, open_ledger, read_lines
from reconciler.cli.output import say, show
from reconciler.cli.progress import Progress
from reconciler.engine.apply import Run
from reconciler.engine.policy import RunPolicy
from reconciler.environment.variables import Environment, read_environment
from reconciler.errors import Interrupted, LedgerError, ReconcilerError
from reconciler.model.gate import Rejection
from reconciler.model.ledger import Event, History
from reconciler.model.listed import listed
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan, Selection
from reconciler.planning.damage import require_whole_runs
from reconciler.planning.history import replay
from reconciler.planning.limits import approve
from reconciler.planning.staleness import require_current, require_same_origin
from reconciler.planning.unsettled import settleable
from reconciler.ports import Ports
from reconciler.project import read_project
from reconciler.reports.text import plan_text
from reconciler.reports.unsettled import unsettled_text


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    saved: Plan | None
    selection: Selection
    confirmed: bool
    judged: bool
    reason: str | None
    retry_failed: bool


class Applying:
    """One apply, from the ledger's lock to the report."""

    def __init__(self, slots: Path, request: Request, *, quiet: bool) -> None:
        self._request = request
        self._quiet = quiet
        self._environment: Environment = read_environment()
        wiring.require_usable_ledger(self._environment)
        self._environment.tenant_access()
        self._environment.webhook()
        self._project = read_project(slots)
        self._clock = SystemClock()
        self._observer = Progress()
        self._run_id = wiring.new_run_id(self._clock)
        self._rejected: tuple[Rejection, ...] = ()

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
            if self._request.saved is not None:
                require_same_origin(
                    self._request.saved, endpoint=connection.endpoint, tool_major=wiring.TOOL_MAJOR
                )
            require_whole_runs(ledger.lines)
            history = wiring.history_of(
                ledger.lines, endpoint=connection.endpoint, observer=self._observer
            )
            policy = wiring.run_policy_for(
                self._project, connection.endpoint, history=history, judged=self._request.judged
            )
            run = Run(
                self._run_id,
                policy=policy,
                ports=self._ports(ledger, connection),
                origin=self._origin(),
            )
            try:
                report = self._carry_through(
                    run, policy, history=history, ledger=ledger, connection=connection
                )
            except KeyboardInterrupt:
                if not run.has_begun:
                    raise
                report = run.cut_off(self._recorded(ledger))
            return report.model_copy(update={"rejected": self._rejected})

    def _carry_through(
        self,
        run: Run,
        policy: RunPolicy,
        *,
        history: History,
        ledger: FileLedger,
        connection: wiring.Connection,
    ) -> RunReport:
        """Recover, plan and apply; whatever ends that early is reported with what was done."""
        ended_by: ReconcilerError | None = None
        try:
            due = settleable(history, self._project.claims)
            if self._request.retry_failed and not due.open_changes:
                again = wiring.to_judge_again(
                    self._project,
                    connection,
                    selection=self._request.selection,
                    history=history,
                    policy=policy,
                )
                due = due.model_copy(update={"open_changes": again})
            free = self._settle(run, due)
            if run.has_begun:  # recovery has added to the past
                history = replay(ledger.lines, endpoint=connection.endpoint)
            if free:
                self._plan_and_carry_out(run, policy, history=history, connection=connection)
        except ReconcilerError as error:
            if not run.has_begun:
                raise
            ended_by = error
        with self._clock.interruptible(announce=_announce_the_stop):
            return run.finish(ended_by)

    def _recorded(self, ledger: FileLedger) -> Sequence[Event | None]:
        """The ledger's lines on disk: an interrupt may have come between a line and our memory of
        it, which is all there is where the file cannot be read any more."""
        try:
            return read_lines(self._environment.ledger)
        except LedgerError:
            return ledger.lines

    def _settle(self, run: Run, history: History) -> bool:
        """Settle what this project's earlier runs left open, and return whether a plan may follow.

        Before anybody says yes, nothing is sent and nothing recorded.
        """
        if history.open_changes:
            text = unsettled_text(
                history.open_changes.values(),
                rollout=self._project.settings.rollout,
                judged=self._request.judged,
            )
            self._show(text)
            self._confirm("Settle this?", otherwise="nothing was changed")
        with self._clock.interruptible(announce=_announce_the_stop):
            return run.recover(history)

    def _plan_and_carry_out(
        self, run: Run, policy: RunPolicy, *, history: History, connection: wiring.Connection
    ) -> None:
        plan = self._plan(connection, history)
        if self._request.retry_failed:
            plan = plan.retrying(run_id=self._run_id)
        self._rejected = tuple(
            each for each in plan.rejected_live if each.slot_id not in plan.slot_ids
        )
        if self._request.retry_failed:
            self._warn_of_what_is_not_judged()
        approved = approve(plan, self._project.settings.limits)
        wiring.require_bot(policy, plan)
        self._show_plan(plan)
        if plan.due:
            settled = "of the plan, nothing was changed" if run.has_begun else "nothing was changed"
            self._confirm("Make these changes?", otherwise=settled)
        is_up_to_date = policy.protected <= history.protected and not policy.unprotected
        if not plan.changes and is_up_to_date:
            return  # nothing to do, and nothing that the ledger has to learn
        with self._clock.interruptible(announce=_announce_the_stop):
            run.carry_out(approved, rejections=plan.quarantined)

    def _warn_of_what_is_not_judged(self) -> None:
        left = [each.slot_id for each in self._rejected if each.run_id != self._run_id]
        if left:
            self._observer.warned(
                f"Not judged again: {listed(left)}. No gate applies, --target leaves it out, "
                "another run has been settled first, or what was there before could not be put "
                "back now. To replace what is live, change the file and apply."
            )

    def _plan(self, connection: wiring.Connection, history: History) -> Plan:
        saved = self._request.saved
        plan = wiring.plan(
            self._project, connection, selection=self._request.selection, history=history
        )
        if saved is not None:
            require_current(saved, plan)
        return plan

    def _confirm(self, question: str, *, otherwise: str) -> None:
        """Raises ReconcilerError unless somebody or something has said yes; `otherwise` is what
        is true then."""
        if self._request.confirmed:
            return
        if not sys.stdin.isatty():
            raise ReconcilerError(
                "Nobody is here to confirm: this is not a terminal.",
                hint="Apply a saved plan (reconciler plan --out FILE), or give --yes.",
            )
        say(f"{question} [y/N]: ", end="")
        try:
            answer = sys.stdin.readline()
        except KeyboardInterrupt:
            say("")
            raise Interrupted(f"Interrupted; {otherwise}.") from None
        if not answer:  # a Ctrl-D ends no line either
            say("")
        if answer.strip().lower() not in ("y", "yes"):
            raise ReconcilerError(f"Declined; {otherwise}.")

    def _show_plan(self, plan: Plan) -> None:
        """Show it to those who are asked or read along; its warnings reach everybody."""
        is_shown_already = self._request.saved is not None and plan.changes
        if is_shown_already:
            self._show(f"Applying the saved plan {plan.digest}: it still holds.")
        else:
            self._show(plan_text(plan))
        if is_shown_already or self._is_silent:
            for warning in plan.warnings:
                self._observer.warned(warning)

    def _show(self, text: str) -> None:
        if not self._quiet:
            show(text + "\n")
        elif not self._is_silent:
            say(text + "\n")

    @property
    def _is_silent(self) -> bool:
        """Whether nothing but the report is shown. Who is asked must see what they approve."""
        return self._quiet and self._request.confirmed

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
