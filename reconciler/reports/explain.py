"""What slots take, as text for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from reconciler.model.api import Strategy
from reconciler.model.effect import Verdict, Witness
from reconciler.model.explanation import (
    NamedSlot,
    NotTried,
    OtherReading,
    SlotComparison,
    SlotExplanation,
    TextExplanation,
)
from reconciler.model.listed import listed
from reconciler.reports.effects import ENGINES, visible_text
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted
from reconciler.reports.text.layout import columns_of, hanging, wrapped

_MARGIN = "  "
_COLUMN = 28
"""The widest first column that is aligned."""


def text_explanation(found: TextExplanation, *, width: int | None) -> str:
    """What a slot does with a text, by which pattern, and which other slots extract something."""
    why = [
        *_strategy(found.strategy, width),
        *_reasons(found, width),
        *_other_reading(found.other_reading, width),
    ]
    return _sections(
        _headline(found, width), _table(_matches(found), width), why, _others(found, width)
    )


def slot_explanation(found: SlotExplanation, *, width: int | None) -> str:
    """What a slot takes, what it finds in longer texts, and what other slots have in common."""
    said = f"{_title(found.slot)}"
    if found.description:
        said += f": {plain(found.description)}"
    about = [
        *_strategy(found.strategy, width),
        *_longer(found, width),
        *_rejects(found, width),
    ]
    return _sections(
        wrapped(said, width=width), _taken(found, width), about, _overlaps(found, width)
    )


def slot_comparison(found: SlotComparison, *, width: int | None) -> str:
    """What two slots both take, and what only one of them does."""
    effect = found.effect
    first, second = _name(found.first), _name(found.second)
    apart = [
        _only(name, witnesses, width)
        for name, witnesses in ((first, effect.no_longer_takes), (second, effect.newly_takes))
    ]
    unknown = []
    if effect.undetermined is not None and effect.undetermined != found.undetermined:
        unknown = hanging(f"Not determined: {plain(effect.undetermined)}.", width=width)
    return _sections(
        wrapped(f"{_title(found.first)} and {_title(found.second)}", width=width),
        _inclusion(found, width),
        *apart,
        _both(found, width),
        unknown,
    )


def _sections(*sections: Iterable[str]) -> str:
    """Those that have lines, with an empty line between them."""
    return "\n\n".join(text for each in sections if (text := "\n".join(each)))


def _heading(text: str, width: int | None) -> list[str]:
    return [click.style(line, bold=True) for line in wrapped(text, width=width)]


def _only(name: str, witnesses: tuple[Witness, ...], width: int | None) -> Iterator[str]:
    if witnesses:
        verb = "finds something in" if witnesses[0].in_longer_text else "takes"
        yield from _heading(f"Only {name} {verb}", width)
        yield from _table(map(_witness, witnesses), width)


def _inclusion(found: SlotComparison, width: int | None) -> Iterator[str]:
    """Whether one takes all that the other takes, as far as that is known."""
    effect, first, second = found.effect, _name(found.first), _name(found.second)
    witnesses = (*effect.newly_takes, *effect.no_longer_takes)
    if effect.verdict is Verdict.SAME or any(each.in_longer_text for each in witnesses):
        yield from hanging("Each given alone, they take the same texts: proven.", width=width)
    elif effect.verdict is Verdict.WIDER:
        said = f"{second} takes every text that {first} takes: proven."
        yield from hanging(said, width=width)
    elif effect.verdict is Verdict.NARROWER:
        said = f"{first} takes every text that {second} takes: proven."
        yield from hanging(said, width=width)


def _headline(found: TextExplanation, width: int | None) -> Iterator[str]:
    title, text = _title(found.slot), _quoted(found.text)
    if found.undetermined is not None:
        said = f"{title}: what it makes of {text} is not determined: {plain(found.undetermined)}."
    elif found.is_taken:
        said = f"{title} takes {text}."
    elif found.value is not None:
        said = f"{title} extracts {_quoted(found.value)} from {text}."
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
        yield from _heading("Other slots that extract something from it", width)
        rows = (
            (_name(each.slot), f"{visible_text(each.value)}, by {plain(each.pattern)}")
            for each in found.others
        )
        yield from _table(rows, width)
    elif found.others_tried > len(found.not_tried):
        number = found.others_tried - len(found.not_tried)
        yield from hanging(
            f"No other slot extracts anything from it ({number} tried).", width=width
        )
    yield from _unknown("not tried", found.not_tried, width)


def _taken(found: SlotExplanation, width: int | None) -> Iterator[str]:
    if found.is_all and not found.kinds:
        yield from hanging("It takes no text: proven.", width=width)
    elif found.kinds:
        yield from _heading("Takes exactly these texts, each given alone", width)
        rows = []
        for kind in found.kinds:
            own = ", your example" if kind.own_example else ""
            texts = f"all of {plain(kind.all_of)}"
            if kind.words is None:
                rows.append((visible_text(kind.text), f"{texts}{own}"))
            else:
                rows.append((visible_text(kind.text), f"{plain(kind.words)}{own}"))
                rows.append(("", texts))
        yield from _table(rows, width)
    elif found.patterns:
        yield from _heading("Takes texts by these patterns, each given alone, for example", width)
        examples = (
            (
                plain(each.pattern),
                "no example was found"
                if each.text is None
                else f"{visible_text(each.text)}{', your example' if each.own_example else ''}",
            )
            for each in found.patterns
        )
        yield from _table(examples, width)
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
        found = f"{visible_text(longer.value)} in {_quoted(longer.text)}"
        said = f"In longer texts it finds a part: {found}."
    yield from hanging(said, width=width)


def _rejects(found: SlotExplanation, width: int | None) -> Iterator[str]:
    if found.rejects:
        rejects = listed(map(visible_text, found.rejects))
        yield from hanging(f"It extracts nothing from your examples {rejects}.", width=width)


def _overlaps(found: SlotExplanation, width: int | None) -> Iterator[str]:
    if found.overlaps:
        yield from _heading("Slots that take some of these texts too", width)
        rows = (
            (_name(each.slot), f"{visible_text(each.text)}, by {plain(each.pattern)}")
            for each in found.overlaps
        )
        yield from _table(rows, width)
    if found.disjoint and not found.overlaps and not found.not_compared:
        slots = counted(found.disjoint, "slot")
        said = f"No other slot takes any of these texts: proven for {slots}."
        yield from hanging(said, width=width)
    elif found.disjoint:
        others = counted(found.disjoint, "other slot")
        verb = "takes" if found.disjoint == 1 else "take"
        yield from hanging(f"{others} {verb} none of these texts: proven.", width=width)
    yield from _unknown("not compared", found.not_compared, width)


def _both(found: SlotComparison, width: int | None) -> Iterator[str]:
    if found.undetermined is not None:
        yield from hanging(
            f"What both take is not determined: {plain(found.undetermined)}.", width=width
        )
    elif found.both is None:
        yield from hanging("No text is taken by both: proven.", width=width)
    else:
        both = found.both
        own = ", an example" if both.own_example else ""
        yield from _heading("Both take", width)
        said = f"by {plain(both.own_pattern)} and {plain(both.pattern)}{own}"
        yield from _table([(visible_text(both.text), said)], width)


def _witness(witness: Witness) -> tuple[str, str]:
    said = []
    value = witness.before or witness.after
    if witness.in_longer_text and value is not None:
        said.append(f"finds {visible_text(value)}")
    if witness.own_example:
        said.append("an example")
    if witness.all_of is not None:
        said.append(f"all of {plain(witness.all_of)}")
    if witness.engine is not None:
        said.append(f"for {ENGINES[witness.engine]} only")
    if witness.by_model:
        said.append("by our model")
    return visible_text(witness.text), ", ".join(said)


def _unknown(what: str, slots: Sequence[NotTried], width: int | None) -> Iterator[str]:
    reasons = dict.fromkeys(each.reason for each in slots)
    for reason in reasons:
        names = listed(_name(each.slot) for each in slots if each.reason == reason)
        yield from hanging(f"{what.capitalize()}: {names}: {plain(reason)}.", width=width)


def _strategy(strategy: Strategy, width: int | None) -> Iterator[str]:
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


def _table(rows: Iterable[tuple[str, str]], width: int | None) -> list[str]:
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


def _title(slot: NamedSlot) -> str:
    if slot.name is None or slot.name == slot.slot_id:
        return click.style(plain(slot.slot_id), bold=True)
    return f"{click.style(plain(slot.name), bold=True)} ({plain(slot.slot_id)})"


def _name(slot: NamedSlot) -> str:
    return plain(slot.name or slot.slot_id)


def _quoted(text: str) -> str:
    return f'"{visible_text(text)}"'
