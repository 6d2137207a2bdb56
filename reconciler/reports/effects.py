"""What a changed slot means, in words: the texts that it newly takes and no longer takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reconciler.model.effect import Effect, Effects, Overlap, Verdict, Witness
from reconciler.reports.escaping import plain

_SHOWN = 60
"""Characters of a text, which comes from patterns and may be long."""
ENGINES = {"python": "Python", "ecmascript": "JavaScript"}
"""The engines whose readings of a pattern differ, by the name of the model."""
_VERBS = {
    Verdict.WIDER: ("widens", "widen"),
    Verdict.NARROWER: ("narrows", "narrow"),
    Verdict.DIFFERENT: ("widens and narrows", "widen and narrow"),
    Verdict.SAME: ("is only respelled", "are only respelled"),
    Verdict.UNDETERMINED: ("is not determined", "are not determined"),
}


@dataclass(frozen=True)
class EffectRow:
    """A text that is newly taken (`+`) or no longer taken (`-`), and what is said of it; without a
    sign and a text, what is said of the slot. `warns` marks one of the author's own examples that
    is lost."""

    said: str
    sign: Literal["+", "-", " "] = " "
    text: str = ""
    warns: bool = False


def effect_rows(effect: Effect) -> Iterator[EffectRow]:
    """All that is known of one slot's change, in at least one row."""
    for witness in effect.newly_takes:
        yield EffectRow(_gained(witness), "+", visible_text(witness.text))
    for witness in effect.no_longer_takes:
        row = EffectRow(_lost(witness), "-", visible_text(witness.text), warns=witness.own_example)
        yield row
    if effect.verdict is Verdict.SAME:
        yield EffectRow(same_words(effect))
    if effect.undetermined is not None:
        yield EffectRow(f"not determined: {plain(effect.undetermined)}")


def same_words(effect: Effect) -> str:
    """What is known of a slot that takes the same strings as before."""
    if effect.undetermined is not None:
        return "the same strings of one line, each given alone"
    return "the same strings of one line: only the spelling changed (proven)"


def effect_word(effect: Effect) -> str:
    """A slot's verdict in a few words: `widens`."""
    return _VERBS[effect.verdict][0]


def effect_counts(effects: Effects) -> str:
    """`2 widen, 1 narrows, 1 is only respelled`; "" if no slot was compared."""
    counts = ((verdict, effects.counted(verdict)) for verdict in _VERBS)
    return ", ".join(f"{count} {_VERBS[verdict][count > 1]}" for verdict, count in counts if count)


def overlap_words(overlap: Overlap) -> str:
    """`ticket_id takes ORD-12345 too, by ^ORD-.*$`."""
    own = ", an example" if overlap.own_example else ""
    return (
        f"{plain(overlap.other)} takes {visible_text(overlap.text)} too{own}, by "
        f"{plain(overlap.pattern)}"
    )


def visible_text(text: str) -> str:
    """A text of which each character can be seen, on one line and cut if it is long; `(empty)` if
    it has none."""
    if not text:
        return "(empty)"
    inner = text.strip(" ")
    begins = len(text) - len(text.lstrip(" "))
    shown = "␠" * begins + plain(inner) + "␠" * (len(text) - begins - len(inner))
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"


def provisos(witness: Witness) -> Iterator[str]:
    """Where a witness does not hold for every engine, or could not be tried."""
    if witness.engine is not None:
        if witness.beyond_ascii:
            yield "beyond ASCII"
        yield f"for {ENGINES[witness.engine]} only"
    if witness.by_model:
        yield "by our model"


def _gained(witness: Witness) -> str:
    if witness.in_longer_text:
        found = visible_text(witness.after or "")
        said = f"in a longer text, now finds {found}"
    elif witness.before is not None:
        said = f"took {visible_text(witness.before)} of it, now all"
    else:
        said = "new"
    return _completed(said, witness)


def _lost(witness: Witness) -> str:
    if witness.in_longer_text:
        said = f"in a longer text, no longer finds {visible_text(witness.before or '')}"
    elif witness.after is not None:
        said = f"took all of it, now {visible_text(witness.after)}"
    else:
        said = "gone"
    return _completed(said, witness)


def _completed(said: str, witness: Witness) -> str:
    own = ["your example"] if witness.own_example else []
    said = ", ".join((said, *own, *provisos(witness)))
    return f"{said}: all of {plain(witness.all_of)}" if witness.all_of is not None else said
