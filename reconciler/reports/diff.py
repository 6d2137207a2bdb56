"""A changed field → lines with a sign, in which what changed is marked. Every report shows these.

A line that replaces a similar one follows it directly, and both say which of their pieces differ: a
terminal inverts these, a page can use <ins> and <del>.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.model.change import FieldChange
from reconciler.model.lookalikes import distinguishable

_TOKEN = re.compile(r"\\[pP]\{[^{}]*\}|\\.|\{[\d,]*\}|[^\W\d_]+|\d+|.", re.DOTALL)
"""What changes as a whole: a word, a number, or a piece of a pattern such as `\\d` or `{2,4}`."""
_SIMILAR = 0.5
"""The share of tokens that two lines must have in common. With less, marks only confuse."""
_LONGEST = 500
"""Characters of a line that is compared with others: the cost grows with the square."""
_MOST_COMPARED = 2_500
"""Pairs of lines that are compared in one place; beyond that, lines are not marked."""


@dataclass(frozen=True)
class Piece:
    """A part of a line, and whether the line that it is compared with has something else there."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class DiffLine:
    """An item of a field: `-` removed, `+` added, or a space if it stays. The text of its pieces
    may be foreign, so code that shows it has to make it harmless."""

    sign: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line, without the sign."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class AsBefore:
    """Lines of a field that stay, in the place of which only their count is shown."""

    count: int


def diff_lines(change: FieldChange) -> Iterator[tuple[str, str]]:
    """Each item of the field with its sign, for a report that cannot mark a part of a line."""
    yield from ((line.sign, line.text) for line in marked_lines(change))


def marked_lines(change: FieldChange) -> Iterator[DiffLine]:
    """Each item of the field with its sign, in order, and what changed in it.

    Items that look alike but differ are shown with escapes.
    """
    before, after = _items(change.before), _items(change.after)
    shown = distinguishable((*before, *after))
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield from (_whole(" ", shown[item]) for item in before[start:end])
        else:
            yield from _replaced(
                [shown[item] for item in before[start:end]],
                [shown[item] for item in after[new_start:new_end]],
            )


def collapsed(lines: Sequence[DiffLine], *, context: int = 2) -> Iterator[DiffLine | AsBefore]:
    """The lines that change, with `context` others on either side; of the rest only the counts."""
    near = {
        index + offset
        for index, line in enumerate(lines)
        if line.sign != " "
        for offset in range(-context, context + 1)
    }
    hidden = 0
    for index, line in enumerate(lines):
        if index not in near:
            hidden += 1
            continue
        if hidden:
            yield AsBefore(hidden)
            hidden = 0
        yield line
    if hidden:
        yield AsBefore(hidden)


def compared(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | None:
    """Both texts in pieces, of which those are marked that the other does not have; None if the
    texts are too different, or too long, for that to help."""
    if max(len(before), len(after)) > _LONGEST:
        return None
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    if matcher.real_quick_ratio() < _SIMILAR or matcher.ratio() < _SIMILAR:
        return None
    removed, added = [], []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        is_changed = tag != "equal"
        removed.append(Piece("".join(old[start:end]), is_changed))
        added.append(Piece("".join(new[new_start:new_end]), is_changed))
    return tuple(each for each in removed if each.text), tuple(each for each in added if each.text)


def written(value: Any) -> str:
    """A field's value as a slot file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _replaced(removed: Sequence[str], added: Sequence[str]) -> Iterator[DiffLine]:
    """The removed lines, each followed by the line that replaces it, if there is a similar one."""
    shown = 0
    is_compared = len(removed) * len(added) <= _MOST_COMPARED
    for old in removed:
        candidates = enumerate(added[shown:], shown) if is_compared else ()
        pairs = ((index, compared(old, new)) for index, new in candidates)
        index, pieces = next(((i, found) for i, found in pairs if found), (shown, None))
        if pieces is None:
            yield _whole("-", old)
            continue
        yield from (_whole("+", each) for each in added[shown:index])
        yield DiffLine("-", pieces[0])
        yield DiffLine("+", pieces[1])
        shown = index + 1
    yield from (_whole("+", each) for each in added[shown:])


def _whole(sign: str, text: str) -> DiffLine:
    return DiffLine(sign, (Piece(text),))


def _items(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [written(value)]
