"""The mutants that no test can kill, for they do what the code does: each with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from tests.mutants.sampling import Mutant


@dataclass(frozen=True)
class Equivalent:
    """A mutant by what its lines said and say, for a line's number changes with every commit."""

    path: str
    before: str
    after: str
    reason: str


EQUIVALENT: tuple[Equivalent, ...] = ()


def reason(mutant: Mutant, *, listed: tuple[Equivalent, ...]) -> str | None:
    """Why it does what the code does; None if it is not listed."""
    before, after = mutant.change
    for each in listed:
        if (each.path, each.before, each.after) == (mutant.path, before, after):
            return each.reason
    return None
