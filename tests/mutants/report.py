"""The counts, the score, and each survivor with its diff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

from tests.mutants.equivalent import EQUIVALENT, Equivalent, reason
from tests.mutants.judging import Judgement

REQUIRED = 0.95  # of the mutants that are not equivalent


@dataclass(frozen=True)
class Report:
    """The judgements on a sample of `drawn` mutants, some of which may not be judged."""

    judgements: Sequence[Judgement]
    drawn: int
    equivalent: tuple[Equivalent, ...] = EQUIVALENT

    @property
    def killed(self) -> list[Judgement]:
        return [each for each in self.judgements if each.killer is not None]

    @property
    def survived(self) -> list[Judgement]:
        """The surviving mutants, without those listed as equivalent."""
        return [each for each in self._alive if not self._is_listed(each)]

    @property
    def mistaken(self) -> list[Judgement]:
        """The killed mutants that are listed as equivalent by mistake."""
        return [each for each in self.killed if self._is_listed(each)]

    @property
    def _alive(self) -> list[Judgement]:
        return [each for each in self.judgements if each.killer is None]

    def _is_listed(self, judgement: Judgement) -> bool:
        return reason(judgement.mutant, listed=self.equivalent) is not None

    @property
    def score(self) -> float:
        """The fraction of the mutants that are not equivalent that were killed; 0 if there are
        none."""
        died = len(self.killed)
        return died / max(died + len(self.survived), 1)

    @property
    def is_good(self) -> bool:
        return self.score >= REQUIRED and not self.mistaken

    def __str__(self) -> str:
        killers = Counter(each.killer for each in self.killed)
        lines = [f"killed      {len(self.killed):>5}"]
        lines += [f"  by {killer}: {count}" for killer, count in killers.most_common()]
        lines += [
            f"equivalent  {len(self._alive) - len(self.survived):>5}",
            f"survived    {len(self.survived):>5}",
        ]
        if len(self.judgements) < self.drawn:
            lines.append(
                f"not judged  {self.drawn - len(self.judgements):>5}  because time ran out"
            )
        lines.append(f"score       {self.score:>7.1%}, of {REQUIRED:.0%} required")
        for each in sorted(self.mistaken, key=_place):
            lines += ["", f"{each.mutant}, listed as equivalent, was killed by {each.killer}:"]
            lines.append(indent(each.mutant.diff(), "    "))
        for each in sorted(self.survived, key=_place):
            lines += ["", f"{each.mutant} survived:", indent(each.mutant.diff(), "    ")]
        return "\n".join(lines)


def _place(judgement: Judgement) -> tuple[str, int]:
    return judgement.mutant.path, judgement.mutant.line
