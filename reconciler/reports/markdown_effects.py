"""What a changed slot means, as Markdown: a line for each kind of text that is newly taken or no
longer taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.effect import Effect, Overlap, Verdict, Witness
from reconciler.reports.effects import ENGINES, same_words
from reconciler.reports.markdown_text import code, quoted

_SHOWN = 60
"""Characters of a text or pattern, which may be long."""
_MOST_REASON = 200


def effect_block(effect: Effect | None, overlaps: Sequence[Overlap]) -> list[str]:
    """A quotation, below an empty line; [] if there is nothing to say."""
    lines = [f"{line}  " for line in _lines(effect, overlaps)]  # two spaces break the line
    return ["", *quoted(lines)] if lines else []


def _lines(effect: Effect | None, overlaps: Sequence[Overlap]) -> Iterator[str]:
    if effect is not None:
        yield from (f"**newly takes** {_gained(each)}" for each in effect.newly_takes)
        yield from (f"**no longer takes** {_lost(each)}" for each in effect.no_longer_takes)
        if effect.verdict is Verdict.SAME:
            yield f"takes **{same_words(effect)}**"
        if effect.undetermined is not None:
            yield f"**not determined:** {code(effect.undetermined, most=_MOST_REASON)}"
    for overlap in overlaps:
        own = ", one of the examples" if overlap.own_example else ""
        yield (
            f"**overlap, new:** {_code(overlap.other)} takes {_code(overlap.text)} too{own} (by "
            f"{_code(overlap.pattern)})"
        )


def _gained(witness: Witness) -> str:
    if witness.in_longer_text:
        said = f"{_code(witness.after or '')} in the longer text {_code(witness.text)}"
    elif witness.before is not None:
        said = f"all of {_code(witness.text)}, of which it took {_code(witness.before)}"
    else:
        said = _code(witness.text)
    return _completed(said, witness, own="one of your examples")


def _lost(witness: Witness) -> str:
    if witness.in_longer_text:
        said = f"{_code(witness.before or '')} in the longer text {_code(witness.text)}"
    elif witness.after is not None:
        said = f"all of {_code(witness.text)}, only {_code(witness.after)}"
    else:
        said = _code(witness.text)
    return _completed(said, witness, own="⚠️ one of your examples")


def _completed(said: str, witness: Witness, *, own: str) -> str:
    notes = []
    if witness.all_of is not None:
        notes.append(f"all of {_code(witness.all_of)}")
    if witness.own_example:
        notes.append(own)
    if witness.engine is not None:
        beyond = "beyond ASCII, " if witness.beyond_ascii else ""
        notes.append(f"{beyond}for {ENGINES[witness.engine]} only")
    if witness.by_model:
        notes.append("by our model")
    return ", ".join((said, *notes))


def _code(text: str) -> str:
    return code(text, most=_SHOWN) if text else "an empty text"
