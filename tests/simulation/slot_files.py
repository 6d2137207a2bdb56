"""What the slot files say in each run, which is not always what the seed asks for in the end."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.project import Project
from reconciler.model.slot import DesiredSlot, SlotState
from reconciler.model.state import DesiredState
from tests.simulation.scenario import Files, Scenario
from tests.simulation.tenant import ModelTenant


class SlotFiles:
    """The files of a seed's project."""

    def __init__(self, scenario: Scenario, tenant: ModelTenant) -> None:
        self._scenario = scenario
        self._tenant = tenant
        self._desired = scenario.desired

    def write_as_stored(self) -> None:
        """Update the files to what the tenant stores, as the warning asks."""
        self._desired = DesiredState(self._as_stored(each) for each in self._desired.values())

    def project(self, files: Files = Files.AS_DESIRED) -> Project:
        """The project as these files say."""
        slots = [*self._desired.values()]
        if files is Files.UNPROTECTED:
            slots = [replace(each, protect=False) for each in slots]
        elif files is Files.KEPT:
            slots = [self._kept(each, protect=True) for each in slots]
        elif files in (Files.VANISHED, Files.PRUNED):
            slots = [each for each in slots if each.slot_id != self._scenario.vanishing]
        return self._project(slots)

    def lifting(self, slot_id: str) -> Project:
        """The file of a slot to delete describes it as it is live, without protection: the step
        before its deletion."""
        slots = [*self._desired.values()]
        return self._project(
            self._kept(each, protect=False) if each.slot_id == slot_id else each for each in slots
        )

    def edited(self, project: Project, dice: random.Random) -> Project:
        """The files before someone edited one of them."""
        slots = [*project.desired.values()]
        if not slots:
            return self._project(self._desired.values())
        index = dice.randrange(len(slots))
        former = slots[index]
        if former.content is None:
            slots.remove(former)
        else:
            slots[index] = replace(former, content=self._tenant.edited(former.content))
        return self._project(slots)

    def _project(self, slots: Iterable[DesiredSlot]) -> Project:
        return Project(
            desired=DesiredState(slots), settings=self._scenario.settings, api=self._tenant.api
        )

    def _kept(self, slot: DesiredSlot, *, protect: bool) -> DesiredSlot:
        if not slot.is_absent or slot.slot_id not in self._tenant.slots:
            return slot
        content = self._tenant.described(slot.slot_id)
        return replace(slot, content=content, state=SlotState.PRESENT, protect=protect)

    def _as_stored(self, slot: DesiredSlot) -> DesiredSlot:
        if slot.content is None:
            return slot
        return replace(slot, content=self._tenant.as_stored(slot.content))
