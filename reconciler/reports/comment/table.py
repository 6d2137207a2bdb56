"""The table at the top: each change with its action, its slot, and what changes in a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.lookalikes import distinguishable
from reconciler.model.review import Review
from reconciler.reports.comment.changes import Numbered
from reconciler.reports.diff import diff_lines, written
from reconciler.reports.effects import effect_word
from reconciler.reports.markdown_text import MAX_NAME, cell, folded, link_to
from reconciler.reports.numbers import counted
from reconciler.reports.words import example_effects

MAX_ROWS = 20
"""Rows that are open; the others are folded."""
_ROOM = 13_000
_MAX_VALUE = 40
_ACTIONS = {Action.CREATE: "create", Action.UPDATE: "update", Action.DELETE: "**delete**"}

Places = Callable[[Change], str | None]
"""Returns the URL of the line in a slot's file that a change comes from, if that is known."""


def nowhere(_: Change) -> None:
    """Where no place is known."""


def changes_table(changes: Sequence[Numbered], review: Review, *, places: Places) -> Iterator[str]:
    """One row for each change. If there are many, those whose examples change are open first."""
    ranked = sorted(changes, key=lambda each: each[1].slot_id not in review.examples)
    opened = {number for number, _ in ranked[:MAX_ROWS]}

    def row(number: int, change: Change, places: Places) -> str:
        return (
            f"| {number} | {_ACTIONS[change.action]} | {slot_cell(change, places=places)} | "
            f"{'; '.join(_words(change, review))} |"
        )

    yield from table(
        ("|  | Action | Slot | What changes |", "|--:|:--|:--|:--|"),
        (row(number, change, places) for number, change in changes if number in opened),
        (row(number, change, nowhere) for number, change in changes if number not in opened),
        count=len(changes),
    )


def table(
    head: Sequence[str], opened: Iterable[str], others: Iterable[str], *, count: int
) -> Iterator[str]:
    """A table of `count` rows in all: those that are open, and the others folded, as many as there
    is room for."""
    if not count:
        return
    first = list(_fitting(opened, room=_ROOM))
    rest = list(_fitting(others, room=_ROOM - sum(len(each) + 1 for each in first)))
    left = count - len(first) - len(rest)
    more = ["", f"… and {counted(left, 'more slot')}"] if left else []
    yield from (*head, *first)
    if rest:
        summary = counted(count - len(first), "more slot")
        yield from ("", *folded(summary, [*head, *rest, *more]))
    else:
        yield from more
    yield ""


def slot_cell(change: Change, *, places: Places) -> str:
    """The slot's name, with a link to its line if that is known, its id, and the tenant's if it is
    another."""
    name = link_to(places(change), cell(change.name, most=MAX_NAME))
    shown = [name]
    if change.name != change.slot_id:
        shown.append(cell(change.slot_id, most=MAX_NAME))
    if change.tenant_id is not None:
        shown.append(f"(id {cell(change.tenant_id, most=MAX_NAME)})")
    return " ".join(shown)


def _fitting(rows: Iterable[str], *, room: int) -> Iterator[str]:
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            return
        yield row


def _words(change: Change, review: Review) -> Iterator[str]:
    """The consequences first, then the fields."""
    yield from example_effects(review.examples.get(change.slot_id, ()))
    effect = review.effects.slots.get(change.slot_id)
    if effect is not None:
        yield effect_word(effect)
    if change.action is Action.UPDATE:
        yield from (field_words(each) for each in change.fields)
    else:
        content = change.after or change.before
        if content is not None and content.type is not None:
            yield cell(content.type, most=_MAX_VALUE)
        if content is not None and content.patterns:
            yield counted(len(content.patterns), "pattern")
    if not change.trigger_retrain:
        yield "neither retrained nor gated"


def field_words(field: FieldChange) -> str:
    """`patterns` +2 -1, or a short value before and after."""
    name = cell(field.field, most=MAX_NAME)
    before, after = field.before, field.after
    if isinstance(before, list) or isinstance(after, list):
        signs = [sign for sign, _ in diff_lines(field)]
        counts = [f"{sign}{signs.count(sign)}" for sign in "+-" if sign in signs]
        return " ".join([name, *counts])
    values = [None if value is None else written(value) for value in (before, after)]
    shown = distinguishable(value for value in values if value is not None)
    old, new = (
        "none" if value is None else cell(shown[value], most=_MAX_VALUE) for value in values
    )
    return f"{name} {old} → {new}"
