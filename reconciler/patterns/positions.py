r"""A program without its empty steps: what can follow what, and in how many ways.

Conditions on the place are taken loosely here: `\b` and what looks around always hold, `^` holds
at the start alone, and behind `$` nothing but the end can follow. What is concluded from it is
therefore a guess, until a matcher that is exact has confirmed it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.patterns.program import Instruction, Operation, Program

MAX_STATES = 150
"""Character states; the search for two ways through the same text is quadratic in them."""
_MAX_PATHS = 3_000
TWO = 2
"""As many ways as anyone needs to know of."""


@dataclass
class Exits:
    """Where one can go without consuming anything: each character state with its number of ways,
    counted up to TWO, and whether the pattern may end here, at once or at the text's end."""

    followers: dict[int, int] = field(default_factory=dict)
    accepts: bool = False
    accepts_at_end: bool = False


class Positions:
    """The exits of the start and of each character state."""

    def __init__(self, program: Program) -> None:
        self.masks = {
            number: state.mask
            for number, state in enumerate(program.states)
            if state.operation is Operation.CHARACTER
        }
        self.is_small = len(self.masks) <= MAX_STATES
        self.start = _exits(program, program.start, at_start=True)
        self.exits: dict[int, Exits] = {}
        if self.is_small:
            self.exits = {
                number: _exits(program, program.states[number].next, at_start=False)
                for number in self.masks
            }

    def followers(self, state: int) -> dict[int, int]:
        """What can follow a character state, with the number of ways."""
        return self.exits[state].followers


def _exits(program: Program, start: int, *, at_start: bool) -> Exits:
    """Every path that uses no branch of a split twice, up to _MAX_PATHS of them."""
    found = Exits()
    waiting: list[tuple[int, frozenset[tuple[int, bool]], str]] = [(start, frozenset(), "")]
    paths = 0
    while waiting and paths < _MAX_PATHS:
        number, used, condition = waiting.pop()
        paths += 1
        state = program.states[number]
        if state.operation is Operation.CHARACTER:
            if condition != "$":
                found.followers[number] = min(found.followers.get(number, 0) + 1, TWO)
        elif state.operation is Operation.MATCH:
            found.accepts |= not condition
            found.accepts_at_end |= condition in ("", "$")
        elif state.operation is Operation.SPLIT:
            for branch, target in ((False, state.other), (True, state.next)):
                if (number, branch) not in used:
                    waiting.append((target, used | {(number, branch)}, condition))
        else:
            after = _condition(state, condition, at_start=at_start)
            if after is not None:
                waiting.append((state.next, used, after))
    return found


def _condition(state: Instruction, before: str, *, at_start: bool) -> str | None:
    """What holds behind the state: "" nothing, "$" the end, "?" what only a text can tell; None
    if one cannot pass."""
    if state.operation in (Operation.ENTER, Operation.PROGRESS, Operation.ATOMIC):
        return before
    if state.operation is Operation.ANCHOR and state.kind in "$Z":
        return before or "$"
    if state.operation is Operation.ANCHOR and state.kind == "^":
        return before if at_start else None
    return before or "?"
