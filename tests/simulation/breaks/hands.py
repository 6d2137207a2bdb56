"""Breaks of invariant 4: a foreign edit is overwritten."""

from __future__ import annotations

from typing import Any

import reconciler.engine.rollback
import reconciler.engine.write
from reconciler.engine.reading import Check, look_closely
from reconciler.engine.write import Write
from reconciler.model.slot import LiveSlot, canonical
from tests.simulation.breaks.patching import Break, CanShow, Patch


def live_is_not_compared_with_the_plan(patch: Patch) -> None:
    patch.setattr(Check, "_require_as_planned", lambda _self, _change: None)


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
    a_rollback_does_not_look: 4,
    unexpected_content_is_overwritten: 4,
}

_RARE = 0.01
"""With edits as rare as this, it takes many seeds until one comes just before a rollback."""

CAN_SHOW: dict[Break, CanShow] = {
    a_rollback_does_not_look: lambda seed: (
        seed.others_odds > _RARE and seed.settings.rollout.on_failure == "rollback"
    ),
    unexpected_content_is_overwritten: lambda seed: seed.others_odds > 0.0,
    live_is_not_compared_with_the_plan: lambda seed: seed.others_odds > 0.0,
}
