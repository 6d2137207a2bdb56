"""The rules of a desired state that need no tenant; returns every problem and raises none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from reconciler.model.problem import Problem, Severity
from reconciler.model.slot import DesiredSlot, SlotContent
from reconciler.model.state import DesiredState, Path
from reconciler.planning import patterns
from reconciler.planning.graph import find_cycle

UNKNOWN_DEPENDENCY, UNKNOWN_WATCH = "unknown-dependency", "unknown-watch"
"""The rules that only a look at the live slots can decide: warnings here, errors in a plan."""


def validate(desired: DesiredState) -> tuple[Problem, ...]:
    """Every problem that can be known offline, in the order of the files' slots."""
    found: list[Problem] = []
    for slot in desired.values():
        rules = _SlotRules(slot, desired)
        found.extend(rules.dependencies())
        found.extend(rules.watched())
        if slot.content is not None:
            found.extend(rules.patterns(slot.content))
            found.extend(rules.examples(slot.content))
    found.extend(_repeated_names(desired))
    found.extend(_cycles(desired))
    return tuple(found)


class _SlotRules:
    """The rules of one slot; each method yields what breaks them."""

    def __init__(self, slot: DesiredSlot, desired: DesiredState) -> None:
        self._slot = slot
        self._desired = desired

    def patterns(self, content: SlotContent) -> Iterator[Problem]:
        if content.type != "regex":
            return
        if not content.patterns:
            yield self._problem(
                ("patterns",),
                "no-patterns",
                "a slot of type `regex` has no patterns, and so extracts nothing",
                hint="Add a pattern.",
            )
        for index, pattern in enumerate(content.patterns):
            for fault in patterns.faults(pattern):
                yield self._problem(("patterns", index), fault.rule, fault.message, hint=fault.hint)

    def examples(self, content: SlotContent) -> Iterator[Problem]:
        try:
            yield from self._match_examples(content)
            yield from self._reject_examples(content)
        except patterns.PatternTimeoutError as error:
            yield self._problem(
                ("patterns", content.patterns.index(error.pattern)),
                "pattern-too-complex",
                f"matching an example took longer than {patterns.MATCH_SECONDS} s",
                hint="Avoid repetitions within repetitions.",
            )

    def _match_examples(self, content: SlotContent) -> Iterator[Problem]:
        for index, example in enumerate(self._slot.examples.match):
            path: Path = ("examples", "match", index)
            found = patterns.extract(content, example.text)
            if found is None:
                yield self._problem(
                    path,
                    "example-not-matched",
                    f"no pattern extracts anything from {example.text!r}",
                    hint="Correct the patterns, or move the example to `reject`.",
                )
            elif example.value is not None and found.value != example.value:
                yield self._problem(
                    path,
                    "example-wrong-value",
                    f"{found.pattern!r} extracts {found.value!r} from {example.text!r}, "
                    f"not {example.value!r}",
                    hint="Correct the patterns, or the example's value.",
                )

    def _reject_examples(self, content: SlotContent) -> Iterator[Problem]:
        for index, text in enumerate(self._slot.examples.reject):
            found = patterns.extract(content, text)
            if found is not None:
                yield self._problem(
                    ("examples", "reject", index),
                    "example-not-rejected",
                    f"{found.pattern!r} extracts {found.value!r} from {text!r}",
                    hint="Correct the patterns, or move the example to `match`.",
                )

    def dependencies(self) -> Iterator[Problem]:
        content = self._slot.content
        if content is None:
            return
        repeated = {each for each, count in Counter(content.dependencies).items() if count > 1}
        for index, dependency in enumerate(content.dependencies):
            path: Path = ("dependencies", index)
            if dependency == self._slot.slot_id:
                yield self._problem(
                    path, "self-dependency", "the slot depends on itself", hint="Remove it."
                )
            elif dependency in repeated and dependency in content.dependencies[:index]:
                yield self._problem(
                    path,
                    "repeated-dependency",
                    f"{dependency} is named twice",
                    hint="Remove one of them.",
                )
            elif dependency not in self._desired:
                yield self._problem(
                    path,
                    UNKNOWN_DEPENDENCY,
                    f"no file describes {dependency}",
                    hint="It may be live and unmanaged, which a plan finds out.",
                    severity=Severity.WARNING,
                )
            elif self._desired[dependency].is_absent:
                yield self._problem(
                    path,
                    "absent-dependency",
                    f"{dependency} is `state: absent`",
                    hint="Remove the dependency, or keep the slot.",
                )

    def watched(self) -> Iterator[Problem]:
        for index, slot_id in enumerate(self._slot.gate.watch):
            if slot_id not in self._desired:
                yield self._problem(
                    ("gate", "watch", index),
                    UNKNOWN_WATCH,
                    f"no file describes the watched slot {slot_id}",
                    hint="It may be live and unmanaged, which a plan finds out.",
                    severity=Severity.WARNING,
                )

    def _problem(
        self,
        path: Path,
        rule: str,
        message: str,
        *,
        hint: str,
        severity: Severity = Severity.ERROR,
    ) -> Problem:
        return Problem(
            source=self._desired.where(self._slot.slot_id, *path),
            rule=rule,
            message=message,
            slot_id=self._slot.slot_id,
            severity=severity,
            hint=hint,
        )


def _repeated_names(desired: DesiredState) -> Iterator[Problem]:
    by_name: dict[str, list[str]] = defaultdict(list)
    for slot in desired.values():
        if slot.content is not None and slot.content.name is not None:
            by_name[slot.content.name].append(slot.slot_id)
    for name, slot_ids in by_name.items():
        first, *others = slot_ids
        for slot_id in others:
            yield Problem(
                source=desired.where(slot_id, "name"),
                rule="duplicate-name",
                message=f"the name {name!r} is taken already, at {desired.where(first, 'name')}",
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
        yield Problem(
            source=desired.where(first, "dependencies", index),
            rule="dependency-cycle",
            message=f"dependencies form a cycle: {' → '.join(cycle)}",
            slot_id=first,
            hint="Remove one dependency of it.",
        )
        # Without one of its edges the next cycle, if any, is another one.
        graph[first] = [each for each in graph[first] if each != second]
