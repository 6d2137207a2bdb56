"""What the explanations are made of: sections, headings, tables, and names of slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from reconciler.model.api import Strategy
from reconciler.model.explanation import NamedSlot, NotTried
from reconciler.model.listed import listed
from reconciler.reports.effects import visible_text
from reconciler.reports.escaping import plain
from reconciler.reports.text.layout import columns_of, hanging, wrapped

_MARGIN = "  "
_COLUMN = 28
"""The widest first column that is aligned."""


def sections(*sections: Iterable[str]) -> str:
    """Those that have lines, with an empty line between them."""
    return "\n\n".join(text for each in sections if (text := "\n".join(each)))


def heading(text: str, width: int | None) -> list[str]:
    """A heading of what follows."""
    return [click.style(line, bold=True) for line in wrapped(text, width=width)]


def table(rows: Iterable[tuple[str, str]], width: int | None) -> list[str]:
    """Two columns; where the first one is too wide, the second one stands below it."""
    every = list(rows)
    most = _COLUMN if width is None else min(_COLUMN, width // 3)
    fitting = [columns_of(first) for first, _ in every if columns_of(first) <= most]
    column = max(fitting, default=0)
    lines = []
    for first, second in every:
        indent = len(_MARGIN) + column + len(_MARGIN)
        pieces = wrapped(second, width=width, indent=indent)
        if columns_of(first) <= column:
            padded = _MARGIN + first + " " * (column - columns_of(first)) + _MARGIN
            pieces[0] = padded + pieces[0][indent:]
        else:
            pieces = [*wrapped(first, width=width, indent=len(_MARGIN)), *pieces]
        lines += [each.rstrip() for each in pieces]
    return lines


def strategy_lines(strategy: Strategy, width: int | None) -> Iterator[str]:
    """How the slot chooses among the matches of its patterns; nothing if it has one regex."""
    if not strategy.name:
        return
    if strategy.whole_text:
        said = "a pattern has to match all of the text"
    elif strategy.takes_first:
        said = "the first pattern that matches counts"
    else:
        said = "the longest match counts"
    if strategy.ignores_case:
        said += ", in upper or lower case"
    yield from hanging(f"{strategy.name}: {said}.", width=width)


def unknown_lines(what: str, slots: Sequence[NotTried], width: int | None) -> Iterator[str]:
    """The slots of which something is not known, by the reason; `what` was not done."""
    reasons = dict.fromkeys(each.reason for each in slots)
    for reason in reasons:
        names = listed(name_of(each.slot) for each in slots if each.reason == reason)
        yield from hanging(f"{what.capitalize()}: {names}: {plain(reason)}.", width=width)


def title_of(slot: NamedSlot) -> str:
    """A slot's name and id, the first time that it is mentioned."""
    if slot.name is None or slot.name == slot.slot_id:
        return click.style(plain(slot.slot_id), bold=True)
    return f"{click.style(plain(slot.name), bold=True)} ({plain(slot.slot_id)})"


def name_of(slot: NamedSlot) -> str:
    """A slot's name, or else its id."""
    return plain(slot.name or slot.slot_id)


def quoted(text: str) -> str:
    """A text within a sentence."""
    return f'"{visible_text(text)}"' if text else '""'
