"""Follow a branch: apply what it has, if its settings say so, and look for drift.

One pass, which begins again after a while:

    fetch the branch
      │ moved, or not read yet
    read the project of its head
      │
    plan ── nothing is due ───────────────────────────────┐
      │     ├─ it would only undo edits in the tenant     │
      │     ├─ `watch.apply` of this commit is false      │  said once
      │     └─ the commit is held after a rejection       │
      │                                                   │
    apply ── asked to stop: the change in hand is ended ──┼─> the end
      │                                                   │
    drift, if it is time for it <─────────────────────────┘

It decides nothing that `plan`, `apply` and `drift` do not decide, and remembers nothing that a new
process would need: the ledger says what was applied, rejected and left open, and the clone which
commit was in sync. Before each step it ends if it was asked to stop, and so does every wait.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.adapters import git
from reconciler.adapters.cognigy.rates import Rates
from reconciler.config.variables import foreign_variables
from reconciler.errors import ConfigurationError, Interrupted, ReconcilerError
from reconciler.model.backoff import Backoff
from reconciler.model.event import Warned
from reconciler.model.outcome import RunReport
from reconciler.model.project import Project
from reconciler.model.revision import Revision
from reconciler.model.settings import Watch
from reconciler.model.watch import (
    Applied,
    BranchMoved,
    Compared,
    DriftChecked,
    Kept,
    PassBegun,
    PassEnded,
    PassFailed,
    WatchEvent,
)
from reconciler.operations.apply import Unattended, apply
from reconciler.operations.branch import FollowedBranch, Head
from reconciler.operations.drift import DriftRequest, drift
from reconciler.operations.outlook import outlook_of
from reconciler.operations.services import Services, services_for_changing
from reconciler.ports import Clock, Observer, Upstream

_MINUTE = 60.0
_FAILURES = (1, 4)
"""The exit codes of an apply that is worth trying again; a rejection by a gate is not."""
_FIRST_RETRY_SECONDS = 15.0
_LAST_RETRY_SECONDS = 15 * _MINUTE
"""After errors, passes are at most this far apart, or as usual if that is further."""


@dataclass(frozen=True)
class WatchRequest:
    """What to follow, and in which environment, None if the project has none."""

    upstream: Upstream
    environment: str | None = None


def upstream_of(slots: Path, *, remote: str, branch: str) -> Upstream:
    """The branch of a remote, in the clone that `slots` belongs to. git gets the variables of this
    process without ours. Raises GitError."""
    return git.remote_branch(slots, remote=remote, branch=branch, environment=foreign_variables())


def services_of_passes(
    *, clock: Clock, observer: Observer, evidence: Sequence[Path] = ()
) -> Callable[[Project], Services]:
    """Builds the services of each pass from the variables as they are then, because a secret in
    .env may have been replaced. All passes together keep to the tenant's limit.

    The function raises LedgerError, ConfigurationError and Refusal.
    """
    rates = Rates()

    def services(project: Project) -> Services:
        return services_for_changing(
            project, clock=clock, observer=observer, evidence=evidence, rates=rates
        )

    return services


def watch(
    request: WatchRequest,
    services: Callable[[Project], Services],
    *,
    clock: Clock,
    tell: Callable[[WatchEvent], object],
) -> RunReport:
    """Follow the branch until asked to stop. Returns the report of the apply that was asked to
    stop; anywhere else that raises Interrupted, or KeyboardInterrupt.

    An error does not end it: the next pass comes later and later. Raises ConfigurationError as long
    as no pass has reached the tenant: what a person has to set is said at once.
    """
    return _Watching(request, services, clock=clock, tell=tell).follow()


def watch_once(
    request: WatchRequest,
    services: Callable[[Project], Services],
    *,
    clock: Clock,
    tell: Callable[[WatchEvent], object],
) -> int:
    """One pass, with a drift check. Returns the exit code: that of the apply unless it is 0, else
    that of the drift check. Raises any ReconcilerError that ends it early."""
    watching = _Watching(request, services, clock=clock, tell=tell)
    tell(PassBegun())
    done = watching.reconciled()
    return done.exit_code or watching.checked_for_drift(done)


@dataclass(frozen=True)
class _Reconciled:
    """A head that was planned from, the services for it, and the report if it was applied."""

    head: Head
    services: Services
    report: RunReport | None

    @property
    def exit_code(self) -> int:
        """That of the apply; 0 if nothing was applied."""
        return self.report.exit_code if self.report is not None else 0


class _Watching:
    """A process that follows a branch, between its first pass and its last."""

    def __init__(
        self,
        request: WatchRequest,
        services: Callable[[Project], Services],
        *,
        clock: Clock,
        tell: Callable[[WatchEvent], object],
    ) -> None:
        self._branch = FollowedBranch(request.upstream, environment=request.environment)
        self._services = services
        self._clock = clock
        self._tell = tell
        self._seen: str | None = None
        self._settings = Watch()
        self._compared: Compared | None = None
        self._applied: Revision | None = None
        self._has_reached_tenant = False
        self._drift_checked = -math.inf
        self._failures = 0

    def follow(self) -> RunReport:
        """Pass after pass, until asked to stop."""
        while True:
            self._tell(PassBegun())
            try:
                done = self.reconciled()
                if done.report is not None and done.report.interrupted:
                    return done.report
                has_failed = done.exit_code in _FAILURES
                if not has_failed and self._is_drift_due:
                    self.checked_for_drift(done)
            except Interrupted:
                raise
            except ReconcilerError as error:
                self._require_not_asked_to_stop()  # which may be why it failed
                if isinstance(error, ConfigurationError) and not self._has_reached_tenant:
                    raise
                has_failed = True
                self._tell(PassFailed(error))
            self._failures = self._failures + 1 if has_failed else 0
            seconds = self._until_next_pass()
            self._tell(PassEnded(seconds=seconds, failures=self._failures))
            self._clock.sleep(seconds)

    def reconciled(self) -> _Reconciled:
        """Fetch, plan, and apply what is to be applied."""
        head = self._fetched()
        commit = head.revision.commit
        services = replace(self._services(head.project), commit=commit)
        outlook = outlook_of(
            head.project,
            services,
            commit=commit,
            in_sync=lambda at: self._branch.last_in_sync(at, observer=services.observer),
        )
        self._has_reached_tenant = True
        plan, kept = outlook.plan, outlook.kept(self._settings)
        if outlook.is_in_sync:
            self._branch.note_in_sync(plan.endpoint, commit)
        # Even with nothing to change, an apply records which slots the files protect.
        is_to_record = not plan.changes and self._applied != head.revision
        if self._settings.apply and kept is None and (outlook.is_due or is_to_record):
            self._require_not_asked_to_stop()
            report = apply(head.project, services, Unattended())
            self._applied = head.revision
            if report.outcomes or report.error or report.interrupted:
                self._compared = None
                self._tell(Applied(head.revision, report))
                if not (report.exit_code or report.rejected or report.waiting):
                    self._branch.note_in_sync(plan.endpoint, commit)
                return _Reconciled(head, services, report)
        self._tell_compared(
            Compared(
                head.revision,
                due=tuple(each.slot_id for each in plan.due),
                kept=kept,
                held=outlook.held if kept is Kept.HELD else "",
                rejected=plan.rejected,
                waiting=plan.waiting,
            )
        )
        return _Reconciled(head, services, None)

    def checked_for_drift(self, done: _Reconciled) -> int:
        """Compare the live slots with the files, and measure them if there are gates. Returns the
        exit code."""
        self._require_not_asked_to_stop()
        project = done.head.project
        is_measured = any(each.policy.enabled for each in project.gates.values())
        report = drift(project, done.services, DriftRequest(metrics=is_measured))
        self._drift_checked = self._clock.monotonic()
        self._tell(DriftChecked(project, report))
        for warning in report.warnings:
            done.services.observer.notice(Warned(message=warning))
        return report.exit_code

    def _fetched(self) -> Head:
        """The head of the branch now, which is read if it has moved."""
        revision = self._branch.fetch(since=self._seen)
        if revision.commit != self._seen:
            self._seen = revision.commit
            self._tell(BranchMoved(self._branch.name, revision))
        head = self._branch.read(revision)
        self._settings = head.project.settings.watch
        return head

    def _tell_compared(self, compared: Compared) -> None:
        """Tell it, unless it is as it was."""
        if compared != self._compared:
            self._compared = compared
            self._tell(compared)

    @property
    def _is_drift_due(self) -> bool:
        since = self._clock.monotonic() - self._drift_checked
        return since >= self._settings.drift_every_minutes * _MINUTE

    def _until_next_pass(self) -> float:
        """Seconds; after errors, more and more of them."""
        usual = self._settings.every_minutes * _MINUTE
        if not self._failures:
            return usual
        most = max(_LAST_RETRY_SECONDS, usual)
        return Backoff(first=_FIRST_RETRY_SECONDS, most=most).after(self._failures)

    def _require_not_asked_to_stop(self) -> None:
        """Raises Interrupted."""
        self._clock.sleep(0)
