"""Exponential ambiguity: a state that can be reached from itself in two ways with the same text.

Each repetition of that text doubles the number of ways, and a backtracking engine tries all of them
before it reports that there is no match. (Weber and Seidl 1991 call the criterion EDA.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.backtracking import Effort
from reconciler.patterns.positions import TWO, Exits, Positions

MAX_PAIRS = 150_000
"""Pairs of states per loop; ambiguity that is not found within this limit is not suspected."""
_MAX_SETS = 300
_MAX_SUFFIXES = 3
_SET_STEPS = 10
"""A step between two sets of states costs about as much as this many steps of a matcher."""

_Pair = tuple[int, int, bool]


@dataclass(frozen=True)
class Suspicion:
    """`prefix` leads to a state, and `pump` leads from there back to the same state in two ways.
    After each of the `suffixes` nothing has matched, or at least nothing through that state."""

    prefix: str
    pump: str
    suffixes: tuple[str, ...]


def suspicions(positions: Positions, alphabet: Alphabet, *, effort: Effort) -> Iterator[Suspicion]:
    """One for each ambiguous loop: if one state of a loop is ambiguous, all of them are. The cost
    is added to `effort`."""
    if not positions.is_small:
        return
    for loop in _loops(positions):
        root = min(loop, key=lambda state: (-state, state))
        pump = _pump(positions, alphabet, loop=loop, root=root, effort=effort)
        prefix = _prefix(positions, alphabet, root) if pump else None
        if pump and prefix is not None:
            everywhere = _after(positions, alphabet, prefix + pump * TWO)
            suffixes = dict.fromkeys(
                suffix
                for states in (everywhere, frozenset([root]))
                for suffix in _suffixes(positions, alphabet, states, effort=effort)
            )
            yield Suspicion(prefix=prefix, pump=pump, suffixes=tuple(suffixes))


def _loops(positions: Positions) -> list[frozenset[int]]:
    """The strongly connected components that contain an edge."""
    reach = {state: _reach(positions, state) for state in positions.masks}
    loops = {
        frozenset(other for other in reach[state] if state in reach[other])
        for state in positions.masks
        if state in reach[state]
    }
    return sorted(loops, key=sorted)


def _reach(positions: Positions, start: int) -> set[int]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        for follower in positions.followers(waiting.pop()):
            if follower not in seen and positions.masks[follower]:
                seen.add(follower)
                waiting.append(follower)
    return seen


def _pump(
    positions: Positions,
    alphabet: Alphabet,
    *,
    loop: frozenset[int],
    root: int,
    effort: Effort,
) -> str | None:
    """The shortest text with two different paths from the root back to the root."""
    start: _Pair = (root, root, False)
    came_from: dict[_Pair, tuple[_Pair, str]] = {}
    waiting = deque([start])
    work = 0
    while waiting and work < MAX_PAIRS:
        here = waiting.popleft()
        first, second, apart = here
        for left, ways in positions.followers(first).items():
            for right in positions.followers(second):
                work += 1
                effort.steps += 1
                mask = positions.masks[left] & positions.masks[right]
                if not mask or left not in loop or right not in loop:
                    continue
                forked = first == second and left == right and ways == TWO
                there: _Pair = (left, right, apart or left != right or forked)
                if there not in came_from:
                    came_from[there] = (here, alphabet.sample(mask))
                    waiting.append(there)
                if there == (root, root, True):
                    return _walked(came_from, start=start, end=there)
    return None


def _walked(came_from: dict[_Pair, tuple[_Pair, str]], *, start: _Pair, end: _Pair) -> str:
    text = ""
    here = end
    while here != start:
        here, character = came_from[here]
        text = character + text
    return text


def _prefix(positions: Positions, alphabet: Alphabet, root: int) -> str | None:
    """The shortest text that leads from the start of the pattern to the root."""
    texts: dict[int, str] = {}
    waiting: deque[int] = deque()
    frontier = [("", positions.start.followers)]
    while frontier:
        text, followers = frontier.pop()
        for state in followers:
            if state not in texts and positions.masks[state]:
                texts[state] = text + alphabet.sample(positions.masks[state])
                waiting.append(state)
        if root in texts:
            return texts[root]
        if waiting:
            following = waiting.popleft()
            frontier.append((texts[following], positions.followers(following)))
    return None


def _after(positions: Positions, alphabet: Alphabet, text: str) -> frozenset[int]:
    """All the states that the pattern may be in after `text`."""
    states = frozenset[int]()
    exits = [positions.start]
    for character in text:
        states = _step(positions, exits, alphabet.samples.index(character))
        exits = [positions.exits[state] for state in states]
    return states


def _step(positions: Positions, exits: list[Exits], sample: int) -> frozenset[int]:
    return frozenset(
        follower
        for each in exits
        for follower in each.followers
        if positions.masks[follower] >> sample & 1
    )


def _suffixes(
    positions: Positions, alphabet: Alphabet, start: frozenset[int], *, effort: Effort
) -> Iterator[str]:
    """The shortest texts that lead from these states to a point where nothing has matched."""
    seen = {start}
    waiting = deque([("", start)])
    found = 0
    while waiting and found < _MAX_SUFFIXES and len(seen) < _MAX_SETS:
        text, states = waiting.popleft()
        exits = [positions.exits[state] for state in states]
        if any(each.accepts for each in exits):
            continue
        if not any(each.accepts_at_end for each in exits):
            found += 1
            yield text
        for index, sample in enumerate(alphabet.samples):
            effort.steps += _SET_STEPS
            following = _step(positions, exits, index)
            if following not in seen:
                seen.add(following)
                waiting.append((text + sample, following))
