"""Which targets are in which step of a rollout."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from reconciler.model.base import Frozen
from reconciler.model.fleet import CANARY_PARALLEL, FleetRollout, Step, Target


class Stage(Frozen):
    """A step with its targets, by name in the order in which they begin.

    `number` is the step's place in fleet.yaml, from 1. `max_failures` is a count: the rollout halts
    when more than that have failed.
    """

    number: int
    names: tuple[str, ...]
    max_parallel: int
    max_failures: int
    bake_seconds: float


def arranged(settings: FleetRollout, targets: Sequence[Target], *, salt: str) -> tuple[Stage, ...]:
    """The steps with their targets, which are all that the run has selected.

    A step takes, of those that its `select` selects and no earlier step has, as many as are missing
    from its share of all: shares add up, as in Argo Rollouts. What no step takes is in no stage. A
    step that gets no target is a stage without any.

    The order is by hash of the name and `salt`, the digest of the content, so that the first are
    not always the same customers. A target that gets its slots promoted from another is in no
    earlier step than that one, if both are selected by the same, and within a step the sources of
    all come first. The order of `targets` does not matter.
    """
    left = {each.name: each for each in _in_order(targets, salt=salt)}
    members: list[tuple[str, ...]] = []
    for step in settings.steps:
        missing = step.targets.at_least(len(targets)) - (len(targets) - len(left))
        chosen = (name for name, each in left.items() if step.select.selects(each))
        taken = [left[name] for name in islice(chosen, max(0, missing))]
        for each in taken:
            del left[each.name]
        members.append(_sources_first(taken))
    occupied = [bool(names) for names in members]
    return tuple(
        _stage(settings, number, names, is_canary=_is_first_of_several(occupied, number))
        for number, names in enumerate(members, start=1)
    )


def source_of(target: Target) -> str | None:
    """The name of the target that this one gets its slots promoted from, None for no other."""
    return f"{target.tenant}/{target.promote_from}" if target.promote_from else None


def _stage(
    settings: FleetRollout, number: int, names: tuple[str, ...], *, is_canary: bool
) -> Stage:
    step = settings.steps[number - 1]
    failures = settings.max_failures if step.max_failures is None else step.max_failures
    return Stage(
        number=number,
        names=names,
        max_parallel=min(_parallel(settings, step, is_canary=is_canary), settings.max_parallel),
        max_failures=failures.at_most(len(names)),
        bake_seconds=step.bake_hours * 3600,
    )


def _parallel(settings: FleetRollout, step: Step, *, is_canary: bool) -> int:
    if step.max_parallel is not None:
        return step.max_parallel
    return CANARY_PARALLEL if is_canary else settings.max_parallel


def _is_first_of_several(occupied: Sequence[bool], number: int) -> bool:
    """Whether the step is the first with targets, and others with targets follow it."""
    return occupied[number - 1] and not any(occupied[: number - 1]) and any(occupied[number:])


def _in_order(targets: Sequence[Target], *, salt: str) -> Iterator[Target]:
    by_hash = sorted(targets, key=lambda each: (_hash(each.name, salt=salt), each.name))
    left = {each.name: each for each in by_hash}
    for each in by_hash:
        yield from reversed(_taken_with_sources(left, each.name))


def _sources_first(targets: Sequence[Target]) -> tuple[str, ...]:
    """The names of these targets, each of which comes after its source already: all that have none
    among them, then all that are promoted from those, and so on."""
    ranks: dict[str, int] = {}
    for each in targets:
        ranks[each.name] = ranks.get(source_of(each) or "", -1) + 1
    return tuple(sorted(ranks, key=lambda name: ranks[name]))


def _taken_with_sources(left: dict[str, Target], name: str) -> list[Target]:
    """The target, its source, the source of that and so on, taken from those that are left."""
    taken: list[Target] = []
    following: str | None = name
    while following is not None and following in left:
        taken.append(left.pop(following))
        following = source_of(taken[-1])
    return taken


def _hash(name: str, *, salt: str) -> bytes:
    return hashlib.sha256(f"{salt}\n{name}".encode()).digest()


def steps_of(stages: Sequence[Stage]) -> Mapping[str, int]:
    """The number of each target's step, by the target's name."""
    return {name: stage.number for stage in stages for name in stage.names}
