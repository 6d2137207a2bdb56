"""What a user can type to work on a project, for messages."""

from __future__ import annotations

from reconciler.model.base import Frozen


class Commands(Frozen):
    """The commands for a single project or, if `tenant` is not None, for a target of a fleet: they
    name no slot and no other ledger, and never leave out a gate. A `tenant` of "" is all of
    them."""

    tenant: str | None = None

    @property
    def is_of_fleet(self) -> bool:
        """Whether they are those of a fleet."""
        return self.tenant is not None

    @property
    def without_gate(self) -> str:
        """The options of an apply that no gate judges; "" if there are none."""
        return "" if self.is_of_fleet else "--no-gate --reason TEXT"

    @property
    def or_evidence(self) -> str:
        """What else to do if no ledger has the runs of an environment."""
        return "" if self.is_of_fleet else ", or its ledger has to be named with --evidence FILE"

    @property
    def for_declaring(self) -> str:
        """What writes the file of a live slot."""
        return "" if self.is_of_fleet else " (`reconciler pull --slot SLOT_ID`)"

    def apply(self, slot_id: str) -> str:
        """An apply of one slot, which a fleet does not have."""
        command = f"reconciler apply --target {slot_id}"
        return f"{command}, with the variables of this tenant" if self.is_of_fleet else command

    def drift(self, environment: str = "") -> str:
        """A drift check that measures, in this environment if one is named."""
        if self.tenant is None:
            return f"reconciler drift{f' --env {environment}' if environment else ''} --metrics"
        labels = {"tenant": self.tenant, "environment": environment}
        selector = ",".join(f"{key}={value}" for key, value in labels.items() if value)
        return f"reconciler fleet drift --metrics{f' --select {selector}' if selector else ''}"


PROJECT = Commands()
FLEET = Commands(tenant="")
