"""A Plan: the ordered Changes, complete before the first write; frozen, serialisable, hashed."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator

from reconciler.model.base import Frozen, sha256_of
from reconciler.model.change import Action, Change
from reconciler.model.origin import normalised_origin

FORMAT_VERSION = "1.0"
"""Of the plan's JSON. A changed meaning raises the major."""


class Target(Frozen):
    """The tenant and bot that a plan is for; `bot_id` is None where none was configured.

    However an origin is spelled, in a variable, a plan file or an old line of the ledger, it is
    the same target.
    """

    origin: Annotated[str, AfterValidator(normalised_origin)]
    bot_id: str | None = None


class Scope(Frozen):
    """Which part of the difference was asked for: `targets` (empty: all) and `prune`."""

    targets: tuple[str, ...] = ()
    prune: bool = False


class Summary(Frozen):
    """Counts of slots. `claimed` are the live slots that are managed or owned: what the
    deletion limit is a fraction of."""

    create: int = 0
    update: int = 0
    delete: int = 0
    unchanged: int = 0
    unmanaged: int = 0
    claimed: int = 0


class Plan(Frozen):
    """The ordered changes from live to desired, as a value.

    `changes` stand in the order of execution. `desired_digest` names the desired state that the
    plan was made from. `warnings` are for readers and not part of the digest.
    """

    target: Target
    scope: Scope = Scope()
    tool_version: str
    desired_digest: str
    summary: Summary
    changes: tuple[Change, ...] = ()
    unmanaged: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """`sha256:…` over target, scope, desired state and changes, before and after; no time."""
        covered: dict[str, Any] = self.model_dump(
            mode="json", include={"target", "scope", "desired_digest", "changes"}
        )
        covered["tool_major"] = self.tool_major
        return f"sha256:{sha256_of(covered)}"

    @property
    def tool_major(self) -> str:
        """The part of the tool's version whose change makes a saved plan stale."""
        return self.tool_version.split(".")[0]

    def counted(self, action: Action) -> int:
        """How many changes take this action."""
        return Counter(change.action for change in self.changes)[action]


class ApprovedPlan(Frozen):
    """A plan that the limits have seen; only `planning.limits.approve` makes one.

    The engine takes nothing else, so it cannot be called with a plan that nobody checked.
    """

    plan: Plan
