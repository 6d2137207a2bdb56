"""What two slots both take, and what only one of them does."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.effect import Verdict, Witness
from reconciler.model.explanation import SlotComparison
from reconciler.reports.effects import ENGINES, visible_text
from reconciler.reports.escaping import plain
from reconciler.reports.explaining.parts import heading, name_of, sections, table, title_of
from reconciler.reports.text.layout import hanging, wrapped


def slot_comparison(found: SlotComparison, *, width: int | None) -> str:
    """What two slots both take, and what only one of them does."""
    effect = found.effect
    first, second = name_of(found.first), name_of(found.second)
    apart = [
        _only(name, witnesses, width)
        for name, witnesses in ((first, effect.no_longer_takes), (second, effect.newly_takes))
    ]
    unknown = []
    if effect.undetermined is not None and effect.undetermined != found.undetermined:
        unknown = hanging(f"Not determined: {plain(effect.undetermined)}.", width=width)
    return sections(
        wrapped(f"{title_of(found.first)} and {title_of(found.second)}", width=width),
        _inclusion(found, width),
        *apart,
        _both(found, width),
        unknown,
    )


def _only(name: str, witnesses: tuple[Witness, ...], width: int | None) -> Iterator[str]:
    if witnesses:
        verb = "finds something in" if witnesses[0].in_longer_text else "takes"
        yield from heading(f"Only {name} {verb}", width)
        yield from table(map(_witness, witnesses), width)


def _inclusion(found: SlotComparison, width: int | None) -> Iterator[str]:
    """Whether one takes all that the other takes, as far as that is known."""
    effect, first, second = found.effect, name_of(found.first), name_of(found.second)
    witnesses = (*effect.newly_takes, *effect.no_longer_takes)
    if effect.verdict is Verdict.SAME or any(each.in_longer_text for each in witnesses):
        yield from hanging("Each given alone, they take the same texts: proven.", width=width)
    elif effect.verdict is Verdict.WIDER:
        said = f"{second} takes every text that {first} takes: proven."
        yield from hanging(said, width=width)
    elif effect.verdict is Verdict.NARROWER:
        said = f"{first} takes every text that {second} takes: proven."
        yield from hanging(said, width=width)


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
        yield from heading("Both take", width)
        said = f"by {plain(both.own_pattern)} and {plain(both.pattern)}{own}"
        yield from table([(visible_text(both.text), said)], width)


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
