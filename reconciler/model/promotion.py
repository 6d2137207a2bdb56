"""Promotion: what a slot's content has proven in one environment, and what waits for that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from pydantic import Field

from reconciler.model.base import Frozen, sha256_of
from reconciler.model.change import Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.slot import DesiredSlot


def shared_identity(slot_id: str, slot: DesiredSlot | None) -> str:
    """Hex SHA-256 over the slot id and the content of the slot as the files say it before any
    environment's own; without a slot, or for an absent one, it is that of its absence."""
    content = slot.content if slot is not None and not slot.is_absent else None
    return sha256_of([slot_id, content.canonical_fields() if content else None])


class TrialResult(str, Enum):
    """What became of a slot's content in an environment.

    passed        its gate passed, it was seen healthy, or its deletion was read back
    in_progress   a run has begun it and not ended it
    rejected      its gate rejected it
    rolled_back   it was rolled back together with others
    below_gate    it has passed, and fell below its gate later
    edited        it was live, and somebody has edited it in the tenant since
    inconclusive  it stands, although its gate was inconclusive
    unjudged      it stands, and no gate judged it
    failed        it could not be stored
    """

    PASSED = "passed"
    IN_PROGRESS = "in_progress"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"
    BELOW_GATE = "below_gate"
    EDITED = "edited"
    INCONCLUSIVE = "inconclusive"
    UNJUDGED = "unjudged"
    FAILED = "failed"


class Trial(Frozen):
    """The last that is known of a slot in an environment: which content it got, by its
    `shared_identity`, and what became of it, in which run and since when."""

    identity: str
    result: TrialResult
    run_id: str
    at: datetime

    def proves(self, identity: str) -> bool:
        """Whether this content has passed, and still stands."""
        return self.result is TrialResult.PASSED and self.identity == identity


class Evidence(Frozen):
    """What ledgers say of an environment.

    `runs` counts the runs there. `trials` maps a slot id to its last trial. `listed` are the slots
    that were live when somebody looked last, so `trials` may know of later changes; None if nobody
    has looked. `endpoint` is that of the runs.
    """

    environment: str
    endpoint: Endpoint | None = None
    runs: int = 0
    trials: Mapping[str, Trial] = Field(default_factory=dict)
    listed: frozenset[str] | None = None


class Waiting(Frozen):
    """A change that is not planned yet, because it waits for another environment.

    `until` is when it will be due if nothing happens there meanwhile, None if that is unknown.
    """

    change: Change
    environment: str
    reason: str
    until: datetime | None = None

    @property
    def slot_id(self) -> str:
        """The slot that the change is of."""
        return self.change.slot_id
