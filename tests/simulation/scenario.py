"""What a seed draws beforehand, whichever API it is about."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState
from tests.simulation.faults import Fault

BATCHES = ("change", "wave")
"""The values that `rollout.batch` is drawn from."""
STEPS_OF_LINES = 20
"""About as many are in a run."""

Document = dict[str, Any]
"""A slot as the API has it."""
Content = tuple[Any, ...] | None
"""What is compared of a slot; None if there is none."""


class Files(str, Enum):
    """What the files of a run say, compared with what the seed asks for in the end."""

    AS_DESIRED = "as desired"
    UNPROTECTED = "without protection"
    KEPT = "kept and protected"
    """The slots to delete in the end are still there, and protected."""
    VANISHED = "one has vanished"
    PRUNED = "one has vanished, with --prune"


A_PROTECTED_FILE_VANISHES = (Files.AS_DESIRED, Files.VANISHED, Files.PRUNED)
"""The files of three runs. If the second forgets what the first protects, the third deletes it."""


class Staleness(str, Enum):
    """What happens to a saved plan before it is applied."""

    EDIT = "an edit"
    FILES = "other files"
    BOT = "another bot"


@dataclass(frozen=True)
class Disturbance:
    """What disturbs one run. Steps are counted over requests, ledger lines and waits, from 1; only
    over ledger lines if it is `at_lines`.

    `declines` is the number of the question that is answered with a no, from 1; `thinks` is how
    many seconds each answer takes.
    """

    saved_plan: bool = False
    stale: Staleness | None = None
    targeted: bool = False
    judged: bool = True
    files: Files = Files.AS_DESIRED
    declines: int | None = None
    thinks: float = 0.0
    at_lines: bool = False
    crash_at: int | None = None
    cut_off_at: int | None = None
    disk_full_at: int | None = None
    interrupt_after: float | None = None
    pause_before: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """One seed. `features` is how its tenant behaves; `qualities` say how good the desired content
    is, by slot id; `vanishing` is the slot whose file may vanish; `runs` are the disturbances of
    all runs that have any."""

    seed: int
    bot: str | None
    vanishing: str
    live: Mapping[str, Document]
    desired: DesiredState
    qualities: Mapping[str, str]
    settings: Settings
    features: Any
    odds: Mapping[Fault, float]
    slow_odds: float
    others_odds: float
    runs: tuple[Disturbance, ...]

    def __str__(self) -> str:
        lines = [f"seed {self.seed}{'' if self.bot else ' without a bot id'}"]
        lines += [f"live      {document}" for document in self.live.values()]
        for slot in self.desired.values():
            notes = [] if slot.trigger_retrain else ["not trained"]
            notes += ["protected"] if slot.protect else []
            notes += [f"watches {each}" for each in slot.gate.watch]
            shown = slot.content or "absent"
            lines.append(f"desired   {slot.slot_id} {shown} {', '.join(notes)}")
        odds = {fault.value: round(each, 3) for fault, each in self.odds.items()}
        lines += [
            f"settings  {self.settings}",
            f"tenant    {self.features}",
            f"odds      {odds} slow {self.slow_odds} others {self.others_odds}",
        ]
        return "\n".join(lines)


def draw_runs(dice: random.Random, bot: str | None, *, steps: int) -> tuple[Disturbance, ...]:
    """The disturbances of a seed; about as many `steps` are in a run."""
    if dice.random() < 0.05:
        judged = bot is not None
        return tuple(Disturbance(files=each, judged=judged) for each in A_PROTECTED_FILE_VANISHES)
    return tuple(_disturbance(dice, bot, steps=steps) for _ in range(dice.randint(1, 3)))


def _disturbance(dice: random.Random, bot: str | None, *, steps: int) -> Disturbance:
    kind = dice.choice(
        ("nothing", "crash", "crash", "crash", "interrupt", "cut off", "cut off", "full disk")
    )
    at_lines = dice.random() < 0.25
    steps = STEPS_OF_LINES if at_lines else steps
    # A second Ctrl-C may come while the run is stopping because of the first.
    interrupted = kind == "interrupt" or (kind == "cut off" and dice.random() < 0.5)
    saved_plan = dice.random() < 0.3
    return Disturbance(
        saved_plan=saved_plan,
        stale=dice.choice([*Staleness]) if saved_plan and dice.random() < 0.3 else None,
        targeted=dice.random() < 0.15,
        judged=dice.random() < (0.95 if bot else 0.4),
        files=dice.choice([*Files]) if dice.random() < 0.2 else Files.AS_DESIRED,
        declines=dice.choice((1, 2)) if dice.random() < 0.12 else None,
        thinks=dice.choice((0.0, 0.0, 20.0, 200.0)),
        at_lines=at_lines,
        crash_at=dice.randint(1, steps) if kind == "crash" else None,
        cut_off_at=dice.randint(1, steps) if kind == "cut off" else None,
        disk_full_at=dice.randint(1, 12) if kind == "full disk" else None,
        interrupt_after=dice.uniform(0, 120) if interrupted else None,
        pause_before=dice.choice((0.0, 5.0, 60.0, 900.0)),
    )
