"""Apply a project: first recover what earlier runs left open, then carry out a plan.

The engine does the steps; this module decides on them, from the lock of the ledger to the report:

    lock the ledger ── a saved plan for another endpoint ─────────> refused
            │
    changes left open by earlier runs
            │           ├─ a gate is needed, and no bot is named ──> refused
            │           └─ declined ───────────────────────────────> nothing changed
            │ recovered
    plan from the live slots, even if there is a saved plan
            │           ├─ it is stale, or over a limit ───────────> refused
            │           └─ a gate is needed, and no bot is named ──> refused
    confirm ── declined ──────────────────────────────────────────> of the plan, nothing changed
            │
    carry it out ─────────────────────────────────────────────────> the report
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.engine.policy import RunPolicy
from reconciler.engine.run import Run
from reconciler.errors import LedgerError, ReconcilerError
from reconciler.model.event import RunEnded, Warned
from reconciler.model.gate import Rejection
from reconciler.model.ledger import Entry, History, OpenChange, Stage
from reconciler.model.listed import listed
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.model.promotion import Waiting
from reconciler.model.proposal import PlanProposal, Proposal, RecoveryProposal
from reconciler.operations.forecast import with_estimate
from reconciler.operations.history import history_of, require_nothing_lost
from reconciler.operations.live_plan import TOOL_MAJOR, planned, to_judge_again
from reconciler.operations.origin import origin_of
from reconciler.operations.promotion import promotion_of
from reconciler.operations.run_policy import require_measurable, run_policy_for
from reconciler.operations.services import Services
from reconciler.planning.damage import require_whole_runs
from reconciler.planning.history import replay
from reconciler.planning.left_open import recoverable
from reconciler.planning.limits import approve
from reconciler.planning.promotion import Promotion
from reconciler.planning.staleness import require_current, require_same_origin
from reconciler.ports import Confirmation, Connection, Ledger, Permission, Ports


@dataclass(frozen=True)
class ApplyRequest:
    """How to apply.

    `saved` is a plan that must still hold; it has its own selection. If `judged` is False, no gate
    judges the changes, and if `promoted` is False, none waits for another environment; `reason`
    says why, for the ledger. `retry_failed` retries the changes that the gate rejected in earlier
    runs, and judges slots again that are live although rejected.
    """

    saved: Plan | None = None
    selection: Selection = Selection()
    judged: bool = True
    promoted: bool = True
    reason: str | None = None
    retry_failed: bool = False


class Unattended:
    """A `ports.Confirmation` that agrees to everything without asking."""

    def confirm(self, proposal: Proposal) -> None:
        """Agree."""


def apply(
    project: Project,
    services: Services,
    confirmation: Confirmation,
    request: ApplyRequest = ApplyRequest(),
) -> RunReport:
    """Bring the live slots to the desired state, one change at a time, each judged by its metrics.

    Once something is recorded, an error that ends it early is in the report. Before that, it raises
    LedgerError, Refusal, PlanningError, ConfigurationError, TenantError and Interrupted.
    """
    return _Applying(project, services, confirmation, request).run()


class _Applying:
    """One apply, from the ledger's lock to the report."""

    def __init__(
        self,
        project: Project,
        services: Services,
        confirmation: Confirmation,
        request: ApplyRequest,
    ) -> None:
        self._project = project
        self._services = services
        self._confirmation = confirmation
        self._request = request
        self._run_id = services.new_run_id()
        self._rejected: tuple[Rejection, ...] = ()
        self._waiting: tuple[Waiting, ...] = ()

    def run(self) -> RunReport:
        services, request = self._services, self._request
        with (
            services.ledger.open(self._run_id) as ledger,
            services.connect(
                self._project, permission=Permission.WRITE, lease=ledger
            ) as connection,
        ):
            services.require_wanted()
            require_nothing_lost(ledger.lines, services)
            if request.saved is not None:
                environment = self._project.environment
                require_same_origin(
                    request.saved,
                    environment=environment.name if environment else None,
                    endpoint=connection.endpoint,
                    tool_major=TOOL_MAJOR,
                )
            require_whole_runs(ledger.lines, commands=self._project.commands)
            history = history_of(
                ledger.lines, endpoint=connection.endpoint, observer=services.observer
            )
            policy = run_policy_for(
                self._project, connection.endpoint, history=history, judged=request.judged
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
                recorded = self._recorded(ledger)
                if not any(entry and entry.run_id == self._run_id for entry in recorded):
                    raise
                report = run.cut_off(recorded)
            report = report.model_copy(
                update={"rejected": self._rejected, "waiting": self._waiting}
            )
            if run.has_begun:
                services.observer.notice(RunEnded(report=report))
            return report

    def _carry_through(
        self,
        run: Run,
        policy: RunPolicy,
        *,
        history: History,
        ledger: Ledger,
        connection: Connection,
    ) -> RunReport:
        """Recover, plan and carry out; the report has the error that ended it early, if any."""
        ended_by: ReconcilerError | None = None
        try:
            is_free = self._recover(run, policy, history=history, connection=connection)
            if run.has_begun:  # recovery has added to the past
                history = replay(ledger.lines, endpoint=connection.endpoint)
            if is_free:
                plan = self._plan(ledger, connection, history)
                self._carry_out(run, policy, plan, history=history, connection=connection)
        except ReconcilerError as error:
            if not run.has_begun:
                raise
            ended_by = error
        with self._services.clock.interruptible():
            return run.finish(ended_by)

    def _recover(
        self, run: Run, policy: RunPolicy, *, history: History, connection: Connection
    ) -> bool:
        """Recover what this project's earlier runs left open, and return whether a plan may follow.

        Until it is confirmed, no write is sent and nothing is recorded.
        """
        due = recoverable(history, self._project.claims)
        if self._request.retry_failed and not due.open_changes:
            again = to_judge_again(
                self._project,
                connection,
                selection=self._selection,
                history=history,
                policy=policy,
            )
            due = due.model_copy(update={"open_changes": again})
        if due.open_changes:
            left_open = due.open_changes.values()
            for each in left_open:
                self._introduce(each, connection)
            require_measurable(
                policy,
                (each for each in left_open if each.stage is not Stage.REJECTED),
                connection.tenant,
            )
            self._confirmation.confirm(
                RecoveryProposal(
                    open_changes=tuple(left_open),
                    rollout=policy.rollout,
                    judged=policy.judged,
                )
            )
        with self._services.clock.interruptible():
            return run.recover(due)

    @staticmethod
    def _introduce(left_open: OpenChange, connection: Connection) -> None:
        """Tell the tenant's adapter where a slot is that no file may describe any more."""
        tenant, content = connection.tenant, left_open.live
        if content is None and left_open.before is not None:
            content = tenant.revive(left_open.before).content
        if content is not None:
            tenant.introduce(left_open.slot_id, content)

    def _carry_out(
        self,
        run: Run,
        policy: RunPolicy,
        made: Plan,
        *,
        history: History,
        connection: Connection,
    ) -> None:
        plan = with_estimate(made, self._project, connection, policy=policy)
        approved = approve(plan, self._project.settings.limits)
        require_measurable(policy, plan.due, connection.tenant)
        self._confirmation.confirm(
            PlanProposal(
                plan=plan, is_saved=self._request.saved is not None, has_begun=run.has_begun
            )
        )
        is_up_to_date = policy.protected <= history.protected and not policy.unprotected
        if not plan.changes and is_up_to_date:
            return  # nothing to do, and nothing to record
        with self._services.clock.interruptible():
            run.carry_out(approved)

    def _plan(self, ledger: Ledger, connection: Connection, history: History) -> Plan:
        saved = self._request.saved
        plan = planned(
            self._project,
            connection,
            selection=self._selection,
            history=history,
            promotion=self._promotion(ledger),
            quarantine=self._services.quarantine,
        )
        if saved is not None:
            require_current(saved, plan)
        self._waiting = plan.waiting
        if self._request.retry_failed:
            plan = plan.retrying(run_id=self._run_id)
        self._rejected = tuple(
            each for each in plan.rejected_live if each.slot_id not in plan.slot_ids
        )
        if self._request.retry_failed:
            self._warn_of_what_is_not_judged()
        return plan

    def _promotion(self, ledger: Ledger) -> Promotion | None:
        if not self._request.promoted:
            return None
        saved = self._request.saved
        held = [each.slot_id for each in saved.waiting] if saved is not None else []
        return promotion_of(self._project, self._services, lines=ledger.lines, held=held)

    @property
    def _selection(self) -> Selection:
        saved = self._request.saved
        return saved.selection if saved is not None else self._request.selection

    def _warn_of_what_is_not_judged(self) -> None:
        left = [each.slot_id for each in self._rejected if each.run_id != self._run_id]
        if left:
            self._services.observer.notice(
                Warned(
                    message=f"Not judged again: {listed(left)}. No gate applies, --target leaves "
                    "it out, another run has been recovered first, or what was there before could "
                    "not be rolled back now. To replace what is live, change the file and apply."
                )
            )

    def _recorded(self, ledger: Ledger) -> Sequence[Entry | None]:
        """The ledger's lines on disk, because an interrupt may have come after a line was written
        and before it was remembered; the remembered lines if the file can no longer be read."""
        try:
            return self._services.ledger.lines()
        except LedgerError:
            return ledger.lines

    def _ports(self, ledger: Ledger, connection: Connection) -> Ports:
        return Ports(
            tenant=connection.tenant,
            ledger=ledger,
            notifier=self._services.notifier(),
            clock=self._services.clock,
            observer=self._services.observer,
        )

    def _origin(self) -> Mapping[str, str | bool | None]:
        origin = origin_of(self._project, self._services, reason=self._request.reason)
        environment = self._project.environment
        if environment is None or environment.promote_from is None:
            return origin
        return {**origin, "promotion": self._request.promoted}
