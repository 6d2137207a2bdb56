"""A Change → what is shown of it: its title, what it waits for, and the difference, field by
field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.lookalikes import told_apart
from reconciler.reports.diff import diff_lines, written
from reconciler.reports.html.badges import OF_ACTION, Badge

_UNCHANGED_SHOWN = 2
"""Unchanged items that are shown on either side of a changed one."""


@dataclass(frozen=True)
class Line:
    """One line of a difference: `sign` is `-`, `+`, a space, or `…` for lines left out."""

    sign: str
    text: str


@dataclass(frozen=True)
class FieldDifference:
    """The lines in which one field differs."""

    field: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ShownChange:
    """A change on a page; `anchor` is the id of its part of the page."""

    anchor: str
    slot_id: str
    name: str
    badge: Badge
    wave: int
    depends_on: tuple[str, ...]
    is_trained: bool
    fields: tuple[FieldDifference, ...]


def shown_changes(changes: Iterable[Change]) -> dict[str, ShownChange]:
    """Each change as it is shown, by slot id, in the same order."""
    return {
        change.slot_id: ShownChange(
            anchor=f"change-{number}",
            slot_id=change.slot_id,
            name="" if change.name == change.slot_id else change.name,
            badge=OF_ACTION[change.action],
            wave=change.wave,
            depends_on=change.depends_on,
            is_trained=change.trigger_retrain,
            fields=tuple(_differences(change)),
        )
        for number, change in enumerate(changes, start=1)
    }


def _differences(change: Change) -> Iterator[FieldDifference]:
    for each in change.fields:
        is_title = change.action is Action.CREATE and each.field == "name"
        lines = tuple(_folded(tuple(_lines(each))))
        if lines and not is_title:
            yield FieldDifference(field=each.field, lines=lines)


def _lines(change: FieldChange) -> Iterator[Line]:
    if isinstance(change.before, list) or isinstance(change.after, list):
        yield from (Line(sign=sign, text=text) for sign, text in diff_lines(change))
        return
    sides = [written(each) for each in (change.before, change.after) if each is not None]
    shown = told_apart(sides)
    if change.before is not None:
        yield Line(sign="-", text=shown[written(change.before)])
    if change.after is not None:
        yield Line(sign="+", text=shown[written(change.after)])


def _folded(lines: Sequence[Line]) -> Iterator[Line]:
    """The same lines, without what is unchanged far from any change."""
    for is_unchanged, members in groupby(lines, key=lambda line: line.sign == " "):
        group = tuple(members)
        if not is_unchanged or len(group) <= 2 * _UNCHANGED_SHOWN + 1:
            yield from group
            continue
        left_out = len(group) - 2 * _UNCHANGED_SHOWN
        yield from group[:_UNCHANGED_SHOWN]
        yield Line(sign="…", text=f"{left_out} unchanged")
        yield from group[-_UNCHANGED_SHOWN:]
