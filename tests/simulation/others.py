"""Other people, who edit, delete and create slots in the console at any time."""

from __future__ import annotations

import random

from tests.simulation.calls import Call
from tests.simulation.scenario import Document, Scenario
from tests.simulation.tenant import OTHERS, ModelTenant
from tests.simulation.trace import Trace

IN_THE_WINDOW = 4.0
"""How much likelier they are to edit a slot at the very moment of our request for it."""


class Others:
    """Act at random moments. `created` are the slots that only they know."""

    def __init__(
        self, dice: random.Random, *, scenario: Scenario, tenant: ModelTenant, trace: Trace
    ) -> None:
        self._dice = dice
        self._scenario = scenario
        self._tenant = tenant
        self._trace = trace
        self._serial = 0
        self.odds = scenario.others_odds
        self.created: list[str] = []

    def act_before(self, call: Call) -> None:
        """Perhaps do something just before this request arrives."""
        if not self.odds:
            return
        is_live = call.slot_id in self._tenant.slots
        if (is_live or call.writes) and self._dice.random() < self.odds * IN_THE_WINDOW:
            if is_live:
                self._edit(call.slot_id)
            elif self._dice.random() < 0.5:
                self._write(call.slot_id, self._document(call.slot_id))
        elif self._dice.random() < self.odds:
            self.act()

    def may_act(self) -> None:
        """Perhaps do something while nothing is under way."""
        if self.odds and self._dice.random() < 0.3:
            self.act()

    def act(self) -> None:
        """Do something."""
        slots = sorted(self._tenant.slots)
        kind = self._dice.random()
        if kind < 0.2 or not slots:
            self._create()
        elif kind < 0.4:
            self._delete(self._dice.choice(slots))
        else:
            self._edit(self._dice.choice(slots))

    def edit(self, slot_id: str) -> None:
        """Edit this slot, or create it where it is not there."""
        self._write(slot_id, self._document(slot_id))

    def clear_the_way(self) -> None:
        """Undo what prevents a plan: delete their own slots and what is there twice, restore the
        slots that they changed."""
        for slot_id in self._tenant.doubled():
            self._remove(slot_id)
        for slot_id in reversed(self.created):
            if slot_id in self._tenant.slots:
                self._remove(slot_id)
        for slot_id, document in self._scenario.live.items():
            desired = self._scenario.desired.get(slot_id)
            if desired is None:
                self._write(slot_id, document)
            elif desired.is_absent and slot_id in self._tenant.slots and "dependencies" in document:
                self._write(slot_id, {**document, "dependencies": []})  # out of any cycle

    def let_go_of(self, slot_id: str) -> None:
        """Remove every reference to this slot."""
        for user in self._tenant.users_of(slot_id):
            document = self._tenant.slots[user].document
            left = [each for each in document["dependencies"] if each != slot_id]
            self._write(user, {**document, "dependencies": left})

    def _create(self) -> None:
        slot_id = f"foreign_{len(self.created)}"
        self.created.append(slot_id)
        self._write(slot_id, self._document(slot_id))

    def _edit(self, slot_id: str) -> None:
        desired = self._scenario.desired.get(slot_id)
        if desired is not None and desired.content is not None and self._dice.random() < 0.15:
            missing = set(desired.content.dependencies) - self._tenant.slots.keys()
            if not (missing and self._tenant.is_strict):
                same = self._tenant.with_content(self._document(slot_id), desired.content)
                self._write(slot_id, same)
                return
        if slot_id in self._scenario.live and self._dice.random() < 0.2:
            former = self._scenario.live[slot_id]
            if set(former.get("dependencies", ())) <= self._tenant.slots.keys():
                self._write(slot_id, former)
                return
        self._write(slot_id, self._document(slot_id))

    def _delete(self, slot_id: str) -> None:
        if not (self._tenant.is_strict and self._tenant.users_of(slot_id)):
            self._remove(slot_id)

    def _remove(self, slot_id: str) -> None:
        self._tenant.remove(slot_id, author=OTHERS)
        self._note(slot_id, "delete", {})

    def _write(self, slot_id: str, document: Document) -> None:
        retrain = self._dice.random() < 0.5
        kind = "edit" if slot_id in self._tenant.slots else "create"
        self._tenant.store(slot_id, document, author=OTHERS, retrain=retrain)
        self._note(slot_id, kind, document)

    def _note(self, slot_id: str, what: str, document: Document) -> None:
        self._trace.count(f"others: {what}")
        self._trace.say("others", f"{what} {slot_id} {document or ''}".rstrip())

    def _document(self, slot_id: str) -> Document:
        self._serial += 1
        return self._tenant.of_others(slot_id, serial=self._serial, dice=self._dice)
