"""The box about safety settings that a plan's files change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from reconciler.model.lookalikes import distinguishable
from reconciler.model.review import Review, SafetyChange, SafetyEffect
from reconciler.reports.markdown_text import MAX_NAME, code, codes, quoted, within
from reconciler.reports.numbers import counted

_ROOM = 6_000
_SETTINGS = "reconciler.yaml"
_RANK = {SafetyEffect.WEAKENS: 0, SafetyEffect.NEITHER: 1, SafetyEffect.STRENGTHENS: 2}
_WORD = {
    SafetyEffect.WEAKENS: "**weakens** ",
    SafetyEffect.NEITHER: "",
    SafetyEffect.STRENGTHENS: "strengthens ",
}


def safety_section(review: Review) -> Iterator[str]:
    """The changed safety settings; those that weaken safety come first."""
    if not review.safety:
        return
    weakening = len(review.weakening)
    worse = f"; {weakening} of them weaken{'s' if weakening == 1 else ''} it" if weakening else ""
    ordered = sorted(review.safety, key=lambda change: _RANK[change.effect])
    items = (f"> - {_safety(change)}" for change in ordered)
    yield f"> [!{'WARNING' if weakening else 'IMPORTANT'}]"
    yield (
        f"> **Safety itself changes, compared with the base branch: "
        f"{counted(len(ordered), 'setting')}{worse}.**"
    )
    yield ">"
    yield from quoted(within(items, count=len(ordered), room=_ROOM, noun="setting"))
    yield ""


def _safety(change: SafetyChange) -> str:
    where = _SETTINGS if change.slot_id is None else change.slot_id
    head = f"{_WORD[change.effect]}{code(where, most=MAX_NAME)} {code(change.field)}: "
    before, after = change.before, change.after
    if isinstance(before, list) and (isinstance(after, list) or after is None):
        return head + _entries(
            [str(each) for each in before], [str(each) for each in (after or [])]
        )
    return f"{head}{_value(before)} → {_value(after)}"


def _entries(before: Sequence[str], after: Sequence[str]) -> str:
    shown = distinguishable((*before, *after))
    gained = [shown[each] for each in after if each not in before]
    lost = [shown[each] for each in before if each not in after]
    parts = [
        *([f"adds {codes(gained)}"] if gained else []),
        *([f"removes {codes(lost)}"] if lost else []),
    ]
    return "; ".join(parts)


def _value(value: JsonValue) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value)
    return code(text, most=MAX_NAME)
