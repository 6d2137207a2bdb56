"""A Change → what is shown of it: its title, what it waits for, and the difference, field by
field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.model.change import Action, Change
from reconciler.model.effect import NO_EFFECTS, Effect, Effects
from reconciler.reports.diff import AsBefore, DiffLine, collapsed, marked_lines
from reconciler.reports.effects import EffectRow, effect_rows, overlap_words
from reconciler.reports.html.badges import OF_ACTION, Badge


@dataclass(frozen=True)
class FieldDifference:
    """The lines in which one field differs, and those near them."""

    field: str
    lines: tuple[DiffLine | AsBefore, ...]


@dataclass(frozen=True)
class ShownChange:
    """A change on a page; `anchor` is the id of its part of the page, and `tenant_id` what the
    tenant calls the slot, if that is something else."""

    anchor: str
    slot_id: str
    name: str
    tenant_id: str | None
    badge: Badge
    wave: int
    depends_on: tuple[str, ...]
    is_trained: bool
    fields: tuple[FieldDifference, ...]
    effect: tuple[EffectRow, ...] = ()
    overlaps: tuple[str, ...] = ()


def shown_changes(
    changes: Iterable[Change], effects: Effects = NO_EFFECTS
) -> dict[str, ShownChange]:
    """Each change as it is shown and what it means, by slot id, in the same order."""
    return {
        change.slot_id: ShownChange(
            anchor=f"change-{number}",
            slot_id=change.slot_id,
            name="" if change.name == change.slot_id else change.name,
            tenant_id=change.tenant_id,
            badge=OF_ACTION[change.action],
            wave=change.wave,
            depends_on=change.depends_on,
            is_trained=change.trigger_retrain,
            fields=tuple(_differences(change)),
            effect=_effect(effects.slots.get(change.slot_id)),
            overlaps=tuple(map(overlap_words, effects.overlaps_of(change.slot_id))),
        )
        for number, change in enumerate(changes, start=1)
    }


def _effect(effect: Effect | None) -> tuple[EffectRow, ...]:
    return tuple(effect_rows(effect)) if effect is not None else ()


def _differences(change: Change) -> Iterator[FieldDifference]:
    for each in change.fields:
        is_title = change.action is Action.CREATE and each.field == "name"
        if each.before != each.after and not is_title:
            lines = tuple(collapsed(tuple(marked_lines(each))))
            yield FieldDifference(field=each.field, lines=lines)
