"""The outcome of a change, and of a whole run."""

from __future__ import annotations

from collections import Counter
from enum import Enum

from reconciler.model.base import Frozen
from reconciler.model.change import Action
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import FailedAssert, Rejection
from reconciler.model.promotion import Waiting


class Status(str, Enum):
    """How a change ended.

    verified         live, and the gate passed (or a deletion was read back)
    unjudged         live, without a gate
    inconclusive     live, although nothing could be measured
    rolled_back      rejected, and the former slot is live again
    rollback_failed  rejected, and not fully rolled back; the message says what is live
    failed           not live, left for recovery, or rejected and left by `on_failure: halt`
    skipped          never started
    """

    VERIFIED = "verified"
    UNJUDGED = "unjudged"
    INCONCLUSIVE = "inconclusive"
    ROLLED_BACK = "rolled_back"
    ROLLBACK_FAILED = "rollback_failed"
    FAILED = "failed"
    SKIPPED = "skipped"


STANDING = frozenset({Status.VERIFIED, Status.UNJUDGED, Status.INCONCLUSIVE})
"""The statuses of a change that is live and stays."""


class Outcome(Frozen):
    """The outcome of one change; rates are fractions, None if nothing was measured.

    `gate_stopped` says that the change does not stand because of the metrics gate, in this run or
    an earlier one. `failed_asserts` are those of the playbooks that judged it.
    """

    slot_id: str
    action: Action
    status: Status
    success_rate: float | None = None
    baseline: float | None = None
    message: str = ""
    gate_stopped: bool = False
    recovered: bool = False
    failed_asserts: tuple[FailedAssert, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the change is live and stays."""
        return self.status in STANDING


class RunReport(Frozen):
    """The outcome of a run against `endpoint`, which is None if the run ended before it was known.

    `rejected` are the slots that it left live although the gate rejected them, and `waiting` the
    changes that it did not plan because they wait for another environment. `error` says what
    ended the run early, other than the gate; `refused`, that nothing was changed before. `snapshot`
    is the name of the tenant's snapshot that was taken before the first change, if one was.
    `seconds` is how long it took, from its first record on; None if that is not known.
    """

    run_id: str | None
    endpoint: Endpoint | None = None
    outcomes: tuple[Outcome, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    error: str | None = None
    hint: str = ""
    refused: bool = False
    interrupted: bool = False
    snapshot: str | None = None
    ledger_hash: str | None = None
    seconds: float | None = None

    def summary(self) -> dict[str, int]:
        """The number of outcomes with each status, zeros included."""
        counts = Counter(outcome.status for outcome in self.outcomes)
        return {status.value: counts[status] for status in Status}

    @property
    def exit_code(self) -> int:
        """The first that applies of 130, 4, 3, 1 and 0."""
        if self.interrupted:
            return 130
        if self.refused:
            return 4
        if any(outcome.gate_stopped for outcome in self.outcomes):
            return 3
        if self.error is not None or any(
            outcome.status in (Status.FAILED, Status.ROLLBACK_FAILED) for outcome in self.outcomes
        ):
            return 1
        return 0
