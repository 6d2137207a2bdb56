"""A changed field → lines with a sign, which every report shows."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from reconciler.model.change import FieldChange
from reconciler.model.lookalikes import told_apart


def diff_lines(change: FieldChange) -> Iterator[tuple[str, str]]:
    """Each item of the field with `-`, `+` or, if it stays, a space; in order.

    Items that look alike but differ are shown with escapes.
    """
    before, after = _items(change.before), _items(change.after)
    shown = told_apart((*before, *after))
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield from ((" ", shown[item]) for item in before[start:end])
        else:
            yield from (("-", shown[item]) for item in before[start:end])
            yield from (("+", shown[item]) for item in after[new_start:new_end])


def written(value: Any) -> str:
    """A field's value as a slot file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _items(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [written(value)]
