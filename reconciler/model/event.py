"""What happens during a run, as values: a listener needs nothing else to tell what goes on.

    RunBegun
      RecoveryBegun                      where earlier runs left changes open
      PlanBegun
        WaveBegun                        where several changes are judged together
          BaselineBegun, Measured        for its slot, and for each that it watches
          ChangeBegun
            BaselineRead
            WriteBegun
              WriteInDoubt, WriteRepeated, ReadBackDue
            ChangeStored
            TrainingBegun                where no write brings it
            EvaluationBegun              for its slot, and for each that it watches
              Measured
              WaitingForMetrics          where that brought no verdict
            VerdictReached
            RollbackBegun                and what it writes, trains and measures
          ChangeEnded
    RunEnded

What has begun ends exactly once, unless a second interrupt or a crash stops the run: RunEnded then
has what is known of it, or is missing. A change that is skipped ends without having begun, and so
does one that an earlier run left open. Several changes of a wave are in hand at the same time.

`Warned` may come at any moment; and wherever requests are sent, before a plan too, `RateLimited`,
`Paused` and `RequestRepeated` say what they wait for.
"""

from __future__ import annotations

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.change import Action, Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Reading, Verdict
from reconciler.model.outcome import Outcome, RunReport


class Wait(Frozen):
    """A wait that begins as the event is noticed: `seconds` long, until `until`, a time of
    Clock.monotonic. Their difference is the present, so a listener needs no clock to know how much
    of any other time of that clock is left."""

    seconds: float = Field(ge=0)
    until: float


class RateLimited(Wait):
    """The next request waits, because only `limit` requests a minute are allowed."""

    limit: int


class Paused(Wait):
    """A request waits because the tenant asked for a pause, which holds for every request."""


class RequestRepeated(Wait):
    """A request has failed, which `reason` explains, and is sent again after this wait; `attempt`
    is the number of the next attempt, of at most `attempts`."""

    reason: str
    attempt: int
    attempts: int


class RunBegun(Frozen):
    """A run has recorded its beginning; one that finds nothing to do never begins."""

    run_id: str
    endpoint: Endpoint


class RunEnded(Frozen):
    """A run that has begun is over, and this is its report."""

    report: RunReport


class RecoveryBegun(Frozen):
    """Changes of these slots that earlier runs left open are recovered first."""

    slot_ids: tuple[str, ...]


class PlanBegun(Frozen):
    """These changes are to be made."""

    changes: tuple[Change, ...]


class WaveBegun(Frozen):
    """Several changes are to be judged together."""

    changes: tuple[Change, ...]


class ChangeBegun(Frozen):
    """A change is in hand."""

    change: Change


class BaselineBegun(Frozen):
    """The metric of a slot is read before anything that may change it is written."""

    slot_id: str


class BaselineRepeated(Wait):
    """A baseline could not be read, which `reason` explains, and is read again after this wait."""

    slot_id: str
    reason: str


class BaselineRead(Frozen):
    """The slot's success rate just before the write, as a fraction; None where it has none."""

    slot_id: str
    baseline: float | None


class WriteBegun(Frozen):
    """A slot is about to be stored or deleted; `trains` says that the write starts training too."""

    slot_id: str
    action: Action
    trains: bool


class WriteInDoubt(Wait):
    """What became of a write, or of a request for training, is not certain, for `reason`. After
    this wait the slot is read, to find out."""

    slot_id: str
    reason: str


class ReadBackDue(Wait):
    """A slot does not read as it should yet, and is read again after this wait: reads may lag
    behind writes. At `deadline`, a time of Clock.monotonic, the read counts whatever it shows."""

    slot_id: str
    deadline: float


class TrainingBegun(Frozen):
    """The bot is about to be trained on this slot and on whatever else is stored."""

    slot_id: str


class ChangeStored(Frozen):
    """The tenant has stored the change."""

    slot_id: str
    action: Action


class WriteRepeated(Frozen):
    """A write, or a request for training, did not end well, which `reason` explains, and is sent
    again."""

    slot_id: str
    reason: str


class EvaluationBegun(Wait):
    """A slot is to be judged by its metrics; the wait is the settling before the first measurement.

    Rates are fractions: `baseline` is None where there was none, and `min_success_rate` where the
    slot is judged by its drop alone, or is only waited for until its metrics answer at all.
    `deadline`, a time of Clock.monotonic, is when the gate times out.
    """

    slot_id: str
    baseline: float | None
    min_success_rate: float | None
    deadline: float


class Measured(Frozen):
    """The metric was read once, with or without success. The rate is a fraction. `baseline` and
    `min_success_rate` are those of EvaluationBegun, and None where a baseline is being read."""

    slot_id: str
    reading: Reading
    baseline: float | None
    min_success_rate: float | None


class WaitingForMetrics(Wait):
    """A measurement brought no verdict yet, which `reason` explains; the wait is the one before the
    next. `deadline`, a time of Clock.monotonic, is when the gate times out."""

    slot_id: str
    reason: str
    deadline: float


class VerdictReached(Frozen):
    """The gate has decided on one slot."""

    slot_id: str
    verdict: Verdict


class RollbackBegun(Frozen):
    """The former slot is about to be rolled back."""

    slot_id: str


class ChangeEnded(Frozen):
    """A change has ended, or is skipped."""

    outcome: Outcome


class Warned(Frozen):
    """Something that a person should know, and that stops nothing."""

    message: str


Event = (
    RateLimited
    | Paused
    | RequestRepeated
    | RunBegun
    | RunEnded
    | RecoveryBegun
    | PlanBegun
    | WaveBegun
    | ChangeBegun
    | BaselineBegun
    | BaselineRepeated
    | BaselineRead
    | WriteBegun
    | WriteInDoubt
    | ReadBackDue
    | TrainingBegun
    | ChangeStored
    | WriteRepeated
    | EvaluationBegun
    | Measured
    | WaitingForMetrics
    | VerdictReached
    | RollbackBegun
    | ChangeEnded
    | Warned
)
