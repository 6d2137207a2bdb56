"""The changes one by one: what their examples show, who depends on them, and their diffs.

A diff of at most OPEN_LINES is open, and the next change's too, until OPEN_TOTAL lines are used
up. A longer one is folded; so is everything after the last line, in a single fold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import Cause, Change
from reconciler.model.effect import Effect
from reconciler.model.lookalikes import distinguishable
from reconciler.model.review import ExampleChange, Review
from reconciler.reports.markdown_changes import NO_CAUSES, Room, change_diff, change_size
from reconciler.reports.markdown_effects import effect_block
from reconciler.reports.markdown_text import (
    MAX_NAME,
    code,
    codes,
    folded,
    link_to,
    without_middle,
)
from reconciler.reports.numbers import counted
from reconciler.reports.words import example_effect

OPEN_LINES = 12
OPEN_TOTAL = 60
_FOLDED_LINES = 2
"""What a folded diff takes of OPEN_TOTAL: its heading and its summary."""
_MAX_EXAMPLES = 8
_NOTHING = Review(compared=False)
_FOLD = 300
"""Characters that the last fold and its sentence about what is left out may take."""

Numbered = tuple[int, Change]
"""A change and its number in the table above, which is that of its execution."""


def numbered(changes: Sequence[Change]) -> list[Numbered]:
    """The changes with their numbers, from 1."""
    return list(enumerate(changes, start=1))


def changes_section(
    changes: Sequence[Numbered],
    *,
    title: str,
    link: str | None,
    full: str,
    room: int,
    review: Review = _NOTHING,
    causes: Mapping[str, Cause] = NO_CAUSES,
    open_lines: int = OPEN_TOTAL,
) -> Iterator[str]:
    """Each change in turn; if there is no room for all, whole changes are left out of the middle.
    `link`, with the text `full`, leads to all of them."""
    if not changes:
        return

    def render(index: int) -> str:
        number, change = changes[index]
        cause = causes.get(change.slot_id)
        fold = index < opened and _size(change, cause) > OPEN_LINES
        return "\n".join(_change(change, number=number, review=review, fold=fold, cause=cause))

    def pieces(start: int, end: int, *, room: int) -> list[str]:
        return without_middle(
            end - start,
            render=lambda index: render(start + index),
            room=room,
            left_out=lambda count: _left_out(count, link=link, full=full),
        )

    opened = _opened(changes, causes=causes, most=open_lines)
    head = f"#### {title}"
    room -= len(head) + 2
    rest = len(changes) - opened
    first = pieces(0, opened, room=room - (len(_left_out(rest, link=link, full=full)) + _FOLD))
    yield from _spaced((head, *first))
    if rest:
        room -= sum(len(each) + 2 for each in first) + _FOLD
        summary = counted(rest, "more change" if opened else "change")
        inner = list(_spaced(pieces(opened, len(changes), room=room)))[:-1]
        yield from (*folded(summary, inner), "")


def _spaced(pieces: Sequence[str]) -> Iterator[str]:
    for piece in pieces:
        yield from (piece, "")


def _opened(changes: Sequence[Numbered], *, causes: Mapping[str, Cause], most: int) -> int:
    """How many changes stand before the last fold."""
    for index, (_, change) in enumerate(changes):
        size = _size(change, causes.get(change.slot_id))
        most -= size if size <= OPEN_LINES else _FOLDED_LINES
        if most < 0:
            return index
    return len(changes)


def _size(change: Change, cause: Cause | None) -> int:
    """Lines of the diff."""
    return max(1, len(change_diff(change, cause=cause, room=Room())) - 2)


def _change(
    change: Change, *, number: int, review: Review, fold: bool, cause: Cause | None
) -> Iterator[str]:
    yield f"**{number}.** {code(change.name, most=MAX_NAME)}"
    slot_id = change.slot_id
    effect = review.effects.slots.get(slot_id)
    yield from effect_block(effect, review.effects.overlaps_of(slot_id))
    notes = [
        *_examples(_untold(review.examples.get(slot_id, ()), effect)),
        *_untried(change.slot_id, review.untried),
        *_dependents(review.dependents.get(change.slot_id, ())),
    ]
    if notes:
        yield from ("", *notes)
    diff = change_diff(change, cause=cause, room=Room())
    if diff:
        yield ""
    yield from folded(change_size(change.fields), diff) if fold and diff else diff


def _untold(found: Sequence[ExampleChange], effect: Effect | None) -> list[ExampleChange]:
    """The examples that the effect has not mentioned."""
    witnesses = (*effect.newly_takes, *effect.no_longer_takes) if effect is not None else ()
    told = {witness.text for witness in witnesses}
    return [each for each in found if each.text not in told]


def _examples(found: Sequence[ExampleChange]) -> Iterator[str]:
    for each in found[:_MAX_EXAMPLES]:
        shown = distinguishable(
            value for value in (each.text, each.before, each.after) if value is not None
        )
        yield f"- {_example(each, shown=shown)}"
    if len(found) > _MAX_EXAMPLES:
        yield f"- … and {counted(len(found) - _MAX_EXAMPLES, 'more example')}"


def _example(each: ExampleChange, *, shown: Mapping[str, str]) -> str:
    """`#481920` matches now (did not before)."""
    said = {value: code(text, most=MAX_NAME) for value, text in shown.items()}
    text, effect = said[each.text], example_effect(each)
    if each.before is None and each.after is not None:
        value = "" if each.after == each.text else f", as {said[each.after]}"
        return f"{text} {effect}{value} (did not before)"
    if each.after is None and each.before is not None:
        value = "did before" if each.before == each.text else f"was {said[each.before]} before"
        return f"{text} {effect} ({value})"
    values = [said[value] for value in (each.after, each.before) if value is not None]
    return f"{text} {effect}: {' (before: '.join(values)})"


def _untried(slot_id: str, untried: Sequence[str]) -> Iterator[str]:
    if slot_id in untried:
        yield "- Its examples were not tried: a pattern, live or new, takes too long."


def _dependents(found: Sequence[str]) -> Iterator[str]:
    if found:
        depend = "depends" if len(found) == 1 else "depend"
        yield f"- {counted(len(found), 'slot')} {depend} on it: {codes(found)}"


def _left_out(count: int, *, link: str | None, full: str) -> str:
    return (
        f"**… {counted(count, 'change')} {'is' if count == 1 else 'are'} left out here**, because "
        f"a comment or summary holds no more; see {link_to(link, full)}."
    )
