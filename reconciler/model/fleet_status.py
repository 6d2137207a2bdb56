"""How a fleet is, as its own chain of records says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from reconciler.model.audit import RunState, run_state
from reconciler.model.base import Frozen
from reconciler.model.fleet_history import FleetHistory, FleetRun
from reconciler.model.fleet_run import FleetAction, TargetStatus


class FleetStatus(Frozen):
    """The fleet at one moment. `at_work` is what the lock says about the run that holds it, "" if
    that cannot be read, and None if no run holds it."""

    at: datetime
    history: FleetHistory
    at_work: str | None = None

    @property
    def rollout(self) -> FleetRun | None:
        """The last apply; None if there is none."""
        return self.history.last_of(FleetAction.APPLY)

    @property
    def last_runs(self) -> tuple[FleetRun, ...]:
        """The last run of each action, the latest first."""
        found = (self.history.last_of(action) for action in FleetAction)
        return tuple(sorted(filter(None, found), key=lambda run: run.started_at, reverse=True))

    @property
    def is_running(self) -> bool:
        """Whether the last run goes on, or may: it cannot be read which run holds the lock."""
        last = self.history.last
        return last is not None and self.state_of(last) in (RunState.RUNNING, RunState.UNKNOWN)

    @property
    def counts(self) -> Mapping[TargetStatus, int]:
        """The number of targets by how they ended last, in any run; zeros included."""
        found = Counter(each.result.status for each in self.history.targets.values())
        return {status: found[status] for status in TargetStatus}

    def state_of(self, run: FleetRun) -> RunState:
        """What has become of a run."""
        is_finished = run.ended_at is not None
        return run_state(run.run_id, is_finished=is_finished, at_work=self.at_work)
