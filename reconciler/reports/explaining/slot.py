"""What a slot takes."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.explanation import SlotExplanation
from reconciler.model.listed import listed
from reconciler.reports.effects import visible_text
from reconciler.reports.escaping import plain
from reconciler.reports.explaining.parts import (
    heading,
    name_of,
    quoted,
    sections,
    strategy_lines,
    table,
    title_of,
    unknown_lines,
)
from reconciler.reports.numbers import counted
from reconciler.reports.text.layout import hanging, wrapped


def slot_explanation(found: SlotExplanation, *, width: int | None) -> str:
    """What a slot takes, what it finds in longer texts, and what other slots have in common."""
    said = f"{title_of(found.slot)}"
    if found.description:
        said += f": {plain(found.description)}"
    about = [
        *strategy_lines(found.strategy, width),
        *_longer(found, width),
        *_rejects(found, width),
    ]
    return sections(
        wrapped(said, width=width), _taken(found, width), about, _overlaps(found, width)
    )


def _taken(found: SlotExplanation, width: int | None) -> Iterator[str]:
    if found.is_all and not found.kinds:
        yield from hanging("It takes no text: proven.", width=width)
    elif found.kinds:
        yield from heading("Takes exactly these texts, each given alone", width)
        rows = []
        for kind in found.kinds:
            own = ", your example" if kind.own_example else ""
            texts = f"all of {plain(kind.all_of)}"
            if kind.words is None:
                rows.append((visible_text(kind.text), f"{texts}{own}"))
            else:
                rows.append((visible_text(kind.text), f"{plain(kind.words)}{own}"))
                rows.append(("", texts))
        yield from table(rows, width)
    elif found.patterns:
        yield from heading("Takes texts by these patterns, each given alone, for example", width)
        examples = (
            (
                plain(each.pattern),
                "no example was found"
                if each.text is None
                else f"{visible_text(each.text)}{', your example' if each.own_example else ''}",
            )
            for each in found.patterns
        )
        yield from table(examples, width)
    if found.undetermined is not None:
        yield from hanging(f"Not determined: {plain(found.undetermined)}.", width=width)


def _longer(explained: SlotExplanation, width: int | None) -> Iterator[str]:
    longer = explained.longer
    if longer is None:
        return
    if longer.undetermined is not None:
        said = f"What it finds in other texts is not determined: {plain(longer.undetermined)}."
    elif longer.text is None or longer.value is None:
        said = "In any other text it finds nothing: proven."
    else:
        found = f"{visible_text(longer.value)} in {quoted(longer.text)}"
        said = f"In longer texts it finds a part: {found}."
    yield from hanging(said, width=width)


def _rejects(found: SlotExplanation, width: int | None) -> Iterator[str]:
    if found.rejects:
        rejects = listed(map(visible_text, found.rejects))
        yield from hanging(f"It extracts nothing from your examples {rejects}.", width=width)


def _overlaps(found: SlotExplanation, width: int | None) -> Iterator[str]:
    if found.overlaps:
        yield from heading("Slots that take some of these texts too", width)
        rows = (
            (name_of(each.slot), f"{visible_text(each.text)}, by {plain(each.pattern)}")
            for each in found.overlaps
        )
        yield from table(rows, width)
    if found.disjoint and not found.overlaps and not found.not_compared:
        slots = counted(found.disjoint, "slot")
        said = f"No other slot takes any of these texts: proven for {slots}."
        yield from hanging(said, width=width)
    elif found.disjoint:
        others = counted(found.disjoint, "other slot")
        verb = "takes" if found.disjoint == 1 else "take"
        yield from hanging(f"{others} {verb} none of these texts: proven.", width=width)
    yield from unknown_lines("not compared", found.not_compared, width)
