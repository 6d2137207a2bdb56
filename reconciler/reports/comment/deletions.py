"""The box about deletions: which slots go, and what is lost with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.change import Action, Change, FieldChange
from reconciler.reports.diff import written
from reconciler.reports.markdown_text import MAX_NAME, code, codes, quoted, within
from reconciler.reports.numbers import counted

_ROOM = 7_000
_MOST = 5
"""The values of one field that are shown."""


def deletions_section(changes: Sequence[Change]) -> Iterator[str]:
    """Which slots are deleted, with the content that no rollback brings back."""
    deleted = [change for change in changes if change.action is Action.DELETE]
    if not deleted:
        return
    items = (f"> - {_lost(each)}" for each in deleted)
    yield "> [!CAUTION]"
    yield f"> **{counted(len(deleted), 'slot')} will be DELETED from the tenant. What is lost:**"
    yield ">"
    yield from quoted(within(items, count=len(deleted), room=_ROOM, noun="slot"))
    yield ""


def _lost(change: Change) -> str:
    slot = f"{code(change.name, most=MAX_NAME)} ({code(change.slot_id, most=MAX_NAME)})"
    lost = (each for each in change.fields if each.field != "name" and each.before)
    fields = "; ".join(map(_field, lost))
    return f"{slot}: {fields}" if fields else slot


def _field(field: FieldChange) -> str:
    before = field.before
    values = before if isinstance(before, list) else [before]
    shown = codes([written(each) for each in values], most=_MOST)
    return f"{code(field.field, most=MAX_NAME)} {shown}"
