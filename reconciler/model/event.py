"""What happens during a run, as values: a listener can show it from these alone.

    RunBegun
      RecoveryBegun                 if earlier runs left changes open
      PlanBegun
        SnapshotBegun, SnapshotTaken  if one is to be taken before the first change
        WaveBegun                   if several changes are judged together
          BaselineBegun, Measured   for the slot, and for each slot that it watches
          ChangeBegun
            BaselineRead
            WriteBegun
              WriteInDoubt, WriteRepeated, ReadBackDue
            ChangeStored
            TrainingBegun           if it is not part of a write
            EvaluationBegun         for the slot, and for each slot that it watches
              Measured
              WaitingForMetrics     if that brought no verdict
            VerdictReached
            RollbackBegun           then its own write, training and measurements
          ChangeEnded
    RunEnded

Everything that begins ends exactly once, except in a run that a second interrupt or a crash stops:
its RunEnded has what is known by then, or is missing. A skipped change ends without having begun,
and so does one that an earlier run left open. The changes of a wave are in progress together.

`Warned` may come at any moment. Whenever requests are sent, even before a plan, `RateLimited`,
`Paused` and `RequestRepeated` announce a wait, and each request is `RequestSent` and then
`RequestAnswered`, also if there was no answer.
"""

from __future__ import annotations

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.change import Action, Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Reading, Verdict
from reconciler.model.outcome import Outcome, RunReport


class Wait(Frozen):
    """A wait that starts now: `seconds` long, until `until`, a time of Clock.monotonic.

    `until` minus `seconds` is the present by that clock, so a listener that has no clock can still
    tell how far away a `deadline` is.
    """

    seconds: float = Field(ge=0)
    until: float


class RateLimited(Wait):
    """The next request waits, because only `limit` requests a minute are allowed."""

    limit: int


class Paused(Wait):
    """A request has to wait: the tenant asked for a pause, which every request observes."""


class RequestRepeated(Wait):
    """A request failed for this `reason`, and is sent again after the wait. `attempt` is the number
    of the coming attempt, out of at most `attempts`."""

    reason: str
    attempt: int
    attempts: int

    @property
    def message(self) -> str:
        """What failed, and when it is sent again."""
        return f"{self.reason} Trying again in {self.seconds:.1f} s."


class RequestSent(Frozen):
    """A request is sent: its method and path."""

    method: str
    path: str


class RequestAnswered(Frozen):
    """The answer to the request that was sent last, `seconds` later. `status` is None if there was
    no answer, and `request_id` the tenant's own name for the request, if it gave one."""

    method: str
    path: str
    status: int | None
    seconds: float
    request_id: str | None = None


class Warned(Frozen):
    """Something that a person should know, although it stops nothing."""

    message: str


class RunBegun(Frozen):
    """A run has recorded its start in the ledger. One with nothing to do never begins."""

    run_id: str
    endpoint: Endpoint


class RecoveryBegun(Frozen):
    """Changes of these slots that earlier runs left open are recovered first."""

    slot_ids: tuple[str, ...]


class PlanBegun(Frozen):
    """These changes are about to be made, in this order. `estimated_seconds` is how long that takes
    if all goes well, None if unknown."""

    changes: tuple[Change, ...]
    estimated_seconds: float | None = None


class SnapshotBegun(Frozen):
    """The tenant is about to take a snapshot of this name, before the first change. A run that gets
    none ends."""

    name: str


class SnapshotTaken(Frozen):
    """The tenant has taken the snapshot of this name."""

    name: str


class WaveBegun(Frozen):
    """These changes are about to be made and judged together."""

    changes: tuple[Change, ...]


class BaselineBegun(Frozen):
    """The success rate of this slot is about to be read, before anything is written."""

    slot_id: str


class BaselineRepeated(Wait):
    """A baseline could not be read for this `reason`, and is read again after the wait."""

    slot_id: str
    reason: str


class ChangeBegun(Frozen):
    """A change is in progress."""

    change: Change


class BaselineRead(Frozen):
    """The slot's success rate just before the write, as a fraction; None if it has none."""

    slot_id: str
    baseline: float | None


class WriteBegun(Frozen):
    """A slot is about to be stored or deleted; `trains` says whether that starts training too."""

    slot_id: str
    action: Action
    trains: bool


class WriteInDoubt(Wait):
    """The outcome of a write or of a request for training is unknown, for this `reason`. After the
    wait, the slot is read to find out."""

    slot_id: str
    reason: str


class WriteRepeated(Frozen):
    """A write or a request for training failed for this `reason`, and is sent again now."""

    slot_id: str
    reason: str


class ReadBackDue(Wait):
    """A slot does not read as expected yet, and is read again after this wait, because reads may
    lag behind writes. At `deadline`, a time of Clock.monotonic, the read counts in any case."""

    slot_id: str
    deadline: float


class ChangeStored(Frozen):
    """The tenant has stored the change, or deleted the slot."""

    slot_id: str
    action: Action


class TrainingBegun(Frozen):
    """The bot is about to be trained on this slot, and on whatever else is stored."""

    slot_id: str


class EvaluationBegun(Wait):
    """A slot is about to be judged by its metrics. The wait is the settling time before the first
    measurement; at `deadline`, a time of Clock.monotonic, the gate times out.

    Rates are fractions. `baseline` is None if there is none. `min_success_rate` is None if the slot
    is judged by its drop alone, or if its metrics only have to answer again, after a rollback.
    """

    slot_id: str
    baseline: float | None
    min_success_rate: float | None
    deadline: float


class Measured(Frozen):
    """The metric was read once, with or without success. The rate is a fraction. `baseline` and
    `min_success_rate` are those of EvaluationBegun, and None while a baseline is being read."""

    slot_id: str
    reading: Reading
    baseline: float | None
    min_success_rate: float | None


class WaitingForMetrics(Wait):
    """A measurement brought no verdict yet, for this `reason`. The wait is the time until the next
    one; at `deadline`, a time of Clock.monotonic, the gate times out."""

    slot_id: str
    reason: str
    deadline: float


class VerdictReached(Frozen):
    """The gate has decided on one slot."""

    slot_id: str
    verdict: Verdict


class RollbackBegun(Frozen):
    """A change was rejected, and is about to be rolled back."""

    slot_id: str


class ChangeEnded(Frozen):
    """A change has ended, or is skipped."""

    outcome: Outcome


class RunEnded(Frozen):
    """A run that had begun is over; this is its report."""

    report: RunReport


Event = (
    RateLimited
    | Paused
    | RequestRepeated
    | RequestSent
    | RequestAnswered
    | Warned
    | RunBegun
    | RecoveryBegun
    | PlanBegun
    | SnapshotBegun
    | SnapshotTaken
    | WaveBegun
    | BaselineBegun
    | BaselineRepeated
    | ChangeBegun
    | BaselineRead
    | WriteBegun
    | WriteInDoubt
    | WriteRepeated
    | ReadBackDue
    | ChangeStored
    | TrainingBegun
    | EvaluationBegun
    | Measured
    | WaitingForMetrics
    | VerdictReached
    | RollbackBegun
    | ChangeEnded
    | RunEnded
)
