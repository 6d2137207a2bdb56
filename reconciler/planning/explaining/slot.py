"""What a slot takes: by descriptions that are proven, or by examples, which are tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.api import Api
from reconciler.model.explanation import (
    Kind,
    LongerTexts,
    NotTried,
    PatternExample,
    Shared,
    SlotExplanation,
)
from reconciler.model.state import DesiredState
from reconciler.patterns.comparison import begin_alike, found_beyond, taken_apart, taken_by_both
from reconciler.patterns.components import OutOfStepsError
from reconciler.patterns.description import Description, described
from reconciler.patterns.matching import matched
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.nearest import most_telling
from reconciler.patterns.spelling import SHORTHANDS
from reconciler.patterns.wording import in_words
from reconciler.patterns.world import Taker, World
from reconciler.planning.explaining.subject import Subject
from reconciler.planning.in_common import InCommon
from reconciler.planning.takers import dialects_of, taker_of
from reconciler.planning.trial import NotTriedError, Trial

MAX_COMPARED = 300
"""The most other slots that one is compared with."""

_BEYOND_ASCII = "JavaScript's engine may find something beyond ASCII"
_TOO_MANY = "there are too many cases to go through"


def explain_slot(subject: Subject, *, desired: DesiredState, api: Api) -> SlotExplanation:
    """What the slot takes, given alone; what it finds in longer texts, and which slots take the
    same texts."""
    trial = Trial(api)
    known = SlotExplanation(
        slot=subject.named,
        strategy=api.strategy_of(subject.content),
        description=subject.slot.description,
        undetermined=subject.obstacle(api),
    )
    if known.undetermined is not None:
        return known
    try:
        taker, worlds = subject.modelled(api)
        taken = _Taken(subject, taker, worlds, trial)
        typical = taken.typical()
        kinds, is_all = taken.kinds()
        found = {"kinds": kinds, "is_all": is_all, "longer": taken.longer()}
        found |= _shared(subject, desired, api, trial)
    except (NotModelledError, NotTriedError) as error:
        found, typical = {"undetermined": str(error)}, []
    try:
        found["patterns"] = tuple(_examples(subject, typical, trial))
        found["rejects"] = tuple(_rejected(subject, trial))
    except NotTriedError:  # already said
        found["patterns"] = tuple(PatternExample(pattern=each) for each in subject.content.patterns)
    return known.model_copy(update=found)


@dataclass(frozen=True)
class _Taken:
    subject: Subject
    taker: Taker
    worlds: list[World]
    """One for each dialect in which the tenant may read the patterns."""
    trial: Trial

    def kinds(self) -> tuple[tuple[Kind, ...], bool]:
        """The descriptions that hold in each dialect, and whether they are all. Raises
        NotModelledError and NotTriedError."""
        found = [self._described(world) for world in self.worlds]
        if None in found or any(each != found[0] for each in found):
            return (), False
        kinds = tuple(self._kind(each) for each in found[0] or ())
        return kinds, True

    def _described(self, world: World) -> tuple[Description, ...] | None:
        """Exactly what is taken; None if that is not known, or takes too many words."""
        difference = taken_apart(self.taker, Taker(()), world)
        if not difference.is_complete:
            return None
        shorthands = set(SHORTHANDS.findall("".join(self.taker.patterns)))
        kinds = described(difference.former, dialect=world.dialect, shorthands=shorthands)
        return kinds if kinds or not difference.former else None

    def _kind(self, description: Description) -> Kind:
        examples = (each for each in self.subject.examples if _is_of(each, description))
        text = next(examples, description.example)
        pattern, value = self.trial.pattern_and_value(text, self.subject.content)
        if pattern is None or value != text:
            raise NotTriedError("a trial contradicts the analysis")
        return Kind(
            all_of=description.pattern,
            text=text,
            pattern=pattern,
            own_example=text in self.subject.examples,
            words=in_words(description.pattern),
        )

    def typical(self) -> list[str]:
        """A typical text of each pattern."""
        return self.worlds[0].typical(self.taker)

    def longer(self) -> LongerTexts:
        """What is found in longer texts. Raises NotTriedError."""
        try:
            differences = [found_beyond(self.taker, world) for world in self.worlds]
        except NotModelledError as error:
            return LongerTexts(undetermined=str(error))
        if all(each.is_none for each in differences):
            return LongerTexts()
        if differences[0].is_none:  # what another engine finds beyond ASCII cannot be tried
            return LongerTexts(undetermined=_BEYOND_ASCII)
        examples = [*self.subject.examples, *self.typical()]
        known = [f"it is {each} now" for each in examples]
        text = most_telling(differences[0].latter, known)
        if text is None:
            return LongerTexts(undetermined=_TOO_MANY)
        value = self.trial.value(text, self.subject.content)
        if value in (None, text):
            raise NotTriedError("a trial contradicts the analysis")
        return LongerTexts(text=text, value=value)


def _is_of(text: str, kind: Description) -> bool:
    return matched(kind.pattern, text, ignore_case=False, whole=True) == text


def _examples(subject: Subject, typical: list[str], trial: Trial) -> Iterator[PatternExample]:
    """For each pattern a text that the slot takes by it: one of the author's, the pattern itself,
    or a typical one. Raises NotTriedError."""
    texts: dict[str, str] = {}
    patterns = subject.content.patterns
    for text in (*subject.examples, *patterns, *typical):
        pattern, value = trial.pattern_and_value(text, subject.content)
        if pattern is not None and value == text:
            texts.setdefault(pattern, text)
    for pattern in patterns:
        own = texts.get(pattern)
        yield PatternExample(pattern=pattern, text=own, own_example=own in subject.examples)


def _rejected(subject: Subject, trial: Trial) -> Iterator[str]:
    """The texts from which the author says that nothing is extracted, where that is true. Raises
    NotTriedError."""
    for text in subject.slot.examples.reject:
        if trial.value(text, subject.content) is None:
            yield text


def _shared(subject: Subject, desired: DesiredState, api: Api, trial: Trial) -> dict[str, object]:
    """What other slots have in common with it."""
    overlaps: list[Shared] = []
    not_compared: list[NotTried] = []
    disjoint = 0
    for number, other in enumerate(subject.neighbours(desired)):
        reason = other.obstacle(api)
        if number >= MAX_COMPARED:
            reason = f"only the first {MAX_COMPARED} slots are compared"
        try:
            if reason is None:
                shared = shared_text(subject, other, desired=desired, api=api, trial=trial)
                if shared is None:
                    disjoint += 1
                else:
                    overlaps.append(shared)
        except (NotModelledError, NotTriedError) as error:
            reason = str(error)
        if reason is not None:
            not_compared.append(NotTried(slot=other.named, reason=reason))
    return {
        "overlaps": tuple(overlaps),
        "not_compared": tuple(not_compared),
        "disjoint": disjoint,
    }


def shared_text(
    subject: Subject, other: Subject, *, desired: DesiredState, api: Api, trial: Trial
) -> Shared | None:
    """A text that both slots take; None if it is proven that there is none.

    Raises NotModelledError and NotTriedError if that is not known.
    """
    other.modelled(api)  # its reason says more than that of the pair
    first, second = subject.slot.slot_id, other.slot.slot_id
    contents = {first: subject.content, second: other.content}
    pair = InCommon(contents, desired=desired, api=api, trial=trial)
    try:
        common = pair.common(first, second)
        if common is None or (common.is_decided and not common.texts):
            _check_disjoint(subject, other, api)
            return None
        if not common.is_decided:
            raise NotModelledError(_TOO_MANY)
        overlap = pair.overlap(first, second, common)
    except OutOfStepsError:
        raise NotModelledError(_TOO_MANY) from None
    pattern, _ = trial.pattern_and_value(overlap.text, subject.content)
    return Shared(
        slot=other.named,
        text=overlap.text,
        pattern=overlap.pattern,
        own_pattern=pattern or "",
        own_example=overlap.own_example,
    )


def _check_disjoint(subject: Subject, other: Subject, api: Api) -> None:
    """Raises NotModelledError unless two slots that take nothing in common in the first dialect do
    not in the others either: what they take beyond ASCII differs, and cannot be tried."""
    takers = taker_of(subject.content, api), taker_of(other.content, api)
    for dialect in dialects_of(api)[1:]:
        world = World(takers, dialect=dialect)
        if not begin_alike(*map(world.takes, takers)):
            continue
        common = taken_by_both(*takers, world)
        if common.texts:
            raise NotModelledError("both may take a text beyond ASCII, by JavaScript's engine")
        if not common.is_decided:
            raise NotModelledError(_TOO_MANY)
