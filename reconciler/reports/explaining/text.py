"""What a slot does with a text."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.explanation import OtherReading, TextExplanation
from reconciler.reports.effects import ENGINES, visible_text
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
from reconciler.reports.text.layout import hanging, wrapped


def text_explanation(found: TextExplanation, *, width: int | None) -> str:
    """What a slot does with a text, by which pattern, and which other slots extract something."""
    why = [
        *strategy_lines(found.strategy, width),
        *_reasons(found, width),
        *_other_reading(found.other_reading, width),
    ]
    return sections(
        _headline(found, width), table(_matches(found), width), why, _others(found, width)
    )


def _headline(found: TextExplanation, width: int | None) -> Iterator[str]:
    title, text = title_of(found.slot), quoted(found.text)
    if found.undetermined is not None:
        said = f"{title}: what it makes of {text} is not determined: {plain(found.undetermined)}."
    elif found.is_taken:
        said = f"{title} takes {text}."
    elif found.value is not None:
        said = f"{title} extracts {quoted(found.value)} from {text}."
    else:
        said = f"{title} extracts nothing from {text}."
    yield from wrapped(said, width=width)


def _matches(found: TextExplanation) -> Iterator[tuple[str, str]]:
    for each in found.patterns:
        if each.undetermined is not None:
            said = f"not tried: {plain(each.undetermined)}"
        elif each.value is None:
            said = "no match"
        else:
            said = f"matches {visible_text(each.value)}"
            if each.pattern == found.pattern and len(found.patterns) > 1:
                said += ", which counts"
        yield plain(each.pattern), said


def _reasons(found: TextExplanation, width: int | None) -> Iterator[str]:
    if found.part is not None:
        yield from hanging(
            f"Given alone, {visible_text(found.part)} is taken: the rest of the text prevents it.",
            width=width,
        )
    if found.nearest is not None:
        yield from hanging(
            f"The nearest text that it takes is {visible_text(found.nearest)}.", width=width
        )


def _other_reading(reading: OtherReading | None, width: int | None) -> Iterator[str]:
    if reading is None:
        return
    engine = f"the engine of {ENGINES[reading.engine]}"
    if reading.undetermined is not None:
        said = f"What {engine} makes of it is not determined: {plain(reading.undetermined)}."
    else:
        does = "takes it" if reading.takes else "extracts nothing"
        if reading.extracts and not reading.takes:
            does = "extracts a part of it"
        said = (
            f"That is so for the engine of Python. With {engine}, the slot {does} (by our model)."
        )
    yield from hanging(said, width=width)


def _others(found: TextExplanation, width: int | None) -> Iterator[str]:
    if found.others:
        yield from heading("Other slots that extract something from it", width)
        rows = (
            (name_of(each.slot), f"{visible_text(each.value)}, by {plain(each.pattern)}")
            for each in found.others
        )
        yield from table(rows, width)
    elif found.others_tried > len(found.not_tried):
        number = found.others_tried - len(found.not_tried)
        yield from hanging(
            f"No other slot extracts anything from it ({number} tried).", width=width
        )
    yield from unknown_lines("not tried", found.not_tried, width)
