"""The texts that lead to some nodes of a graph, as a few short patterns: exactly all of them.

graph ──> the smallest automaton ──> its paths, as runs of one set each ──> joined ──> spelled
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations

from reconciler.patterns.characters import Dialect, Intervals, merged
from reconciler.patterns.comparison import Texts
from reconciler.patterns.spelling import spelled
from reconciler.patterns.typical import Writer

MAX_STATES = 150
MAX_PATHS = 60
MAX_PATTERNS = 4
MAX_LENGTH = 70
"""Characters of all patterns together."""
_SOME = 3
_SPELLED_OUT = 3
"""The most repetitions of one character that are written without a count."""

_Run = tuple[int, int, "int | None"]
"""So many characters of the classes in a mask; None is without limit."""
_Path = tuple[_Run, ...]


@dataclass(frozen=True)
class Description:
    """A pattern of which all texts are meant, taken whole, and a typical one of them."""

    pattern: str
    example: str


def described(
    texts: Texts, *, dialect: Dialect, shorthands: Collection[str]
) -> tuple[Description, ...]:
    """Descriptions that together are all of the texts, the shortest first; none if there would be
    too many, or too long ones. It is exact if the graph is complete."""
    paths = _joined(_paths(texts))
    if not 0 < len(paths) <= MAX_PATTERNS:
        return ()
    universe = merged(piece for each in texts.alphabet.members for piece in each)
    found: list[Description] = []
    for path in paths:
        sets = [_members(mask, texts) for mask, _, _ in path]
        spellings = [
            spelled(each, universe, dialect=dialect, shorthands=shorthands) for each in sets
        ]
        known = [each for each in spellings if each is not None]
        if len(known) < len(spellings):
            return ()
        runs = zip(known, path, strict=True)
        pattern = "".join(_run(each, least, most) for each, (_, least, most) in runs)
        found.append(Description(pattern, _typical(path, sets)))
    if sum(len(each.pattern) for each in found) > MAX_LENGTH:
        return ()
    return tuple(sorted(found, key=lambda each: len(each.pattern)))


def _members(mask: int, texts: Texts) -> Intervals:
    members = texts.alphabet.members
    return merged(
        piece for number, each in enumerate(members) if mask >> number & 1 for piece in each
    )


def _typical(path: _Path, sets: list[Intervals]) -> str:
    writer = Writer()
    return "".join(
        writer.next_of(each)
        for each, (_, least, most) in zip(sets, path, strict=True)
        for _ in range(max(least, 1 if most else _SOME if most is None else 0))
    )


def _run(spelling: str, least: int, most: int | None) -> str:
    """As people write it: `zz` rather than `z{2}`."""
    is_one = len(spelling) == 1 and spelling != "."
    if (is_one or (spelling[:-1] == "\\" and not spelling[-1].isalnum())) and (
        least == most and least <= _SPELLED_OUT
    ):
        return spelling * least
    return spelling + _count(least, most)


def _count(least: int, most: int | None) -> str:
    if most is None:
        return {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    if least == most:
        return "" if least == 1 else f"{{{least}}}"
    return "?" if (least, most) == (0, 1) else f"{{{least},{most}}}"


def _blocks(texts: Texts) -> dict[int, int]:
    """The useful nodes, and the number of the state that each one is in the smallest automaton."""
    nodes = sorted(texts.useful)
    block = {node: int(node in texts.targets) for node in nodes}
    count = 0
    while True:
        numbers: dict[tuple[int, tuple[int, ...]], int] = {}
        refined = {}
        for node in nodes:
            after = tuple(block.get(target, -1) for target in texts.graph.edges[node])
            refined[node] = numbers.setdefault((block[node], after), len(numbers))
        if len(numbers) == count:
            return refined
        block, count = refined, len(numbers)


def _paths(texts: Texts) -> list[_Path]:
    """All paths through the automaton, without one if it has too many, or a loop of several states:
    a loop of one state is a run."""
    if not texts or len(texts.useful) > MAX_STATES:
        return []
    block = _blocks(texts)
    masks: dict[int, dict[int, int]] = {number: {} for number in block.values()}
    for node, number in block.items():
        for letter, target in enumerate(texts.graph.edges[node]):
            if target in block:
                row = masks[number]
                row[block[target]] = row.get(block[target], 0) | 1 << letter
    ends = {block[node] for node in texts.targets}
    found: list[_Path] = []
    try:
        for path in _through(block[0], (), frozenset(), masks, ends):
            found.append(path)
            if len(found) > MAX_PATHS:
                return []
    except _LoopError:
        return []
    return found


class _LoopError(Exception):
    """A loop goes through several states."""


def _through(
    state: int,
    path: _Path,
    passed: frozenset[int],
    masks: dict[int, dict[int, int]],
    ends: set[int],
) -> Iterator[_Path]:
    if state in passed:
        raise _LoopError
    if state in masks[state]:
        path = _longer(path, (masks[state][state], 0, None))
    if state in ends:
        yield path
    for target, mask in masks[state].items():
        if target != state:
            yield from _through(target, _longer(path, (mask, 1, 1)), passed | {state}, masks, ends)


def _longer(path: _Path, run: _Run) -> _Path:
    mask, least, most = run
    if not path or path[-1][0] != mask:
        return (*path, run)
    _, fewest, greatest = path[-1]
    both = None if most is None or greatest is None else most + greatest
    return (*path[:-1], (mask, fewest + least, both))


def _joined(paths: list[_Path]) -> list[_Path]:
    """The same texts, in fewer paths."""
    waiting = list(dict.fromkeys(paths))
    while True:
        for first, second in combinations(waiting, 2):
            both = _both(first, second)
            if both is not None:
                waiting = [each for each in waiting if each not in (first, second, both)]
                waiting.append(both)
                break
        else:
            return waiting


def _both(first: _Path, second: _Path) -> _Path | None:
    """One path with exactly the texts of two, which differ in one run: in its count, its set, or in
    whether there is one."""
    if len(first) < len(second):
        first, second = second, first
    if len(first) == len(second):
        places = [at for at, run in enumerate(first) if run != second[at]]
        run = _either(first[places[0]], second[places[0]]) if len(places) == 1 else None
        at = places[0] if places else 0
    elif len(first) == len(second) + 1:
        at = next((at for at, run in enumerate(second) if run != first[at]), len(second))
        mask = first[at][0]
        run = _either(first[at], (mask, 0, 0)) if first[at + 1 :] == second[at:] else None
    else:
        return None
    if run is None:
        return None
    path: _Path = ()
    for each in (*first[:at], run, *first[at + 1 :]):
        path = _longer(path, each)
    return path


def _either(first: _Run, second: _Run) -> _Run | None:
    """One run with exactly the texts of two."""
    (mask, least, most), (other, fewest, greatest) = sorted((first, second), key=_by_count)
    if mask != other:
        return (mask | other, 1, 1) if first[1:] == second[1:] == (1, 1) else None
    if most is not None and fewest > most + 1:
        return None
    return mask, least, None if most is None or greatest is None else max(most, greatest)


def _by_count(run: _Run) -> tuple[int, int]:
    return run[1], run[0]
