"""What differs between two environments, in words: the parts of several reports."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.listed import listed
from reconciler.model.live_difference import Intent, LiveDifference, SlotDifference
from reconciler.reports.numbers import counted

HEADINGS = {
    Intent.NOT_MEANT: "not meant by the files",
    Intent.UNMANAGED: "in fields that a file leaves unmanaged",
    Intent.MEANT: "meant by the files",
}


def slots_of(found: LiveDifference, intent: Intent) -> list[SlotDifference]:
    """The slots that differ with this intent, in a field or as a whole."""
    return [each for each in found.slots if intent in each.intents]


def headline(found: LiveDifference) -> str:
    """How many slots differ in ways that the files do not mean, without a full stop."""
    number = found.count(Intent.NOT_MEANT)
    if not number:
        return "Nothing differs that the files do not mean to differ"
    verb = "differs" if number == 1 else "differ"
    return f"{counted(number, 'slot')} {verb} in ways that the files do not mean"


def other_counts(found: LiveDifference) -> str:
    """The other counts, as the rest of that sentence and another one."""
    counts = [
        (found.count(Intent.MEANT), "as meant"),
        (found.count(Intent.UNMANAGED), "in unmanaged fields"),
    ]
    rest = ", ".join(f"{number} {what}" for number, what in counts if number)
    verb = "is" if found.same == 1 else "are"
    return f"{f'; {rest}' if rest else ''}. {counted(found.same, 'slot')} {verb} the same."


def unmanaged_counts(found: LiveDifference) -> Iterator[str]:
    """`2 only in staging: slot_x, slot_y`; nothing for what there is none of."""
    for name in (found.first, found.second):
        slot_ids = found.unmanaged.only_in.get(name, ())
        if slot_ids:
            yield f"{len(slot_ids)} only in {name}: {listed(slot_ids)}"
    if found.unmanaged.different:
        different = found.unmanaged.different
        yield f"{len(different)} different: {listed(different)}"
