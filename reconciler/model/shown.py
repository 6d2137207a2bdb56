"""A plan as kept in the comment on a pull request, with which a later run compares its own."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from reconciler.model.base import Frozen, sha256_of
from reconciler.model.change import Change
from reconciler.model.plan import Plan

_FINGERPRINT_LENGTH = 16


class ShownPlan(Frozen):
    """What was shown, of which commit: the plan's digest, and what each of its changes does.

    `changes` maps a slot id to the fingerprint of its change, whether it waits or not; it is empty
    if `count`, the number of changes, was too large to keep them. `count` is None and `commit` is
    "" if it is not known.
    """

    digest: str
    commit: str = ""
    count: int | None = None
    changes: Mapping[str, str] = Field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, *, commit: str | None) -> ShownPlan:
        """All that can be kept of a plan."""
        changes = [*plan.changes, *(each.change for each in plan.waiting)]
        return cls(
            digest=plan.digest,
            commit=commit or "",
            count=len(changes),
            changes={change.slot_id: fingerprint(change) for change in changes},
        )

    @property
    def knows_its_changes(self) -> bool:
        """Whether every change was kept."""
        return len(self.changes) == self.count

    def has(self, change: Change) -> bool:
        """Whether exactly this change is known to have been shown."""
        return self.changes.get(change.slot_id) == fingerprint(change)


def fingerprint(change: Change) -> str:
    """Equal for changes that do the same to the same content, at any position in a plan.

    A field that an update leaves as it is, and that a file may leave unmanaged, does not count: if
    the file manages it, a live value that differs is a change of its own.
    """
    covered = change.model_dump(
        mode="json", include={"action", "before", "after", "trigger_retrain"}
    )
    if change.before is not None and change.after is not None:
        changed = {each.field for each in change.fields}
        for name in change.after.may_be_unmanaged - changed:
            del covered["before"][name], covered["after"][name]
    return sha256_of(covered)[:_FINGERPRINT_LENGTH]
