"""A change as Markdown: one title, one small diff of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.change import Action, Cause, Change, FieldChange
from reconciler.reports.diff import diff_lines
from reconciler.reports.markdown_text import MAX_NAME, clipped, code, fenced
from reconciler.reports.numbers import counted
from reconciler.reports.words import is_gone

_VERB = {Action.CREATE: "create", Action.UPDATE: "update", Action.DELETE: "DELETE"}
_MARK = {
    Cause.CHANGED_IN_TENANT: ": **changed in the tenant**",
    Cause.NOT_APPLIED: ": not applied yet",
    None: "",
}
NO_CAUSES: Mapping[str, Cause] = {}
"""For the changes of a plan, which have no cause."""
_CONTEXT = 2
"""The number of unchanged items that are shown on either side of a changed one."""


@dataclass(frozen=True)
class Room:
    """How much of each field is shown: lines, characters of each, and characters in all."""

    lines: int = 40
    width: int = 200
    characters: int = 2_000


def change_title(change: Change, *, cause: Cause | None = None) -> str:
    """What is done to which slot; for drift, which slot differs and why."""
    slot = f"{code(change.slot_id, most=MAX_NAME)} ({code(change.name, most=MAX_NAME)})"
    if change.tenant_id is not None:
        slot = f"{slot}, id {code(change.tenant_id, most=MAX_NAME)}"
    if is_gone(change, cause):
        return f"**deleted in the tenant**: {slot}"
    untrained = "" if change.trigger_retrain else ", neither retrained nor gated"
    return f"**{_VERB[change.action]}** {slot}{untrained}{_MARK[cause]}"


def change_diff(
    change: Change, *, cause: Cause | None = None, room: Room | None = None
) -> list[str]:
    """The fields as a fenced diff; whole, unless `room` limits it. Nothing for a slot that was
    deleted in the tenant."""
    if is_gone(change, cause):
        return []
    return fields_diff(change.fields, room=room)


def fields_diff(fields: Sequence[FieldChange], *, room: Room | None = None) -> list[str]:
    """The fields as a fenced diff; whole, unless `room` limits it."""
    return fenced([line for each in fields for line in _field_lines(each, room)], language="diff")


def change_size(fields: Sequence[FieldChange]) -> str:
    """`2 fields, +3 -1`: the size of a folded diff."""
    signs = [sign for each in fields for sign, _ in diff_lines(each)]
    return f"{counted(len(fields), 'field')}, +{signs.count('+')} -{signs.count('-')}"


def _field_lines(field: FieldChange, room: Room | None) -> list[str]:
    """A list with its name above it, a single value beside its name; nothing if both sides are
    empty."""
    name, signed = clipped(field.field, most=MAX_NAME), list(diff_lines(field))
    if not (isinstance(field.before, list) or isinstance(field.after, list)):
        lines = [f"{sign} {name}: {text}" for sign, text in signed]
        return list(_cut(lines, room)) if room else lines
    lines = list(_collapsed(signed))
    if not lines:
        return []
    return [f"  {name}:", *(_cut(lines, room) if room else lines)]


def _collapsed(lines: list[tuple[str, str]]) -> Iterator[str]:
    """Each line as `sign   text`; in long runs of unchanged lines, the middle is only counted."""
    changed = [index for index, (sign, _) in enumerate(lines) if sign != " "]
    near = {
        index
        for each in changed
        for index in range(each - _CONTEXT, each + _CONTEXT + 1)
        if 0 <= index < len(lines)
    }
    hidden = 0
    for index, (sign, text) in enumerate(lines):
        if index not in near:
            hidden += 1
            continue
        if hidden:
            yield _as_before(hidden)
            hidden = 0
        yield f"{sign}   {text}"
    if hidden:
        yield _as_before(hidden)


def _as_before(count: int) -> str:
    return f"    … {count} as before"


def _cut(lines: list[str], room: Room) -> Iterator[str]:
    left = room.characters
    for index, line in enumerate(lines):
        shown = clipped(line, most=room.width)
        left -= len(shown)
        if index >= room.lines or left < 0:
            rest = lines[index:]
            gone = [sum(each.startswith(sign) for each in rest) for sign in "+-"]
            yield f"    … {counted(len(rest), 'more line')}, +{gone[0]} -{gone[1]}"
            return
        yield shown
