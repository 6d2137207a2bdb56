"""What the slot files say in each run, which is not always what the seed asks for in the end."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.content import PatternContent
from reconciler.model.project import Project
from reconciler.model.slot import DesiredSlot, SlotState
from reconciler.model.state import DesiredState
from tests.simulation.scenario import Files, Scenario, content_of
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
        content = former.content
        if not isinstance(content, PatternContent):
            slots.remove(former)
        else:
            patterns = tuple(f"{each} once" for each in content.patterns)
            slots[index] = replace(former, content=replace(content, patterns=patterns))
        return self._project(slots)

    def _project(self, slots: Iterable[DesiredSlot]) -> Project:
        return Project(
            desired=DesiredState(slots), settings=self._scenario.settings, api=COGNIGY_V1
        )

    def _kept(self, slot: DesiredSlot, *, protect: bool) -> DesiredSlot:
        version = self._tenant.slots.get(slot.slot_id)
        if not slot.is_absent or version is None:
            return slot
        return replace(
            slot, content=content_of(version.document), state=SlotState.PRESENT, protect=protect
        )

    def _as_stored(self, slot: DesiredSlot) -> DesiredSlot:
        if not isinstance(slot.content, PatternContent) or not self._tenant.features.normalizes:
            return slot
        patterns = tuple(each.strip() for each in slot.content.patterns)
        return replace(slot, content=replace(slot.content, patterns=patterns))
