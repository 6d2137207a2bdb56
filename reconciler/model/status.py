"""The state of every slot in every environment, and the last run there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from reconciler.model.audit import RecordedRun
from reconciler.model.base import Frozen
from reconciler.model.explanation import NamedSlot
from reconciler.model.failure import Failure

ONLY = "default"
"""The name of a project's only environment, if it declares none."""


class SlotStatus(str, Enum):
    """How a slot that a file declares stands in an environment. If several apply, it is the first.

    rejected    a gate rejected its change, or what is live
    waiting     its change waits for another environment
    missing     it should be live, and is not
    drifted     it is no longer as our last change left it
    differs     it differs from its file: not applied yet, or the ledger does not say why
    below_gate  it is as desired, and measures worse than its gate allows
    as_desired  it is as its file says
    """

    REJECTED = "rejected"
    WAITING = "waiting"
    MISSING = "missing"
    DRIFTED = "drifted"
    DIFFERS = "differs"
    BELOW_GATE = "below_gate"
    AS_DESIRED = "as_desired"


class EnvironmentStatus(Frozen):
    """The slots of one environment.

    `statuses` maps a slot id to its status, and is None if they are not known. `failure` says why,
    or that only the metrics could not be read. If it is that there is no access, `has_access` is
    False. `last_run` is None if no ledger has one.
    """

    name: str
    has_access: bool = True
    statuses: Mapping[str, SlotStatus] | None = None
    failure: Failure | None = None
    last_run: RecordedRun | None = None

    @property
    def error(self) -> Failure | None:
        """What went wrong, although there is access."""
        return self.failure if self.has_access else None


class StatusReport(Frozen):
    """The environments of a project, each after those that it is promoted from, and the slots that
    were asked for."""

    environments: tuple[EnvironmentStatus, ...]
    slots: tuple[NamedSlot, ...] = ()

    @property
    def known(self) -> tuple[EnvironmentStatus, ...]:
        """The environments whose slots are known."""
        return tuple(each for each in self.environments if each.statuses is not None)

    @property
    def as_desired(self) -> frozenset[str]:
        """The slots that are as desired in every environment whose slots are known."""
        return frozenset(
            slot.slot_id
            for slot in self.slots
            if all(
                (each.statuses or {}).get(slot.slot_id) is SlotStatus.AS_DESIRED
                for each in self.known
            )
        )

    @property
    def exit_code(self) -> int:
        """1 if something could not be read, although there is access to it."""
        return 1 if any(each.error for each in self.environments) else 0
