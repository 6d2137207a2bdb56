"""One change as text: its title, and its fields as a diff in which what changed is marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.effect import Effect, Overlap
from reconciler.model.listed import listed
from reconciler.model.lookalikes import distinguishable
from reconciler.reports.diff import (
    AsBefore,
    DiffLine,
    Piece,
    collapsed,
    compared,
    marked_lines,
    written,
)
from reconciler.reports.effects import effect_rows, overlap_words
from reconciler.reports.escaping import plain
from reconciler.reports.text.colors import ACTION_COLOR, SIGN_COLOR
from reconciler.reports.text.layout import capped, columns_of

SYMBOL = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
LABEL_WIDTH = 14
_MOST_LINES = 20
"""The most lines of one field."""


def change_lines(
    change: Change, *, effect: Effect | None = None, overlaps: Sequence[Overlap] = ()
) -> Iterator[str]:
    """A change's title, its fields and what it means; for a deletion, what is lost."""
    untrained = "" if change.trigger_retrain else "  (not retrained, not gated)"
    yield f"    {change_title(change)}{untrained}"
    width = max([LABEL_WIDTH, *(len(each.field) for each in change.fields)])
    if change.depends_on:
        yield f"        {'after':<{width}} {plain(listed(change.depends_on))}"
    for each in change.fields:
        if change.action is Action.UPDATE or each.field != "name":  # the title has it
            yield from field_lines(each, action=change.action, width=width)
    yield from _meaning(effect, overlaps, width=width)


def change_title(change: Change) -> str:
    """What is done to which slot: `~ slot_city  city`, and the tenant's id if it is another."""
    head = f"{SYMBOL[change.action]} {plain(change.slot_id)}"
    name = "" if change.name == change.slot_id else f"  {plain(change.name)}"
    tenant_id = f"  (id {plain(change.tenant_id)})" if change.tenant_id is not None else ""
    return click.style(head, fg=ACTION_COLOR[change.action], bold=True) + name + tenant_id


def _meaning(effect: Effect | None, overlaps: Sequence[Overlap], *, width: int) -> Iterator[str]:
    rows = list(effect_rows(effect)) if effect is not None else []
    text_width = max((columns_of(row.text) for row in rows), default=0)
    label = f"        {'takes':<{width}}"
    for row in rows:
        padding = " " * (text_width - columns_of(row.text)) + "  " if row.text else ""
        shown = click.style(f"{row.sign} {row.text}", fg=SIGN_COLOR[row.sign]) if row.text else " "
        said = click.style(row.said, fg="yellow") if row.warns else row.said
        yield f"{label} {shown}{padding if row.text else ' '}{said}"
        label = " " * len(label)
    for each in overlaps:
        yield f"        {'overlap, new':<{width}} {overlap_words(each)}"


def field_lines(change: FieldChange, *, action: Action, width: int) -> Iterator[str]:
    """A field's name, in `width` columns, and its values, or what changes in them."""
    label = f"        {change.field:<{width}}"
    if isinstance(change.before, list) or isinstance(change.after, list):
        for index, line in enumerate(_list_lines(change)):
            yield f"{label if index == 0 else ' ' * len(label)} {line}"
    elif action is Action.CREATE:
        yield f"{label} {plain(written(change.after))}"
    elif action is Action.DELETE:
        if change.before is not None:
            lost = plain(written(change.before))
            yield f"{label} {click.style(lost, fg=SIGN_COLOR['-'])}"
    else:
        yield f"{label} {_replacement(change)}"


def _list_lines(change: FieldChange) -> Iterator[str]:
    shown, rest = capped(list(collapsed(list(marked_lines(change)))), most=_MOST_LINES)
    for line in shown:
        if isinstance(line, AsBefore):
            yield f"  … {line.count} as before"
        else:
            yield _styled(line)
    if rest:
        yield f"… {rest} more lines"


def _styled(line: DiffLine) -> str:
    return click.style(f"{line.sign} ", fg=SIGN_COLOR[line.sign]) + _pieces(
        line.pieces, sign=line.sign
    )


def _replacement(change: FieldChange) -> str:
    old, new = (
        "(none)" if value is None else written(value) for value in (change.before, change.after)
    )
    shown = distinguishable((old, new))
    pieces = compared(shown[old], shown[new]) or ((Piece(shown[old]),), (Piece(shown[new]),))
    return f"{_pieces(pieces[0], sign='-')} → {_pieces(pieces[1], sign='+')}"


def _pieces(pieces: tuple[Piece, ...], *, sign: str) -> str:
    """What changed is inverted, which without colour is not shown."""
    return "".join(
        click.style(plain(each.text), fg=SIGN_COLOR[sign], reverse=each.is_changed or None)
        for each in pieces
    )
