"""What is asked of a target in a run of the fleet, and how it ended there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.endpoint import Endpoint
from reconciler.model.plan import Plan


class FleetAction(str, Enum):
    """What a run of the fleet does in each of its targets.

    plan    compares live with the files, and plans an apply
    apply   applies the files, each change judged by its gate
    drift   compares live with the files, without planning
    check   the same, and measures: the verdict on a step that has baked
    """

    PLAN = "plan"
    APPLY = "apply"
    DRIFT = "drift"
    CHECK = "check"


class TargetStatus(str, Enum):
    """How a target ended, or that it has not begun.

    in_sync      live is as desired; nothing had to be changed
    verified     changed, and every change stands
    waiting      changes wait for another environment of the tenant, and nothing else differs
    differs      a plan has changes, or live has drifted
    rejected     a gate rejected a change, or content that was rejected before
    unhealthy    measured, and below a gate
    failed       anything else went wrong
    stale        no longer as it was when the plan was made
    held         another apply held the lock
    interrupted  stopped after it began; what it began is finished or rolled back
    not_begun    not reached
    """

    IN_SYNC = "in_sync"
    VERIFIED = "verified"
    WAITING = "waiting"
    DIFFERS = "differs"
    REJECTED = "rejected"
    UNHEALTHY = "unhealthy"
    FAILED = "failed"
    STALE = "stale"
    HELD = "held"
    INTERRUPTED = "interrupted"
    NOT_BEGUN = "not_begun"


SUCCEEDED = frozenset(
    {TargetStatus.IN_SYNC, TargetStatus.VERIFIED, TargetStatus.WAITING, TargetStatus.DIFFERS}
)
"""The statuses of a target in which nothing has failed."""
UNCOUNTED = SUCCEEDED | {TargetStatus.INTERRUPTED}
"""The statuses that do not count towards `max_failures`: a target is interrupted because the run
was stopped, not because of its content."""
KEPT = frozenset({TargetStatus.IN_SYNC, TargetStatus.VERIFIED})
"""How a target has ended that a later run of the same content does not begin again."""
STOPPED_BY_A_GATE = frozenset({TargetStatus.REJECTED, TargetStatus.UNHEALTHY})


class Task(Frozen):
    """One target to be worked on. It holds no secret and no slot: someone who can write one can
    only ask for a named target of a bundle that is stored already.

    `bundle` is the digest of the files. `origin` is the tenant's, as the fleet expects it, so that
    two tasks on one are never worked on at once; "" if it expects none. `fence` is that of the
    controller's lock: without it, nothing new begins. `digest` is that of the plan that was
    approved, if one was. `reason` is why, for the ledger. `quarantined` are identities of content
    that no target may get. `ledger_hash` is that of a line that the target's ledger has, unless it
    has lost lines since the fleet last changed the target; None if none is known.
    """

    run_id: str
    action: FleetAction
    target: str
    bundle: str = ""
    origin: str = ""
    pool: str = ""
    fence: int = 0
    metrics: bool = False
    digest: str | None = None
    reason: str | None = None
    retry_failed: bool = False
    quarantined: tuple[str, ...] = ()
    ledger_hash: str | None = None


class TargetResult(Frozen):
    """How a task ended. `exit_code` is that of the command for a single project.

    `run_id` and `ledger_hash` are those of the run in the target's own ledger, if it recorded one.
    `worker` says who did it, after how many `attempts`. `error` and `hint` say what went wrong;
    without an error, `hint` says what changes wait for, and until when.
    `changes` is the digest of what the plan changes, equal for targets with identical changes, ""
    without any; `digest` is that of the plan, and `plan` the plan itself, for an action that plans.
    `rejected` are identities of the content that a gate rejected in this run. `warnings` are the
    first of those that a single project would have got.

    `changed_at` is when the target's ledger last recorded a change, in this run or before it, None
    if it never did: a target that is in sync because a run was cut off after its changes has to
    bake like one that this run has changed.
    """

    name: str
    action: FleetAction
    status: TargetStatus
    exit_code: int = 0
    endpoint: Endpoint | None = None
    run_id: str | None = None
    worker: str = ""
    attempts: int = 1
    error: str | None = None
    hint: str = ""
    ledger_hash: str | None = None
    ended_at: datetime | None = None
    changed_at: datetime | None = None
    seconds: float = Field(default=0, ge=0)
    changes: str = ""
    digest: str | None = None
    summary: Mapping[str, int] = Field(default_factory=dict)
    plan: Plan | None = None
    rejected: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def has_failed(self) -> bool:
        """Whether it did not get what the run is for, for whatever reason."""
        return self.status not in SUCCEEDED

    @property
    def is_counted(self) -> bool:
        """Whether it counts towards `max_failures`."""
        return self.status not in UNCOUNTED


class StepReport(Frozen):
    """How far a step is. `failed` counts its targets that failed, in the step or when it was judged
    again; `baked_until` is until when it bakes, None if it does not or is judged. It `is_done` if
    nothing is left to do in it and no more have failed than may."""

    step: int
    targets: int
    ended: int = 0
    failed: int = 0
    max_failures: int = 0
    baked_until: datetime | None = None
    is_done: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do in it: it is done, or has failed."""
        return self.ended == self.targets and self.baked_until is None


class Halt(Frozen):
    """Why a rollout begins nothing new: in which step (from 1), the reason, and the targets that
    failed, if they are the reason."""

    step: int
    reason: str
    targets: tuple[str, ...] = ()


class Group(Frozen):
    """Targets with identical changes, and the plan of one of them."""

    changes: str
    targets: tuple[str, ...]
    plan: Plan


class FleetReport(Frozen):
    """How a run of the fleet ended, or how far it is.

    `results` are those of the targets that have ended, by when they did; `not_begun` are the names
    of the others. `selection` is the selector that chose all of them, "" for the whole fleet.
    `is_complete` is False while a step bakes or is not reached. `error` says what ended the run
    early; `is_refused`, that it was refused before any target was changed.
    """

    run_id: str | None
    action: FleetAction
    commit: str | None = None
    bundle: str = ""
    selection: str = ""
    results: tuple[TargetResult, ...] = ()
    not_begun: tuple[str, ...] = ()
    steps: tuple[StepReport, ...] = ()
    step_of: Mapping[str, int] = Field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    halt: Halt | None = None
    is_complete: bool = True
    is_refused: bool = False
    is_interrupted: bool = False
    error: str | None = None
    hint: str = ""
    ledger_hash: str | None = None

    @property
    def counts(self) -> dict[TargetStatus, int]:
        """The number of targets with each status, zeros included."""
        found = Counter(each.status for each in self.results)
        found[TargetStatus.NOT_BEGUN] += len(self.not_begun)
        return {status: found[status] for status in TargetStatus}

    @property
    def exit_code(self) -> int:
        """The first that applies of 130, 3, 4, 1, 2 and 0.

        3 if a gate stopped a target, or a measured one is unhealthy; 4 if nothing was changed in
        any target because it was refused, or because all were stale; 1 if a target failed in
        another way; 2 if live differs, for a drift check.
        """
        statuses = {each.status for each in self.results}
        if self.is_interrupted:
            return 130
        if statuses & STOPPED_BY_A_GATE:
            return 3
        if self.is_refused or statuses == {TargetStatus.STALE}:
            return 4
        if self.error is not None or self.halt is not None or _any_failed(self.results):
            return 1
        if TargetStatus.DIFFERS in statuses and self.action is not FleetAction.PLAN:
            return 2
        return 0


def _any_failed(results: Sequence[TargetResult]) -> bool:
    return any(each.has_failed for each in results)
