"""What differs between two environments live, as text."""

from __future__ import annotations

from collections.abc import Iterator

import click

from reconciler.model.change import Action
from reconciler.model.live_difference import Intent, LiveDifference, SlotDifference
from reconciler.reports.escaping import plain
from reconciler.reports.live_difference import (
    HEADINGS,
    headline,
    other_counts,
    slots_of,
    unmanaged_counts,
)
from reconciler.reports.text.changes import LABEL_WIDTH, field_lines
from reconciler.reports.text.colors import SIGN_COLOR
from reconciler.reports.text.layout import hanging


def live_difference_text(found: LiveDifference, *, width: int | None = None) -> str:
    """What the files do not mean to differ, and below it what they do, each as a diff from the
    first environment to the second."""
    title = f"Difference of the live slots, from {plain(found.first)} to {plain(found.second)}"
    lines = [click.style(title, bold=True), ""]
    for intent in Intent:
        slots = slots_of(found, intent)
        if slots:
            lines.append(click.style(f"  {HEADINGS[intent]}", bold=True))
            for each in slots:
                lines.extend(_slot(each, intent, first=found.first))
            lines.append("")
    unmanaged = list(unmanaged_counts(found))
    if unmanaged:
        lines += [*hanging(f"Unmanaged slots: {plain('; '.join(unmanaged))}.", width=width), ""]
    is_well = not found.count(Intent.NOT_MEANT)
    said = click.style(headline(found), fg="green" if is_well else "red", bold=True)
    return "\n".join([*lines, *hanging(f"{said}{other_counts(found)}", width=width)])


def _slot(slot: SlotDifference, intent: Intent, *, first: str) -> Iterator[str]:
    name = "" if slot.name == slot.slot_id else f"  {plain(slot.name)}"
    if slot.only_in is not None:
        sign = "-" if slot.only_in == first else "+"
        title = click.style(f"{sign} {plain(slot.slot_id)}", fg=SIGN_COLOR[sign], bold=True)
        yield f"    {title}{name}  (only in {plain(slot.only_in)})"
        return
    yield f"    {click.style(f'~ {plain(slot.slot_id)}', fg='yellow', bold=True)}{name}"
    fields = slot.of(intent)
    label_width = max([LABEL_WIDTH, *(len(each.field) for each in fields)])
    for each in fields:
        yield from field_lines(each, action=Action.UPDATE, width=label_width)
