"""What happens during a run of a fleet, as values: a listener can show it from these alone.

    FleetBegun
      StepBegun                   in the order of the rollout; the only one, if it has no steps
        TargetBegun, TargetEnded  many at once
        StepBaking                if the step bakes, after its last target has ended
        StepJudging               after that: its targets are measured, begun and ended again
      StepEnded                   also if it has failed
      TargetsWithdrawn            before a halt, and when the run is interrupted
      RolloutHalted               then those in hand end, and nothing new begins
    FleetEnded

A run may end anywhere in between, because a step bakes on or because it was interrupted; FleetEnded
is missing only after an error or a crash. A run that continues another one begins with the step
that is not done yet. `Warned` may come at any moment.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.event import Warned
from reconciler.model.fleet_run import FleetAction, FleetReport, Halt, TargetResult


class FleetBegun(Frozen):
    """A run of the fleet begins. `targets` is how many are still to be worked on, out of `steps`
    steps; `continues` is the run that this one goes on with. `run_id` is None if nothing records
    it."""

    run_id: str | None
    action: FleetAction
    targets: int = Field(ge=0)
    steps: int = Field(default=1, ge=1)
    continues: str | None = None


class StepBegun(Frozen):
    """A step begins, or goes on: of its `targets`, `ended` have ended in an earlier run. It fails
    when more than `max_failures` of them have."""

    step: int = Field(ge=1)
    targets: int = Field(ge=0)
    ended: int = Field(default=0, ge=0)
    failed: int = Field(default=0, ge=0)
    max_failures: int = Field(default=0, ge=0)


class TargetBegun(Frozen):
    """A target has been given to a worker, or to a thread of this process."""

    target: str
    step: int = Field(ge=1)
    action: FleetAction


class TargetEnded(Frozen):
    """A target has ended."""

    result: TargetResult
    step: int = Field(ge=1)


class TargetsWithdrawn(Frozen):
    """These targets had been given to someone, who had not begun, and are not worked on in this
    run."""

    targets: tuple[str, ...]


class StepBaking(Frozen):
    """All targets of a step have ended, and it bakes until this time before it is judged."""

    step: int = Field(ge=1)
    until: datetime


class StepJudging(Frozen):
    """A step has baked: `targets` of its targets are measured now."""

    step: int = Field(ge=1)
    targets: int = Field(ge=0)


class StepEnded(Frozen):
    """A step is done, or has failed: `failed` of its targets have."""

    step: int = Field(ge=1)
    failed: int = Field(default=0, ge=0)


class RolloutHalted(Frozen):
    """Nothing new begins any more. `in_hand` targets go on to their end."""

    halt: Halt
    in_hand: int = Field(default=0, ge=0)


class FleetEnded(Frozen):
    """A run of the fleet is over; this is its report."""

    report: FleetReport


FleetEvent = (
    Warned
    | FleetBegun
    | StepBegun
    | TargetBegun
    | TargetEnded
    | TargetsWithdrawn
    | StepBaking
    | StepJudging
    | StepEnded
    | RolloutHalted
    | FleetEnded
)
