"""Invariant 11: a slot that the files of a run protected is not deleted, even if its file vanishes,
until a run with a file that does not protect it.

The protection holds as soon as the run has recorded anything or ended without an error, even if
there was nothing else to do.
"""

from __future__ import annotations

from reconciler.model.change import Action
from reconciler.model.plan import Plan
from tests.simulation.ledger_view import Intention
from tests.simulation.terms import Terms
from tests.simulation.trace import Violation


class Protection:
    """`slots` are those that no run may delete."""

    def __init__(self) -> None:
        self.slots: frozenset[str] = frozenset()

    def note(self, terms: Terms) -> None:
        """A run with these files has taken effect."""
        self.slots = (self.slots - terms.desired.keys()) | terms.protected

    def planned(self, plan: Plan) -> None:
        """Check a plan that was agreed to. Raises Violation."""
        for change in plan.changes:
            if change.action is Action.DELETE and change.slot_id in self.slots:
                raise Violation(11, f"{change.slot_id} is protected, but a plan deletes it")

    def deleting(self, change: Intention) -> None:
        """Check a DELETE before it is sent; rolling back our own creation is allowed. Raises
        Violation."""
        if change.slot_id in self.slots and not change.rolling_back:
            raise Violation(11, f"{change.slot_id} is protected, but is deleted")
