"""Two contents of a slot → the effect of the change between them.

    dialects ──> a comparison in each ──> the most telling text of each kind ──> tried on the slot

What is not proven is not told: an effect that a trial contradicts is not determined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.model.effect import Effect, Engine, Verdict, Witness
from reconciler.patterns.characters import Dialect
from reconciler.patterns.comparison import (
    Difference,
    Texts,
    found_apart,
    only_latter_takes_all,
    taken_apart,
)
from reconciler.patterns.description import Description, described
from reconciler.patterns.matching import matched
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.nearest import most_telling
from reconciler.patterns.spelling import SHORTHANDS
from reconciler.patterns.world import Taker, World
from reconciler.planning.takers import dialects_of, taker_of
from reconciler.planning.trial import NotTriedError, Trial, Values

MAX_PATTERNS = 60
"""Different patterns before and after."""

_ESCAPE = re.compile(r"\\(.)")
_TOO_MANY = "there are too many cases to go through"
_CONTRADICTED = "a trial contradicts the analysis"
_ENGINES: dict[Dialect, Engine] = {Dialect.PYTHON: "python", Dialect.ECMASCRIPT: "ecmascript"}
_NAMES = {Dialect.PYTHON: "Python", Dialect.ECMASCRIPT: "ECMAScript"}


def effect_of(
    before: SlotContent, after: SlotContent, *, examples: Iterable[str], api: Api, trial: Trial
) -> Effect:
    """What the change means; `examples` are the texts that its author says the slot takes."""
    if len({*before.patterns, *after.patterns}) > MAX_PATTERNS:
        reason = f"there are more than {MAX_PATTERNS} patterns"
        return Effect(verdict=Verdict.UNDETERMINED, undetermined=reason)
    try:
        takers = taker_of(before, api), taker_of(after, api)
        readings = _readings(takers, dialects_of(api))
    except NotModelledError as error:
        return Effect(verdict=Verdict.UNDETERMINED, undetermined=str(error))
    change = _Change(before, after, tuple(examples), takers, readings, trial)
    return change.effect()


def _takes(text: str, value: str | None) -> bool:
    return value == text


def _finds(_text: str, value: str | None) -> bool:
    return value is not None


@dataclass(frozen=True)
class _Aspect:
    """What is asked of a slot about texts: by which comparison, and whether it holds of one, by the
    value that the slot extracts."""

    apart: Callable[[Taker, Taker, World], Difference]
    holds: Callable[[str, str | None], bool]


_TAKEN = _Aspect(taken_apart, _takes)
_FOUND = _Aspect(found_apart, _finds)


class _ContradictedError(Exception):
    """The slot does not do what the analysis says."""


@dataclass(frozen=True)
class _Reading:
    """The question in one dialect."""

    dialect: Dialect
    world: World


def _readings(takers: tuple[Taker, Taker], dialects: tuple[Dialect, ...]) -> list[_Reading]:
    """One for each dialect that accepts all patterns which any dialect accepts. Raises
    NotModelledError."""
    found = [_Reading(each, World(takers, dialect=each)) for each in dialects]
    invalid = set.intersection(*(each.world.refused for each in found))
    return [each for each in found if each.world.refused == invalid]


@dataclass(frozen=True)
class _Change:
    before: SlotContent
    after: SlotContent
    examples: tuple[str, ...]
    takers: tuple[Taker, Taker]
    readings: list[_Reading]
    trial: Trial

    def effect(self) -> Effect:
        """Of the texts that are taken; if those are the same, of those in which something is
        found."""
        try:
            taken = self._answer(_TAKEN)
            if taken.verdict is not Verdict.SAME:
                return taken
            found = self._answer(_FOUND)
        except _ContradictedError:
            return Effect(verdict=Verdict.UNDETERMINED, undetermined=_CONTRADICTED)
        if found.verdict is not Verdict.UNDETERMINED or found.newly_takes or found.no_longer_takes:
            return found
        return Effect(verdict=Verdict.SAME, undetermined=f"in longer texts, {found.undetermined}")

    def _answer(self, aspect: _Aspect) -> Effect:
        differences: list[tuple[_Reading, Difference]] = []
        reasons: dict[Dialect, str] = {}
        for reading in self.readings:
            try:
                difference = aspect.apart(*self.takers, reading.world)
            except NotModelledError as error:
                reasons[reading.dialect] = str(error)
                continue
            differences.append((reading, difference))
            if not difference.is_complete:
                reasons[reading.dialect] = _TOO_MANY
        sides = [
            tuple(self._witnesses(differences, newly=newly, aspect=aspect))
            for newly in (True, False)
        ]
        if not any(sides) and not reasons:
            self._confirm_same(aspect)
        reason = None if all(sides) else self._reason(reasons)
        return Effect(
            verdict=_verdict(newly=bool(sides[0]), no_longer=bool(sides[1]), reason=reason),
            newly_takes=sides[0],
            no_longer_takes=sides[1],
            undetermined=reason,
        )

    def _reason(self, reasons: dict[Dialect, str]) -> str | None:
        """Why something is not decided, and for whom, if not for all."""
        if not reasons:
            return None
        dialect, reason = next(iter(reasons.items()))
        is_everywhere = list(reasons.values()).count(reason) == len(self.readings)
        return reason if is_everywhere else f"to {_NAMES[dialect]}, {reason}"

    def _witnesses(
        self, differences: list[tuple[_Reading, Difference]], *, newly: bool, aspect: _Aspect
    ) -> Iterator[Witness]:
        """The texts that hold for all engines; failing that, those of each engine."""
        expected = _expected(newly=newly)
        for reading, difference in differences:
            texts = difference.latter if newly else difference.former
            text = most_telling(texts, self._known(reading, newly=newly))
            if text is None:
                if texts:
                    raise _ContradictedError
                continue
            holds_for = [
                other.dialect
                for other, each in differences
                if each.question.sides_of(text) == expected
            ]
            is_everywhere = len(holds_for) == len(self.readings)
            engine = None if is_everywhere else _ENGINES[reading.dialect]
            dialects = holds_for if is_everywhere else [reading.dialect]
            kinds = (
                self._kinds(texts, reading.dialect, dialects, newly=newly)
                if aspect is _TAKEN
                else []
            )
            first = next((each for each in kinds if _is_of(text, each)), None)
            yield self._tried(text, first, engine, newly=newly, aspect=aspect)
            for kind in kinds:
                if kind is not first:
                    yield self._tried(kind.example, kind, engine, newly=newly, aspect=aspect)
            if is_everywhere:
                return

    def _kinds(
        self, texts: Texts, dialect: Dialect, dialects: list[Dialect], *, newly: bool
    ) -> list[Description]:
        """What describes the texts, as far as it is proven in these dialects."""
        if not texts.graph.is_complete:
            return []
        written = "".join(pattern for taker in self.takers for pattern in taker.patterns)
        former, latter = self.takers if newly else reversed(self.takers)
        kinds = described(texts, dialect=dialect, shorthands=set(SHORTHANDS.findall(written)))
        return [
            kind
            for kind in kinds
            if all(_is_proven(kind.pattern, former, latter, each) for each in dialects)
        ]

    def _known(self, reading: _Reading, *, newly: bool) -> list[str]:
        return [*self.examples] or reading.world.typical(self.takers[newly])

    def _tried(
        self,
        text: str,
        kind: Description | None,
        engine: Engine | None,
        *,
        newly: bool,
        aspect: _Aspect,
    ) -> Witness:
        values, is_tried = Values(None, text) if newly else Values(text, None), False
        if engine != _ENGINES[Dialect.ECMASCRIPT]:
            with suppress(NotTriedError):
                values, is_tried = self.trial.values(text, self.before, self.after), True
        held = aspect.holds(text, values.before), aspect.holds(text, values.after)
        if is_tried and held != _expected(newly=newly):
            raise _ContradictedError
        return Witness(
            text=text,
            all_of=kind.pattern if kind and _ESCAPE.sub(r"\1", kind.pattern) != text else None,
            before=values.before,
            after=values.after,
            own_example=text in self.examples,
            engine=engine,
            by_model=not is_tried,
        )

    def _confirm_same(self, aspect: _Aspect) -> None:
        """Tries the author's examples and typical texts. Raises _ContradictedError."""
        typical = [text for taker in self.takers for text in self.readings[0].world.typical(taker)]
        for text in dict.fromkeys((*self.examples, *typical)):
            try:
                values = self.trial.values(text, self.before, self.after)
            except NotTriedError:
                return
            if aspect.holds(text, values.before) != aspect.holds(text, values.after):
                raise _ContradictedError


def _expected(*, newly: bool) -> tuple[bool, bool]:
    """Whether what is asked holds before and after, of a text that only one side takes."""
    return not newly, newly


def _is_proven(pattern: str, former: Taker, latter: Taker, dialect: Dialect) -> bool:
    try:
        return only_latter_takes_all(pattern, former, latter, dialect=dialect)
    except NotModelledError:
        return False


def _is_of(text: str, kind: Description) -> bool:
    return matched(kind.pattern, text, ignore_case=False, whole=True) == text


def _verdict(*, newly: bool, no_longer: bool, reason: str | None) -> Verdict:
    if reason is not None:
        return Verdict.UNDETERMINED
    if newly and no_longer:
        return Verdict.DIFFERENT
    if newly or no_longer:
        return Verdict.WIDER if newly else Verdict.NARROWER
    return Verdict.SAME
