"""What a slot does with a text, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from reconciler.model.api import Api
from reconciler.model.content import FillerContent, SlotContent
from reconciler.model.explanation import (
    Extracted,
    NotTried,
    OtherReading,
    PatternMatch,
    TextExplanation,
)
from reconciler.model.state import DesiredState
from reconciler.patterns.characters import Dialect
from reconciler.patterns.comparison import Question, taken_apart
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.nearest import most_telling
from reconciler.patterns.world import Taker
from reconciler.planning.explaining.subject import Subject
from reconciler.planning.trial import NotTriedError, Trial

MAX_WORDS = 40
"""Of a longer text, only this many words are searched for a part that the slot takes."""
_ALIKE = 0.5
"""The ratio of common characters from which a text is worth suggesting for another one."""
_PUNCTUATION = " .,;:!?\"'()"


def explain_text(
    text: str, *, subject: Subject, desired: DesiredState, api: Api
) -> TextExplanation:
    """What the slot does with the text, given that alone, and which others extract something."""
    trial = Trial(api)
    known = TextExplanation(
        slot=subject.named, strategy=api.strategy_of(subject.content), text=text
    )
    others = list(subject.neighbours(desired))
    tried = [_other(each, text, api=api, trial=trial) for each in others]
    known = known.model_copy(
        update={
            "others": tuple(each for each in tried if isinstance(each, Extracted)),
            "not_tried": tuple(each for each in tried if isinstance(each, NotTried)),
            "others_tried": len(others),
        }
    )
    return known.model_copy(update=_own(subject, text, api=api, trial=trial))


def _other(subject: Subject, text: str, *, api: Api, trial: Trial) -> Extracted | NotTried | None:
    reason = subject.obstacle(api)
    if reason is not None:
        return NotTried(slot=subject.named, reason=reason)
    try:
        pattern, value = trial.pattern_and_value(text, subject.content)
    except NotTriedError as error:
        return NotTried(slot=subject.named, reason=str(error))
    if pattern is None or value is None:
        return None
    return Extracted(slot=subject.named, value=value, pattern=pattern)


def _own(subject: Subject, text: str, *, api: Api, trial: Trial) -> dict[str, object]:
    reason = subject.obstacle(api)
    if reason is not None:
        return {"undetermined": reason}
    matches = tuple(_matches(subject.content, text, trial))
    try:
        pattern, value = trial.pattern_and_value(text, subject.content)
    except NotTriedError as error:
        return {"patterns": matches, "undetermined": str(error)}
    found: dict[str, object] = {"patterns": matches, "pattern": pattern, "value": value}
    found["other_reading"] = _other_reading(subject, text, value, api=api)
    if value is None:
        part = _part(subject.content, text, trial)
        found["part"] = part
        if part is None:
            found["nearest"] = _nearest(subject, text, api=api, trial=trial)
    return found


def _other_reading(
    subject: Subject, text: str, value: str | None, *, api: Api
) -> OtherReading | None:
    """What JavaScript's engine makes of a text beyond ASCII, if that is not what Python's does and
    the tenant may have either."""
    if text.isascii() or api.patterns.knows_engine:
        return None
    try:
        taker, worlds = subject.modelled(api)
        world = next(each for each in worlds if each.dialect is Dialect.ECMASCRIPT)
        question = Question(world.takes(taker), world.finds(taker), alphabet=world.alphabet)
        sides = question.sides_of(text)
    except NotModelledError as error:
        return OtherReading(engine="ecmascript", undetermined=str(error))
    if sides is None:
        reason = "it has characters that are not modelled"
        return OtherReading(engine="ecmascript", undetermined=reason)
    if sides == (value == text, value is not None):
        return None
    return OtherReading(engine="ecmascript", takes=sides[0], extracts=sides[1])


def _matches(content: SlotContent, text: str, trial: Trial) -> Iterator[PatternMatch]:
    """Each pattern tried as if the slot had no other one."""
    for pattern in content.patterns:
        try:
            value = trial.value(text, _with_only(content, pattern))
        except NotTriedError as error:
            yield PatternMatch(pattern=pattern, undetermined=str(error))
        else:
            yield PatternMatch(pattern=pattern, value=value)


def _with_only(content: SlotContent, pattern: str) -> SlotContent:
    if isinstance(content, FillerContent):  # it has one regex at most
        return content
    return replace(content, patterns=(pattern,))


def _part(content: SlotContent, text: str, trial: Trial) -> str | None:
    """The longest run of words of the text that the slot takes when given alone, with or without
    the punctuation around it."""
    words = text.split()[:MAX_WORDS]
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            run = " ".join(words[start : start + length])
            for part in dict.fromkeys((run, run.strip(_PUNCTUATION))):
                if part not in ("", text) and trial.value(part, content) == part:
                    return part
    return None


def _nearest(subject: Subject, text: str, *, api: Api, trial: Trial) -> str | None:
    """A text that the slot takes and that differs little from this one, if there is one."""
    try:
        taker, worlds = subject.modelled(api)
        taken = taken_apart(taker, Taker(()), worlds[0]).former
    except NotModelledError:
        return None
    near = most_telling(taken, [text])
    if near is None or SequenceMatcher(None, text, near, autojunk=False).ratio() < _ALIKE:
        return None
    return near if trial.value(near, subject.content) == near else None
