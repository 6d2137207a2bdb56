"""The rules of a desired state that need no tenant. Problems are returned, never raised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.model.api import Api
from reconciler.model.listed import chained
from reconciler.model.lookalikes import composed, distinguishable, escaped, first_shapeless
from reconciler.model.problem import Problem
from reconciler.model.rule import Rule
from reconciler.model.rules.dependencies import (
    ABSENT_DEPENDENCY,
    DEPENDENCY_CYCLE,
    REPEATED_DEPENDENCY,
    SELF_DEPENDENCY,
    UNKNOWN_DEPENDENCY,
    UNKNOWN_WATCH,
)
from reconciler.model.rules.engines import PATTERNS_NOT_ANALYSED
from reconciler.model.rules.names import DUPLICATE_NAME, NAME_INVISIBLE_CHARACTER, TEXT_NOT_NFC
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState, Path
from reconciler.planning import slot_patterns
from reconciler.planning.addresses import repeated_addresses
from reconciler.planning.analysis import MAX_STEPS, Analysis
from reconciler.planning.finding import Finding
from reconciler.planning.graph import find_cycle

_SHOWN = 60  # characters of a text that a message quotes


def validate(desired: DesiredState, *, api: Api) -> tuple[Problem, ...]:
    """Every problem that can be found offline, in the order of the slots; `api` is the API that the
    slots are for.

    It ends in bounded time for any patterns, because none of them runs without a limit.
    """
    analysis = Analysis(api=api, steps=MAX_STEPS)
    of_examples = _of_examples(desired, analysis)
    found: list[Problem] = []
    for slot in desired.values():
        rules = _SlotRules(slot, desired)
        found.extend(rules.dependencies())
        found.extend(rules.watched())
        found.extend(rules.decomposed())
        found.extend(rules.hidden())
        if slot.content is not None:
            found.extend(rules.located(slot_patterns.findings(slot.content, analysis)))
        found.extend(rules.located(of_examples.get(slot.slot_id, ())))
    found.extend(_left_out(desired, analysis))
    found.extend(_repeated_names(desired))
    found.extend(repeated_addresses(desired))
    found.extend(_cycles(desired))
    return tuple(found)


def _of_examples(desired: DesiredState, analysis: Analysis) -> dict[str, list[Finding]]:
    """The findings about examples, by slot id."""
    found: dict[str, list[Finding]] = defaultdict(list)
    if any(slot.examples.match or slot.examples.reject for slot in desired.values()):
        # Only projects with examples load what runs them.
        from reconciler.planning import examples  # noqa: PLC0415

        for slot_id, finding in examples.findings(desired, analysis):
            found[slot_id].append(finding)
    return found


class _SlotRules:
    """The rules of one slot; each method yields problems."""

    def __init__(self, slot: DesiredSlot, desired: DesiredState) -> None:
        self._slot = slot
        self._desired = desired

    def located(self, findings: Iterable[Finding]) -> Iterator[Problem]:
        """The findings as problems, with their places in the file."""
        for finding in findings:
            yield self._problem(finding.path, finding.rule, finding.message, hint=finding.hint)

    def dependencies(self) -> Iterator[Problem]:
        content = self._slot.content
        if content is None:
            return
        named: set[str] = set()
        for index, dependency in enumerate(content.dependencies):
            path: Path = ("dependencies", index)
            if dependency == self._slot.slot_id:
                yield self._problem(
                    path, SELF_DEPENDENCY, "the slot depends on itself", hint="Remove it."
                )
            elif dependency in named:
                yield self._problem(
                    path,
                    REPEATED_DEPENDENCY,
                    f"{dependency} is listed twice",
                    hint="Remove one of them.",
                )
            elif dependency not in self._desired:
                yield self._problem(
                    path,
                    UNKNOWN_DEPENDENCY,
                    f"no file describes {dependency}",
                    hint="It may be live and unmanaged; only a plan can tell.",
                )
            elif self._desired[dependency].is_absent:
                yield self._problem(
                    path,
                    ABSENT_DEPENDENCY,
                    f"{dependency} has `state: absent`",
                    hint="Remove the dependency, or keep the slot.",
                )
            named.add(dependency)

    def watched(self) -> Iterator[Problem]:
        for index, slot_id in enumerate(self._slot.gate.watch):
            if slot_id not in self._desired:
                yield self._problem(
                    ("gate", "watch", index),
                    UNKNOWN_WATCH,
                    f"no file describes the watched slot {slot_id}",
                    hint="It may be live and unmanaged; only a plan can tell.",
                )

    def decomposed(self) -> Iterator[Problem]:
        for path, text in _texts(self._slot):
            form = composed(text)
            if form != text:
                yield self._problem(
                    path,
                    TEXT_NOT_NFC,
                    f"'{escaped(text[:_SHOWN])}' is not in Unicode's composed form (NFC), so it "
                    "differs from text that looks the same",
                    hint=f"Replace it with its composed form: {form[:_SHOWN]}",
                )

    def hidden(self) -> Iterator[Problem]:
        for field, name in _names(self._slot):
            found = first_shapeless(name)
            if found is not None:
                yield self._problem(
                    (field,),
                    NAME_INVISIBLE_CHARACTER,
                    f"'{escaped(name[:_SHOWN])}' contains the invisible character "
                    f"U+{ord(found):04X}",
                    hint="Type the name again.",
                )

    def _problem(
        self,
        path: Path,
        rule: Rule,
        message: str,
        *,
        hint: str,
    ) -> Problem:
        return rule.problem(
            self._desired.where(self._slot.slot_id, *path),
            message=message,
            slot_id=self._slot.slot_id,
            hint=hint,
        )


def _left_out(desired: DesiredState, analysis: Analysis) -> Iterator[Problem]:
    """One warning, at the first pattern that was not analysed because no steps were left."""
    contents = {slot.slot_id: slot.content for slot in desired.values() if slot.content is not None}
    for slot_id, content in contents.items() if analysis.left_out else ():
        for index, pattern in enumerate(content.patterns):
            if pattern in analysis.left_out:
                yield PATTERNS_NOT_ANALYSED.problem(
                    desired.where(slot_id, *content.place_of(index)),
                    message=f"from here on, {len(analysis.left_out):,} patterns were not fully "
                    f"checked: a run spends at most {MAX_STEPS:,} steps on patterns",
                    slot_id=slot_id,
                    hint="Simplify patterns with nested repetitions, or validate the folders one "
                    "at a time.",
                )
                return


def _texts(slot: DesiredSlot) -> Iterator[tuple[Path, str]]:
    """The texts that are compared with other text, such as names or what a user types."""
    if slot.content is not None:
        if slot.content.name is not None:
            yield ("name",), slot.content.name
        for index, pattern in enumerate(slot.content.patterns):
            yield slot.content.place_of(index), pattern
    for index, example in enumerate(slot.examples.match):
        yield ("examples", "match", index), example.text
        if example.value is not None:
            yield ("examples", "match", index, "value"), example.value
    for index, text in enumerate(slot.examples.reject):
        yield ("examples", "reject", index), text


def _names(slot: DesiredSlot) -> Iterator[tuple[str, str]]:
    """The names by which the tenant finds the slot, each with its field."""
    address, content = slot.address, slot.content
    if address is not None:
        yield "flow", address.flow
        yield "name", address.name
    elif content is not None and content.name is not None:
        yield "name", content.name


def _repeated_names(desired: DesiredState) -> Iterator[Problem]:
    """Names are used once in what is trained together: a bot, or a flow of it."""
    by_name: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for slot in desired.values():
        content = slot.content
        if content is not None and content.name is not None:
            key = content.trained_with, composed(content.name)
            by_name[key].append((slot.slot_id, content.name))
    for named in by_name.values():
        (first, first_name), *others = named
        for slot_id, name in others:
            like = distinguishable((name, first_name))
            yield DUPLICATE_NAME.problem(
                desired.where(slot_id, "name"),
                message=(
                    f"the name {name!r} is"
                    if name == first_name
                    else f"the name '{like[name]}' looks like '{like[first_name]}', which is"
                )
                + f" already taken, at {desired.where(first, 'name')}",
                slot_id=slot_id,
                hint="Give one of the two another name.",
            )


def _cycles(desired: DesiredState) -> Iterator[Problem]:
    graph = {
        slot.slot_id: [each for each in slot.content.dependencies if each != slot.slot_id]
        for slot in desired.values()
        if slot.content is not None
    }
    while (cycle := find_cycle(graph)) is not None:
        first, second = cycle[0], cycle[1]
        content = desired[first].content
        index = content.dependencies.index(second) if content else 0
        yield DEPENDENCY_CYCLE.problem(
            desired.where(first, "dependencies", index),
            message=f"dependencies form a cycle: {chained(cycle)}",
            slot_id=first,
            hint="Remove one of these dependencies.",
        )
        # With one of its edges removed, the next cycle, if any, is a different one.
        graph[first] = [each for each in graph[first] if each != second]
