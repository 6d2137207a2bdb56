"""What goes wrong: processes that die or are suspended at any step, and what does not arrive."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from enum import Enum

from tests.simulation.fleet.scheduler import Process, Scheduler

LONGEST_LATENCY = 20.0
LONGEST_SLEEP = 250.0


class Kind(str, Enum):
    """What may happen to a process at a step."""

    DEATH = "dies"
    FREEZE = "is suspended"
    CUT_OFF = "is cut off from the database"
    STOP = "is asked to stop"


@dataclass(frozen=True)
class Mishap:
    """What happens to this process at its step with this number, and for how long."""

    process: str
    step: int
    kind: Kind
    seconds: float = 0.0


class Trouble:
    """The mishaps of a seed, and the odds of what happens more often."""

    def __init__(
        self,
        dice: random.Random,
        *,
        scheduler: Scheduler,
        mishaps: tuple[Mishap, ...],
        odds: float,
        is_sleepy: bool,
    ) -> None:
        self._dice = dice
        self._scheduler = scheduler
        self._mishaps = {(each.process, each.step): each for each in mishaps}
        self._odds = odds
        self._is_sleepy = is_sleepy
        self._steps: Counter[str] = Counter()
        self._cut_off: dict[str, float] = {}
        self.is_over = False
        self.happened: Counter[str] = Counter()

    def step(self, process: Process) -> None:
        """One step of a process, which takes a moment, and may be its last. Raises Death."""
        process.require_alive()
        self._steps[process.name] += 1
        mishap = self._mishaps.pop((process.name, self._steps[process.name]), None)
        if mishap is not None:
            self._let_happen(mishap, process)
        process.pause(self.latency())

    def recorded(self, event: str, process: Process) -> None:
        """A line was recorded: just before its first write, a run may be suspended for long."""
        if event == "change_started" and self._is_sleepy and not self.is_over:
            self._is_sleepy = False
            self.happened["is suspended before a write"] += 1
            process.freeze(LONGEST_SLEEP)

    def latency(self) -> float:
        """How long something takes; rarely long."""
        if self._dice.random() < self._odds / 5:
            return self._dice.uniform(1, LONGEST_LATENCY)
        return self._dice.uniform(0.001, 0.1)

    def occurs(self, what: str, *, odds: float = 1.0) -> bool:
        """Whether this happens now."""
        found = self._dice.random() < self._odds * odds
        self.happened[what] += found
        return found

    def loses_an_answer(self) -> bool:
        """Whether the database commits, and its answer is lost."""
        return self.occurs("unknown commit")

    def is_cut_off(self, process: Process) -> bool:
        """Whether a process cannot reach the database."""
        return self._scheduler.now < self._cut_off.get(process.name, 0.0)

    def heal(self) -> None:
        """Nothing more goes wrong."""
        self.is_over = True
        self._mishaps.clear()
        self._cut_off.clear()
        self._odds = 0.0

    def _let_happen(self, mishap: Mishap, process: Process) -> None:
        self.happened[mishap.kind.value] += 1
        until = self._scheduler.now + mishap.seconds
        if mishap.kind is Kind.DEATH:
            process.die()
        elif mishap.kind is Kind.FREEZE:
            process.freeze(mishap.seconds)
        elif mishap.kind is Kind.STOP:
            process.is_stopping = True
        else:
            self._cut_off[process.name] = until
