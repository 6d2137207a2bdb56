"""A plan → what its reviewer must know in addition to the changes themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from reconciler.model.api import Api
from reconciler.model.change import Action, Change
from reconciler.model.content import SlotContent
from reconciler.model.plan import Plan
from reconciler.model.review import ExampleChange, Review
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.patterns.matching import NotRunnableError, PatternTimeoutError
from reconciler.planning import graph, slot_patterns
from reconciler.planning.analysis import MAX_STEPS, Analysis
from reconciler.planning.effects import effects_of
from reconciler.planning.extraction import Extractor
from reconciler.planning.safety_changes import safety_changes

__all__ = ["MAX_FOLLOWED", "Review", "review"]

MAX_FOLLOWED = 1_000
"""The most changes whose dependents are looked up: a report has no room for more, and in a long
chain their lists would grow with its square."""


def review(
    plan: Plan,
    *,
    desired: DesiredState,
    settings: Settings,
    api: Api,
    base: tuple[DesiredState, Settings] | None,
) -> Review:
    """What the plan, made from `desired`, does in addition to its changes.

    `base` is the desired state and the settings of the branch that the change is meant for; None
    if it is not known. It ends in bounded time for any patterns.
    """
    examples = _Examples(plan, desired, api=api)
    return Review(
        compared=base is not None,
        gate=_gate(plan, desired=desired, settings=settings),
        safety=() if base is None else safety_changes(desired, settings, base=base),
        examples=examples.changed,
        untried=tuple(examples.untried),
        dependents=_dependents(plan, desired),
        effects=effects_of(plan, desired=desired, api=api),
    )


def _gate(
    plan: Plan, *, desired: DesiredState, settings: Settings
) -> Literal["rollback", "halt", "off"] | None:
    """What an apply does to a change that its gate rejects."""
    judged = [
        desired[change.slot_id].gate
        for change in plan.due
        if change.after is not None and change.trigger_retrain and change.slot_id in desired
    ]
    if not judged:
        return None
    if not any(settings.gate.overridden_by(each).enabled for each in judged):
        return "off"
    return settings.rollout.on_failure


class _Examples:
    """Each updated slot's examples, tried on its patterns before and after."""

    def __init__(self, plan: Plan, desired: DesiredState, *, api: Api) -> None:
        self.changed: dict[str, tuple[ExampleChange, ...]] = {}
        self.untried: list[str] = []
        self._extractor = Extractor(api)
        self._analysis = Analysis(api=api, steps=MAX_STEPS)
        for change in plan.changes:
            slot = desired.get(change.slot_id)
            if slot is not None and change.before is not None and change.after is not None:
                self._try(slot, change.before, change.after)

    def _try(self, slot: DesiredSlot, before: SlotContent, after: SlotContent) -> None:
        if not (slot.examples.match or slot.examples.reject) or _extracts_alike(before, after):
            return
        # In this order: once the extractor is exhausted, nothing is analysed any more.
        if self._extractor.is_exhausted or not (
            slot_patterns.can_run(before, self._analysis)
            and slot_patterns.can_run(after, self._analysis)
        ):
            self.untried.append(slot.slot_id)
            return
        try:
            changed = tuple(self._sides(slot, before, after))
        except (PatternTimeoutError, NotRunnableError):
            self.untried.append(slot.slot_id)
            return
        if changed:
            self.changed[slot.slot_id] = changed

    def _sides(
        self, slot: DesiredSlot, before: SlotContent, after: SlotContent
    ) -> Iterator[ExampleChange]:
        for text, expected in _texts(slot):
            old, new = (self._extractor.extract(content, text) for content in (before, after))
            values = (old.value if old else None, new.value if new else None)
            if values[0] != values[1]:
                yield ExampleChange(text=text, expected=expected, before=values[0], after=values[1])


def _texts(slot: DesiredSlot) -> Iterator[tuple[str, Literal["match", "reject"]]]:
    for example in slot.examples.match:
        yield example.text, "match"
    for text in slot.examples.reject:
        yield text, "reject"


def _extracts_alike(before: SlotContent, after: SlotContent) -> bool:
    return (before.patterns, before.type, before.fill_strategy) == (
        after.patterns,
        after.type,
        after.fill_strategy,
    )


def _dependents(plan: Plan, desired: DesiredState) -> dict[str, tuple[str, ...]]:
    """The dependents of each slot that is updated or deleted. The only dependents of a new slot are
    those that the plan itself changes to depend on it."""
    edges = {
        slot.slot_id: slot.content.dependencies
        for slot in desired.values()
        if slot.content is not None
    }
    edges.update(
        (change.slot_id, change.before.dependencies)
        for change in plan.changes
        if change.action is Action.DELETE and change.before is not None
    )
    users = graph.reversed_graph(edges)
    followed = [change for change in plan.changes if change.action is not Action.CREATE]
    found = {
        change.slot_id: tuple(sorted(_depending_on(change, users)))
        for change in followed[:MAX_FOLLOWED]
    }
    return {slot_id: slot_ids for slot_id, slot_ids in found.items() if slot_ids}


def _depending_on(change: Change, users: dict[str, set[str]]) -> set[str]:
    return graph.reachable(users, [change.slot_id]) - {change.slot_id}
