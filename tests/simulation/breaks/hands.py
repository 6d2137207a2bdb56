"""Breaks of invariant 4: a foreign edit is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reconciler.engine.rollback
import reconciler.engine.write
from reconciler.adapters.cognigy.v1 import tenant as v1
from reconciler.engine.reading import Check, look_closely
from reconciler.engine.write import Write
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Sighting
from tests.simulation.breaks.patching import Break, CanShow, Patch


def live_is_not_compared_with_the_plan(patch: Patch) -> None:
    patch.setattr(Check, "_require_as_planned", lambda _self, _change: None)


def writes_have_no_condition(patch: Patch) -> None:
    patch.setattr(v1, "precondition", lambda _replaces, *, has_etags: None)


def the_listing_of_the_plan_is_the_last_look(patch: Patch) -> None:
    def as_planned(self: Any, slot_ids: Sequence[str], **_rest: Any) -> Sighting:
        listed = {each: self._listed.get(each) for each in slot_ids}
        return Sighting(at=self._clock.monotonic(), slots=listed)

    patch.setattr(v1.CognigyTenant, "read_ahead", as_planned)


def a_rollback_does_not_look(patch: Patch) -> None:
    def whatever_is_live(self: Any, made: Write) -> LiveSlot | None:
        return look_closely(made.slot_id, ports=self._ports)

    patch.setattr(reconciler.engine.rollback._Restoring, "_replaceable", whatever_is_live)


def unexpected_content_is_overwritten(patch: Patch) -> None:
    def only_ours(self: Any) -> bool:
        return bool(canonical(self._current) == self._write.expected)

    patch.setattr(reconciler.engine.write._Sending, "_is_stored", only_ours)


BREAKS: dict[Break, int] = {
    live_is_not_compared_with_the_plan: 4,
    writes_have_no_condition: 4,
    the_listing_of_the_plan_is_the_last_look: 4,
    a_rollback_does_not_look: 4,
    unexpected_content_is_overwritten: 4,
}

CAN_SHOW: dict[Break, CanShow] = {
    a_rollback_does_not_look: lambda seed: seed.others_odds > 0.0,
    unexpected_content_is_overwritten: lambda seed: seed.others_odds > 0.0,
    live_is_not_compared_with_the_plan: lambda seed: seed.others_odds > 0.0,
    writes_have_no_condition: lambda seed: seed.others_odds > 0.0,
}
