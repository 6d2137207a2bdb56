"""Which changes can be at fault if a rate falls that was measured over a period.

A baseline measured over a day, just after a change, consists of traffic from before that change: it
says little of it, so that change can still be the one at fault. Once a whole period lies between
them, the baseline has all of its effect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from reconciler.model.bake import Probation, Suspect
from reconciler.planning.graph import Graph, reachable


def suspects(
    fallen: Probation,
    *,
    measured: Collection[str],
    dependencies: Graph,
    changes: Iterable[Probation],
    period: timedelta,
) -> tuple[Suspect, ...]:
    """The changes that can be at fault for the fall of `fallen`: first itself, then those of the
    measured slots and of what these depend on, by the time of their start.

    `period` is the one that a rate is measured over.
    """
    involved = reachable(dependencies, measured) | set(measured)
    others = [
        each
        for each in changes
        if each.slot_id in involved - {fallen.slot_id} and each.begun >= fallen.begun - period
    ]
    return tuple(
        Suspect(slot_id=each.slot_id, run_id=each.run_id, commit=each.commit)
        for each in (fallen, *sorted(others, key=lambda each: (each.begun, each.slot_id)))
    )
