"""Invariant 11: a slot that the files of a run protected is not deleted, whatever became of its
file, until a run with a file that does not protect it.

A run has taken note of its files once it has recorded anything, or ended without an error: then
the protection holds, also where there was nothing else to do.
"""

from __future__ import annotations

from reconciler.model.change import Action
from reconciler.model.plan import Plan
from tests.simulation.ledger_view import Intention
from tests.simulation.terms import Terms
from tests.simulation.trace import Violation


class Protection:
    """`slots` are those that no run may delete now."""

    def __init__(self) -> None:
        self.slots: frozenset[str] = frozenset()

    def note(self, terms: Terms) -> None:
        """A run by these files has taken note of them."""
        self.slots = (self.slots - terms.desired.keys()) | terms.protected

    def planned(self, plan: Plan) -> None:
        """A plan may be carried out from now on. Raises Violation."""
        for change in plan.changes:
            if change.action is Action.DELETE and change.slot_id in self.slots:
                raise Violation(11, f"{change.slot_id} is protected, and a plan deletes it")

    def deleting(self, change: Intention) -> None:
        """Before a DELETE is sent. To roll back a creation of our own is no loss. Raises
        Violation."""
        if change.slot_id in self.slots and not change.rolling_back:
            raise Violation(11, f"{change.slot_id} is protected, and is deleted")
