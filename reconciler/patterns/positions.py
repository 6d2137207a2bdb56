r"""A program without its empty steps: which states can follow which, and in how many ways.

Conditions are approximated here: `\b` and lookarounds always hold, `^` holds only at the start, and
only the end can follow `$`. Any conclusion is therefore a guess until an exact matcher has
confirmed it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.patterns.program import Instruction, Operation, Program

MAX_STATES = 150
"""Character states; searching for two ways through the same text is quadratic in their number."""
_MAX_PATHS = 3_000
TWO = 2
"""More ways than this make no difference."""


@dataclass
class Exits:
    """Where one can go without consuming anything: the character states with their number of ways,
    counted up to TWO, and whether the pattern may end here, anywhere or only at the text's end."""

    followers: dict[int, int] = field(default_factory=dict)
    accepts: bool = False
    accepts_at_end: bool = False


class Positions:
    """The exits of the start and of every character state."""

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
        """The states that can follow a character state, with the number of ways."""
        return self.exits[state].followers


def _exits(program: Program, start: int, *, at_start: bool) -> Exits:
    """The ends of all paths that use no branch of a split twice, up to _MAX_PATHS paths."""
    exits = Exits()
    waiting: list[tuple[int, frozenset[tuple[int, bool]], str]] = [(start, frozenset(), "")]
    paths = 0
    while waiting and paths < _MAX_PATHS:
        number, used, condition = waiting.pop()
        paths += 1
        state = program.states[number]
        if state.operation is Operation.CHARACTER:
            if condition != "$":
                exits.followers[number] = min(exits.followers.get(number, 0) + 1, TWO)
        elif state.operation is Operation.MATCH:
            exits.accepts |= not condition
            exits.accepts_at_end |= condition in ("", "$")
        elif state.operation is Operation.SPLIT:
            for branch, target in ((False, state.other), (True, state.next)):
                if (number, branch) not in used:
                    waiting.append((target, used | {(number, branch)}, condition))
        else:
            after = _condition(state, condition, at_start=at_start)
            if after is not None:
                waiting.append((state.next, used, after))
    return exits


def _condition(state: Instruction, before: str, *, at_start: bool) -> str | None:
    """The condition after the state: "" for none, "$" for the end, "?" for one that depends on the
    text; None if the state cannot be passed."""
    if state.operation in (Operation.ENTER, Operation.PROGRESS, Operation.ATOMIC):
        return before
    if state.operation is Operation.ANCHOR and state.kind in "$Z":
        return before or "$"
    if state.operation is Operation.ANCHOR and state.kind == "^":
        return before if at_start else None
    return before or "?"
