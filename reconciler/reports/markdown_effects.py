"""What a changed slot means, as Markdown: a line for each kind of text that is newly taken or no
longer taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.effect import Effect, Overlap, Verdict, Witness
from reconciler.reports.effects import provisos, same_words
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
    said = _said(witness, value=witness.after, other=witness.before, part="of which it took")
    return _completed(said, witness, own="one of your examples")


def _lost(witness: Witness) -> str:
    said = _said(witness, value=witness.before, other=witness.after, part="only")
    return _completed(said, witness, own="⚠️ one of your examples")


def _said(witness: Witness, *, value: str | None, other: str | None, part: str) -> str:
    """The text, of which the slot extracts `value` on the side in question. If it extracts `other`
    on the other side, `part` says what that is."""
    text = _code(witness.text)
    if witness.in_longer_text:
        return f"{_code(value or '')} in the longer text {text}"
    return text if other is None else f"all of {text}, {part} {_code(other)}"


def _completed(said: str, witness: Witness, *, own: str) -> str:
    notes = []
    if witness.all_of is not None:
        notes.append(f"all of {_code(witness.all_of)}")
    if witness.own_example:
        notes.append(own)
    return ", ".join((said, *notes, *provisos(witness)))


def _code(text: str) -> str:
    return code(text, most=_SHOWN) if text else "an empty text"
