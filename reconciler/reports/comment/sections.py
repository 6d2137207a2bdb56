"""The parts of a comment; none exceeds its room."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from reconciler.model.change import Action, Cause, Change
from reconciler.model.lookalikes import told_apart
from reconciler.model.review import Effect, ExampleChange, Review, SafetyChange
from reconciler.reports.markdown_changes import (
    NO_CAUSES,
    Room,
    change_diff,
    change_size,
    change_title,
)
from reconciler.reports.markdown_text import (
    MAX_NAME,
    MAX_TEXT,
    code,
    codes,
    folded,
    link_to,
    within,
    without_middle,
)
from reconciler.reports.numbers import counted

MANY = 5
"""If there are more changes than this, their diffs are folded."""
_SAFETY_ROOM = 10_000
_DELETION_ROOM = 6_000
_WARNING_ROOM = 6_000
_MAX_EXAMPLES = 8
_SETTINGS = "reconciler.yaml"
_NOTHING = Review(compared=False)
_RANK = {Effect.WEAKENS: 0, Effect.NEITHER: 1, Effect.STRENGTHENS: 2}
_WORD = {Effect.WEAKENS: "**weakens** ", Effect.NEITHER: "", Effect.STRENGTHENS: "strengthens "}


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
    yield from _quoted(within(items, count=len(ordered), room=_SAFETY_ROOM, noun="setting"))
    yield ""


def deletions_section(changes: Sequence[Change]) -> Iterator[str]:
    """Which slots are deleted."""
    deleted = [change for change in changes if change.action is Action.DELETE]
    if not deleted:
        return
    items = (
        f"> - {code(each.slot_id, most=MAX_NAME)} ({code(each.name, most=MAX_NAME)})"
        for each in deleted
    )
    yield "> [!CAUTION]"
    yield f"> **{counted(len(deleted), 'slot')} will be DELETED from the tenant:**"
    yield ">"
    yield from _quoted(within(items, count=len(deleted), room=_DELETION_ROOM, noun="slot"))
    yield ""


def changes_section(
    changes: Sequence[Change],
    *,
    title: str,
    link: str | None,
    full: str,
    room: int,
    review: Review = _NOTHING,
    causes: Mapping[str, Cause] = NO_CAUSES,
) -> Iterator[str]:
    """Each change in turn with its diff and its consequences; if there is no room for all, whole
    changes are left out of the middle."""
    if not changes:
        return
    head = f"#### {title}"
    pieces = without_middle(
        len(changes),
        render=lambda index: "\n".join(
            _change(
                changes[index],
                number=index + 1,
                review=review,
                fold=len(changes) > MANY,
                cause=causes.get(changes[index].slot_id),
            )
        ),
        room=room - len(head) - 2,
        left_out=lambda count: _left_out(count, link=link, full=full),
    )
    for piece in (head, *pieces):
        yield piece
        yield ""


def warnings_section(warnings: Sequence[str]) -> Iterator[str]:
    """The plan's warnings."""
    items = (f"- ⚠️ {code(each, most=MAX_TEXT)}" for each in warnings)
    if warnings:
        yield from ("#### Warnings", "")
        yield from (*within(items, count=len(warnings), room=_WARNING_ROOM, noun="warning"), "")


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
    shown = told_apart((*before, *after))
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


def _quoted(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.startswith("> ") else f"> {line}"


def _change(
    change: Change, *, number: int, review: Review, fold: bool, cause: Cause | None
) -> Iterator[str]:
    yield f"{number}\\. {change_title(change, cause=cause)}"
    diff = change_diff(change, cause=cause, room=Room())
    if diff:
        yield ""
    yield from folded(change_size(change.fields), diff) if fold and diff else diff
    notes = [
        *_examples(change.slot_id, review.examples),
        *_untried(change.slot_id, review.untried),
        *_dependents(change.slot_id, review.dependents),
    ]
    if notes:
        yield from ("", *notes)


def _examples(slot_id: str, examples: Mapping[str, tuple[ExampleChange, ...]]) -> Iterator[str]:
    found = examples.get(slot_id, ())
    if found:
        verb = "is" if len(found) == 1 else "are"
        yield f"- **{counted(len(found), 'example')} {verb} extracted differently than before:**"
        for each in found[:_MAX_EXAMPLES]:
            shown = told_apart(side for side in (each.before, each.after) if side is not None)
            old, new = (_extracted(side, shown=shown) for side in (each.before, each.after))
            yield f"  - {each.expected} {code(each.text, most=MAX_NAME)}: {old} → {new}"
        if len(found) > _MAX_EXAMPLES:
            yield f"  - … and {len(found) - _MAX_EXAMPLES} more"


def _extracted(value: str | None, *, shown: Mapping[str, str]) -> str:
    return "nothing" if value is None else code(shown[value], most=MAX_NAME)


def _untried(slot_id: str, untried: Sequence[str]) -> Iterator[str]:
    if slot_id in untried:
        yield "- Its examples were not tried: a pattern, live or new, takes too long."


def _dependents(slot_id: str, dependents: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    found = dependents.get(slot_id, ())
    if found:
        depend = "depends" if len(found) == 1 else "depend"
        yield f"- {counted(len(found), 'slot')} {depend} on it: {codes(found)}"


def _left_out(count: int, *, link: str | None, full: str) -> str:
    return (
        f"**… {counted(count, 'change')} {'is' if count == 1 else 'are'} left out here**, because "
        f"a comment or summary holds no more; see {link_to(link, full)}."
    )
