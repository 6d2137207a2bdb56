"""How far one step of a rollout is."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from reconciler.model.fleet_run import UNCOUNTED, StepReport, TargetStatus
from reconciler.planning.rollout.stages import Stage


class Progress:
    """The targets of a step, as far as they have ended.

    A step bakes until its last change is `bake_seconds` old, and then each target with a change
    that has baked for this rollout is checked. A target that was in sync counts with its last
    change, which a run that was cut off may have made; if that was old enough already, it is not
    checked. Nor is what failed, which counts as it is. A step with no such change does not bake.
    What was interrupted has not ended, or is not judged: a later run begins it again.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ended: dict[str, TargetStatus] = {}
        self.failed: list[str] = []
        self._unjudged: set[str] = set()
        self._last_change: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether each of its targets has ended."""
        return len(self.ended) == len(self.stage.names)

    @property
    def is_done(self) -> bool:
        """Whether it has ended, has baked and has been judged."""
        return self.has_ended and not self._unjudged

    @property
    def has_tripped(self) -> bool:
        """Whether more of its targets have failed than may."""
        return len(self.failed) > self.stage.max_failures

    @property
    def not_ended(self) -> tuple[str, ...]:
        """Its targets that have not ended, in their order."""
        return tuple(name for name in self.stage.names if name not in self.ended)

    @property
    def to_check(self) -> tuple[str, ...]:
        """Its targets that have to be checked once it has baked, in their order."""
        return tuple(name for name in self.stage.names if name in self._unjudged)

    @property
    def baked_until(self) -> datetime | None:
        """Until when it bakes; None if it has not ended, does not bake or has been judged."""
        if not self.has_ended or not self._unjudged or self._last_change is None:
            return None
        try:
            return self._last_change + timedelta(seconds=self.stage.bake_seconds)
        except OverflowError:
            return datetime.max.replace(tzinfo=timezone.utc)

    def end(
        self, name: str, status: TargetStatus, *, at: datetime, changed_at: datetime | None
    ) -> None:
        """The target has ended with this status; its last change was at `changed_at`, or now if it
        was changed in this run."""
        if status is TargetStatus.INTERRUPTED:
            return
        self.ended[name] = status
        changed = at if status is TargetStatus.VERIFIED else changed_at
        if changed is not None:
            changed = min(changed, at)  # by the clock of another machine, which may be ahead
        if status not in UNCOUNTED:
            self.failed.append(name)
        elif changed is not None and self._bakes_on(changed, at=at):
            self._unjudged.add(name)
            self._last_change = max(changed, self._last_change or changed)

    def judge(self, name: str, status: TargetStatus) -> None:
        """The target has been checked after the bake."""
        if status is TargetStatus.INTERRUPTED:
            return
        self._unjudged.discard(name)
        if status not in UNCOUNTED:
            self.failed.append(name)

    def _bakes_on(self, changed: datetime, *, at: datetime) -> bool:
        return (at - changed).total_seconds() < self.stage.bake_seconds

    @property
    def report(self) -> StepReport:
        """The state of the step as a value."""
        return StepReport(
            step=self.stage.number,
            targets=len(self.stage.names),
            ended=len(self.ended),
            failed=len(self.failed),
            max_failures=self.stage.max_failures,
            baked_until=self.baked_until,
            is_done=self.is_done and not self.has_tripped,
        )
