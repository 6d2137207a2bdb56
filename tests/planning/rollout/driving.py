"""A run of the real policy with targets that end in any order, watched at every step."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus
from reconciler.planning.rollout.decision import Begin, Decision, Done, Halted
from reconciler.planning.rollout.policy import Rollout
from tests.planning.rollout.fleets import NOON, Case, recorded


class Drive:
    """Does what the rollout says until it says that nothing is left, or until `events` results."""

    def __init__(
        self, case: Case, *, seed: int, past: tuple[TargetResult, ...] = (), now: datetime = NOON
    ) -> None:
        self.case = case
        self.rollout: Rollout = case.rollout(recorded(past))
        self.now = now
        self.begun: list[tuple[str, FleetAction]] = []
        self.recorded: list[TargetResult] = []
        self.applied: dict[str, TargetResult] = {}
        self.checked: dict[str, TargetResult] = {}
        self.in_hand: list[tuple[str, FleetAction]] = []
        self._random = Random(seed)
        self._by_name = {each.name: each for each in case.targets}
        self._stage_of = {name: stage for stage in case.stages for name in stage.names}
        for each in past:
            self._record(each)

    def run(self, *, events: int | None = None) -> Decision:
        left = -1 if events is None else events
        while left != 0:
            decision = self.rollout.next(self.now)
            if isinstance(decision, (Done, Halted)):
                assert not self.in_hand
                return decision
            if isinstance(decision, Begin):
                assert decision.names
                for name in decision.names:
                    self._begin(name, decision.action)
            elif decision.until is not None:
                assert not self.in_hand
                assert decision.until > self.now
                self.now = decision.until
            else:
                self._end_one()
                left -= 1
        return self.rollout.next(self.now)

    def _begin(self, name: str, action: FleetAction) -> None:
        self.begun.append((name, action))
        self.in_hand.append((name, action))
        assert self.rollout.halted is None
        self._require_limits(name)
        self._require_earlier_steps_done(name)

    def _require_limits(self, name: str) -> None:
        names = [each for each, _ in self.in_hand]
        settings, stage = self.case.settings, self._stage_of[name]
        assert {self._stage_of[each].number for each in names} == {stage.number}
        assert len(names) <= min(settings.max_parallel, stage.max_parallel)
        origins = Counter(self._by_name[each].expect.origin for each in names)
        assert all(origin is None or number == 1 for origin, number in origins.items())
        per = settings.max_parallel_per
        if per is not None:
            values = Counter(self._by_name[each].all_labels.get(per.label) for each in names)
            assert all(value is None or number <= per.limit for value, number in values.items())

    def _require_earlier_steps_done(self, name: str) -> None:
        for stage in self.case.stages:
            if stage.number < self._stage_of[name].number:
                assert all(self._is_done(each, stage.bake_seconds) for each in stage.names)

    def _is_done(self, name: str, bake_seconds: float) -> bool:
        """By what was recorded alone: it has ended, and what was changed has been checked once its
        bake time was over."""
        applied, checked = self.applied.get(name), self.checked.get(name)
        if applied is None or applied.status is not TargetStatus.VERIFIED or not bake_seconds:
            return applied is not None
        assert applied.ended_at is not None
        until = applied.ended_at + timedelta(seconds=bake_seconds)
        return checked is not None and checked.ended_at is not None and checked.ended_at >= until

    def _end_one(self) -> None:
        assert self.in_hand, "it waits for nothing"
        name, action = self.in_hand.pop(self._random.randrange(len(self.in_hand)))
        self.now += timedelta(seconds=self._random.randrange(600))
        result = self.case.result(name, action, at=self.now)
        assert self.rollout.ended(result, at=self.now)
        self._record(result)

    def _record(self, each: TargetResult) -> None:
        self.recorded.append(each)
        known = self.checked if each.action is FleetAction.CHECK else self.applied
        known[each.name] = each
