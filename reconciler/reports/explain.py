"""What slots take, as text for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from reconciler.model.api import Strategy
from reconciler.model.effect import Verdict, Witness
from reconciler.model.explanation import (
    NamedSlot,
    NotTried,
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
    lines = [*_headline(found, width), ""]
    lines += _table(_matches(found), width)
    if found.patterns:
        lines += ["", *hanging(_strategy(found.strategy), width=width)]
    lines += _reasons(found, width)
    lines += ["", *_others(found, width)]
    return "\n".join(lines)


def slot_explanation(found: SlotExplanation, *, width: int | None) -> str:
    """What a slot takes, what it finds in longer texts, and what other slots have in common."""
    said = f"{_title(found.slot)}"
    if found.description:
        said += f": {plain(found.description)}"
    lines = [*wrapped(said, width=width), ""]
    if found.undetermined is not None and not found.patterns:
        lines += hanging(f"Not determined: {plain(found.undetermined)}.", width=width)
        return "\n".join(lines)
    lines += _taken(found, width)
    lines += hanging(_strategy(found.strategy), width=width)
    lines += _longer(found, width)
    if found.rejects:
        rejects = listed(map(visible_text, found.rejects))
        lines += hanging(f"It extracts nothing from your examples {rejects}.", width=width)
    lines += ["", *_overlaps(found, width)]
    return "\n".join(lines)


def slot_comparison(found: SlotComparison, *, width: int | None) -> str:
    """What two slots both take, and what only one of them does."""
    effect = found.effect
    first, second = _name(found.first), _name(found.second)
    lines = [*wrapped(f"{_title(found.first)} and {_title(found.second)}", width=width), ""]
    if effect.verdict is Verdict.SAME:
        lines += hanging("They take the same texts: proven.", width=width)
    for name, witnesses in ((first, effect.no_longer_takes), (second, effect.newly_takes)):
        if witnesses:
            verb = "finds something in" if witnesses[0].in_longer_text else "takes"
            lines.append(click.style(f"Only {name} {verb}", bold=True))
            lines += [*_table((_witness(each) for each in witnesses), width), ""]
    lines += _both(found, width)
    if effect.undetermined is not None and effect.undetermined != found.undetermined:
        lines += hanging(f"Not determined: {plain(effect.undetermined)}.", width=width)
    return "\n".join(lines)


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


def _others(found: TextExplanation, width: int | None) -> Iterator[str]:
    if found.others:
        yield click.style("Other slots that extract something from it", bold=True)
        rows = (
            (_name(each.slot), f"{visible_text(each.value)}, by {plain(each.pattern)}")
            for each in found.others
        )
        yield from _table(rows, width)
    elif found.others_tried > len(found.not_tried):
        number = found.others_tried - len(found.not_tried)
        which = (
            "The other slot extracts" if number == 1 else f"None of the {number} others extracts"
        )
        yield from hanging(f"{which} anything from it.", width=width)
    yield from _unknown("not tried", found.not_tried, width)


def _taken(found: SlotExplanation, width: int | None) -> Iterator[str]:
    if found.is_all and not found.kinds:
        yield from hanging("It takes no text: proven.", width=width)
    elif found.kinds:
        yield click.style("Takes exactly these texts, each given alone", bold=True)
        rows = []
        for kind in found.kinds:
            own = "your example: " if kind.own_example else ""
            rows.append((visible_text(kind.text), f"{own}{plain(kind.words or 'all')}"))
            rows.append(("", f"all of {plain(kind.all_of)}"))
        yield from _table(rows, width)
    else:
        yield click.style("Takes, each given alone, what one of these matches", bold=True)
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
    yield ""


def _longer(explained: SlotExplanation, width: int | None) -> Iterator[str]:
    longer = explained.longer
    if longer is None:
        return
    if longer.undetermined is not None:
        said = f"What it finds in longer texts is not determined: {plain(longer.undetermined)}."
    elif longer.text is None or longer.value is None:
        said = "In any longer text it finds nothing: proven."
    else:
        found = f"{visible_text(longer.value)} in {_quoted(longer.text)}"
        said = f"In longer texts it finds a part: {found}."
    yield from hanging(said, width=width)


def _overlaps(found: SlotExplanation, width: int | None) -> Iterator[str]:
    if found.overlaps:
        yield click.style("Slots that take some of these texts too", bold=True)
        rows = (
            (_name(each.slot), f"{visible_text(each.text)}, by {plain(each.pattern)}")
            for each in found.overlaps
        )
        yield from _table(rows, width)
    if found.disjoint:
        other = " other" if found.overlaps else ""
        slots = counted(found.disjoint, f"{other.strip()} slot".strip())
        verb = "takes" if found.disjoint == 1 else "take"
        yield from hanging(
            f"{slots} {verb} none of these texts: proven."
            if found.overlaps
            else f"No other slot takes any of these texts: proven for {slots}.",
            width=width,
        )
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
        yield click.style("Both take", bold=True)
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


def _strategy(strategy: Strategy) -> str:
    if strategy.whole_text:
        said = "a pattern has to match all of the text"
    elif strategy.takes_first:
        said = "the first pattern that matches counts"
    else:
        said = "the longest match counts"
    if strategy.ignores_case:
        said += ", in upper or lower case"
    return f"{strategy.name}: {said}." if strategy.name else f"{said.capitalize()}."


def _table(rows: Iterator[tuple[str, str]] | list[tuple[str, str]], width: int | None) -> list[str]:
    """Two columns; where the first one is too wide, the second one stands below it."""
    every = list(rows)
    fitting = [columns_of(first) for first, _ in every if columns_of(first) <= _COLUMN]
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
