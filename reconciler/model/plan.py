"""A Plan: the ordered Changes, complete before the first write; frozen, serialisable, hashed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pydantic import Field

from reconciler.model.base import Frozen, sha256_of
from reconciler.model.change import Action, Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection
from reconciler.model.promotion import Waiting


class Selection(Frozen):
    """The selected part of the difference: `targets` (empty: all) and `prune`."""

    targets: tuple[str, ...] = ()
    prune: bool = False


class Summary(Frozen):
    """Counts of slots. `skipped` are those whose changes are in the plan but will be skipped.
    `waiting` are those whose changes wait for another environment. `claimed` are the live slots
    that are managed or owned: the deletion limit is a fraction of these."""

    create: int = 0
    update: int = 0
    delete: int = 0
    skipped: int = 0
    waiting: int = 0
    unchanged: int = 0
    unmanaged: int = 0
    claimed: int = 0


class Plan(Frozen):
    """The ordered changes from live to desired, as a value.

    `changes` are in the order of execution. `desired_digest` identifies the desired state that the
    plan was made from. `rejected` are rejections of two kinds: of changes in this plan
    (`rejected_changes`), and of content that is live (`rejected_live`). `waiting` are differences
    that are not among the changes, because they wait for another environment. Like `warnings`,
    these are not part of the digest. `environment` is the project's environment that it is for, if
    it has any. `estimated_seconds` is how long an apply will take if all goes well, None if
    unknown.
    """

    environment: str | None = None
    endpoint: Endpoint = Field(serialization_alias="target")
    selection: Selection = Field(default=Selection(), serialization_alias="scope")
    tool_version: str
    desired_digest: str
    summary: Summary
    changes: tuple[Change, ...] = ()
    unmanaged: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    warnings: tuple[str, ...] = ()
    estimated_seconds: float | None = None

    @property
    def digest(self) -> str:
        """`sha256:…` over endpoint, selection, desired state and changes, and not over any time."""
        covered: dict[str, Any] = self.model_dump(
            mode="json",
            by_alias=True,
            include={"endpoint", "selection", "desired_digest", "changes"},
        )
        covered["tool_major"] = self.tool_major
        return f"sha256:{sha256_of(covered)}"

    @property
    def tool_major(self) -> str:
        """The part of the tool's version that makes a saved plan stale when it changes."""
        return self.tool_version.split(".")[0]

    @property
    def slot_ids(self) -> frozenset[str]:
        """The slots that differ from their files."""
        return frozenset(change.slot_id for change in self.changes)

    @property
    def rejected_changes(self) -> dict[str, Rejection]:
        """The rejections of changes in this plan, by slot id: an apply skips these changes."""
        return {each.slot_id: each for each in self.rejected if not each.live}

    @property
    def rejected_live(self) -> tuple[Rejection, ...]:
        """The rejections of content that is live: an apply skips the changes that they block."""
        return tuple(each for each in self.rejected if each.live)

    @property
    def blocked(self) -> dict[str, Rejection]:
        """The rejections of live content that planned changes depend on, by the change's slot."""
        return {blocked: each for each in self.rejected_live for blocked in each.blocks}

    @property
    def skipped(self) -> tuple[Change, ...]:
        """The rejected changes, and those that depend on them or on rejected live content."""
        skipped = self.rejected_changes.keys() | self.blocked.keys()
        found: dict[str, Change] = {}
        for change in self.changes:
            if change.slot_id in skipped or found.keys() & change.depends_on:
                found[change.slot_id] = change
        return tuple(found.values())

    @property
    def drifted(self) -> tuple[Change, ...]:
        """The differences, without those of rejected changes."""
        rejected = self.rejected_changes
        return tuple(change for change in self.changes if change.slot_id not in rejected)

    @property
    def due(self) -> tuple[Change, ...]:
        """The changes that an apply will make."""
        skipped = {change.slot_id for change in self.skipped}
        return tuple(change for change in self.changes if change.slot_id not in skipped)

    def counted(self, action: Action) -> int:
        """The number of due changes with this action."""
        return _counts(self.due)[action.value]

    @property
    def drift_summary(self) -> Summary:
        """The counts of `drifted`; rejected changes count as skipped."""
        skipped = len(self.changes) - len(self.drifted)
        return self.summary.model_copy(update={**_counts(self.drifted), "skipped": skipped})

    def rejecting(self, rejected: Iterable[Rejection]) -> Plan:
        """The same plan with these rejections, and with its counts adjusted to them."""
        return self.model_copy(update={"rejected": tuple(rejected)}).recounted()

    def recounted(self) -> Plan:
        """The same plan, with the counts of its changes as they are now."""
        counts = {**_counts(self.due), "skipped": len(self.skipped), "waiting": len(self.waiting)}
        return self.model_copy(update={"summary": self.summary.model_copy(update=counts)})

    def retrying(self, *, run_id: str) -> Plan:
        """The same plan, which skips changes only for what this very run rejected."""
        return self.rejecting(
            each if each.run_id == run_id else each.model_copy(update={"blocks": ()})
            for each in self.rejected
            if each.live or each.run_id == run_id
        )


def _counts(changes: Iterable[Change]) -> dict[str, int]:
    found = Counter(change.action for change in changes)
    return {action.value: found[action] for action in Action}


class ApprovedPlan(Frozen):
    """A plan within the limits; only `planning.limits.approve` makes one.

    The engine takes nothing else, so it cannot be called with an unchecked plan.
    """

    plan: Plan
