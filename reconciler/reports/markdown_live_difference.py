"""What differs between two environments live, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.live_difference import Intent, LiveDifference, SlotDifference
from reconciler.reports.live_difference import (
    HEADINGS,
    headline,
    other_counts,
    slots_of,
    unmanaged_counts,
)
from reconciler.reports.markdown_changes import fields_diff
from reconciler.reports.markdown_text import MAX_NAME, MAX_TEXT, code, sentence


def live_difference_markdown(found: LiveDifference) -> str:
    """What the files do not mean to differ, and below it what they do, each as a diff from the
    first environment to the second."""
    first, second = (code(each, most=MAX_NAME) for each in (found.first, found.second))
    lines = [f"### Difference of the live slots, from {first} to {second}", ""]
    lines += [f"**{headline(found)}**{other_counts(found)}", ""]
    for intent in Intent:
        slots = slots_of(found, intent)
        if slots:
            lines += [f"#### {sentence(HEADINGS[intent]).rstrip('.')}", ""]
            for each in slots:
                lines.extend(_slot(each, intent))
    unmanaged = list(unmanaged_counts(found))
    if unmanaged:
        lines += ["#### Unmanaged slots", ""]
        lines += [f"- {code(each, most=MAX_TEXT)}" for each in unmanaged]
    return "\n".join(lines).rstrip()


def _slot(slot: SlotDifference, intent: Intent) -> Iterator[str]:
    title = f"{code(slot.slot_id, most=MAX_NAME)} ({code(slot.name, most=MAX_NAME)})"
    if slot.only_in is not None:
        yield from (f"**only in {code(slot.only_in, most=MAX_NAME)}**: {title}", "")
        return
    yield from (title, "", *fields_diff(slot.of(intent)), "")
