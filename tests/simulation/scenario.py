"""What a seed draws beforehand: slots, features, settings, faults, disturbances."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from reconciler.model.content import PatternContent, SlotContent
from reconciler.model.gate import GateOverride, GatePolicy
from reconciler.model.settings import Limits, Rollout, Settings
from reconciler.model.slot import DesiredSlot, SlotState
from reconciler.model.state import DesiredState
from reconciler.planning.graph import find_cycle
from tests.simulation.faults import Fault, draw_odds
from tests.simulation.tenant import BOT, Document, Features

BATCHES = ("change", "wave")
"""The values that `rollout.batch` is drawn from."""


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
    """What disturbs one run. Steps are counted over requests, ledger lines and waits, from 1.

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
    crash_at: int | None = None
    cut_off_at: int | None = None
    disk_full_at: int | None = None
    interrupt_after: float | None = None
    pause_before: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """One seed. `qualities` say how good the desired content is, by slot id; `vanishing` is the
    slot whose file may vanish; `runs` are the disturbances of all runs that have any."""

    seed: int
    bot: str | None
    vanishing: str
    live: Mapping[str, Document]
    desired: DesiredState
    qualities: Mapping[str, str]
    settings: Settings
    features: Features
    training_seconds: float
    odds: Mapping[Fault, float]
    slow_odds: float
    others_odds: float
    runs: tuple[Disturbance, ...]

    def __str__(self) -> str:
        lines = [f"seed {self.seed}{'' if self.bot else ' without a bot id'}"]
        for slot_id, document in self.live.items():
            lines.append(f"live      {slot_id} {document['patterns']} {document['dependencies']}")
        for slot in self.desired.values():
            content = slot.content
            shown = f"{list(content.patterns)} {list(content.dependencies)}" if content else ""
            notes = [] if slot.trigger_retrain else ["not trained"]
            notes += ["protected"] if slot.protect else []
            notes += [f"watches {each}" for each in slot.gate.watch]
            lines.append(f"desired   {slot.slot_id} {shown or 'absent'} {', '.join(notes)}")
        odds = {fault.value: round(each, 3) for fault, each in self.odds.items()}
        lines += [
            f"settings  {self.settings.gate} {self.settings.rollout} {self.settings.limits}",
            f"tenant    {self.features} training_seconds={self.training_seconds}",
            f"odds      {odds} slow {self.slow_odds} others {self.others_odds}",
        ]
        return "\n".join(lines)


def draw(seed: int) -> Scenario:
    """The scenario of a seed."""
    dice = random.Random(f"scenario {seed}")
    features = _features(dice)
    settings = _settings(dice, features)
    if settings.limits.requests_per_minute < 10:
        # A shorter lifetime would always end before it is the request's turn.
        features = replace(features, token_seconds=3600.0)
    drawing = _Drawing(dice, features)
    drawing.draw()
    protected = [each.slot_id for each in drawing.desired if each.protect]
    bot = None if dice.random() < 0.06 else BOT
    return Scenario(
        seed=seed,
        bot=bot,
        vanishing=dice.choice(protected or [each.slot_id for each in drawing.desired]),
        live=drawing.live,
        desired=DesiredState(drawing.desired),
        qualities=drawing.qualities,
        settings=settings,
        features=features,
        training_seconds=dice.choice((0.0, 0.0, 2.0, 12.0, 40.0, 100.0, 500.0)),
        odds=draw_odds(dice),
        slow_odds=dice.choice((0.0, 0.05, 0.3)),
        others_odds=dice.choice((0.0, 0.0, 0.02, 0.1)),
        runs=_runs(dice, bot),
    )


def _features(dice: random.Random) -> Features:
    single_get = dice.random() < 0.75
    # What a tenant that normalizes has stored is known only from its responses.
    normalizes = dice.random() < 0.2
    return Features(
        single_get=single_get,
        etags=single_get and dice.random() < 0.5,
        deletes=dice.random() < 0.8,
        missing_status=dice.choice((404, 405)),
        empty_answers=dice.random() < 0.5 and not normalizes,
        sample_counts=dice.random() < 0.5,
        strict=dice.random() < 0.4,
        read_lag=dice.choice((0.0, 0.0, 0.0, 3.0, 20.0)),
        normalizes=normalizes,
        token_seconds=dice.choice((20.0, 120.0, 3600.0)),
    )


def _settings(dice: random.Random, features: Features) -> Settings:
    pace = dice.choice((4, 7, 15, 40, 100))
    return Settings(
        owns=("slot_*",),
        gate=GatePolicy(
            enabled=dice.random() < 0.95,
            settle_seconds=dice.choice((0.0, 15.0)),
            poll_interval_seconds=dice.choice((5.0, 15.0)),
            # With few requests a minute, a shorter one would end while a request waits its turn.
            timeout_seconds=dice.choice((20.0, 60.0, 120.0)) if pace > 10 else 400.0,
            consecutive_passes=dice.choice((1, 1, 2)),
            min_samples=dice.choice((0, 20)) if features.sample_counts else 0,
            when_inconclusive=dice.choice(("pass", "fail")),
        ),
        rollout=Rollout(
            batch=dice.choice(BATCHES),  # type: ignore[arg-type]  # the constant's own words
            on_failure="halt" if dice.random() < 0.15 else "rollback",
        ),
        limits=Limits(
            requests_per_minute=pace,
            max_attempts=dice.choice((2, 3, 5)),
        ),
    )


def _runs(dice: random.Random, bot: str | None) -> tuple[Disturbance, ...]:
    if dice.random() < 0.05:
        return tuple(
            replace(_disturbance(dice, bot), files=each) for each in A_PROTECTED_FILE_VANISHES
        )
    return tuple(_disturbance(dice, bot) for _ in range(dice.randint(1, 3)))


def _disturbance(dice: random.Random, bot: str | None) -> Disturbance:
    kind = dice.choice(
        ("nothing", "crash", "crash", "crash", "interrupt", "cut off", "cut off", "full disk")
    )
    # A second Ctrl-C may come while the run is stopping because of the first.
    interrupted = kind == "interrupt" or (kind == "cut off" and dice.random() < 0.5)
    saved_plan = dice.random() < 0.3
    return Disturbance(
        saved_plan=saved_plan,
        stale=dice.choice([*Staleness]) if saved_plan and dice.random() < 0.3 else None,
        targeted=dice.random() < 0.15,
        judged=dice.random() < (0.95 if bot else 0.4),
        files=dice.choice([*Files]) if dice.random() < 0.2 else Files.AS_DESIRED,
        declines=dice.choice((1, 1, 2)) if dice.random() < 0.08 else None,
        thinks=dice.choice((0.0, 0.0, 20.0, 200.0)),
        crash_at=dice.randint(1, 60) if kind == "crash" else None,
        cut_off_at=dice.randint(1, 60) if kind == "cut off" else None,
        disk_full_at=dice.randint(1, 12) if kind == "full disk" else None,
        interrupt_after=dice.uniform(0, 120) if interrupted else None,
        pause_before=dice.choice((0.0, 5.0, 60.0, 900.0)),
    )


class _Drawing:
    """Draws the slots, live and desired ones in different orders, so that edges are reversed."""

    def __init__(self, dice: random.Random, features: Features) -> None:
        self._dice = dice
        self._features = features
        self._serial = 0
        fates = ["create", "update", "update", "same"] + ["delete"] * features.deletes
        count = dice.randint(1, 8)
        self._fates = {f"slot_{n}": dice.choice(fates) for n in range(count)}
        self._unmanaged = [f"other_{n}" for n in range(dice.randint(0, 2))]
        self.live: dict[str, Document] = {}
        self.desired: list[DesiredSlot] = []
        self.qualities: dict[str, str] = {}

    def draw(self) -> None:
        """Fill `live`, `desired` and `qualities`."""
        for slot_id in self._unmanaged:
            self.live[slot_id] = self._document(slot_id, "good", ())
        dependencies = self._dependencies()
        self._draw_live(dependencies)
        steady = [*self._unmanaged, *(s for s in self._fates if self._fates[s] == "same")]
        for slot_id, fate in self._fates.items():
            self.desired.append(self._desired(slot_id, fate, dependencies, steady))

    def _dependencies(self) -> dict[str, tuple[str, ...]]:
        """The desired dependencies: earlier slots that stay, and unmanaged ones."""
        dependencies: dict[str, tuple[str, ...]] = {}
        before: list[str] = list(self._unmanaged)
        for slot_id, fate in self._fates.items():
            choices = before
            if fate == "same":  # its dependencies must be live already
                choices = [s for s in before if self._fates.get(s) in (None, "same", "update")]
            dependencies[slot_id] = self._some(choices)
            if fate != "delete":
                before.append(slot_id)
        return dependencies

    def _draw_live(self, dependencies: Mapping[str, tuple[str, ...]]) -> None:
        edges: dict[str, tuple[str, ...]] = {
            slot_id: dependencies[slot_id] if self._fates.get(slot_id) == "same" else ()
            for slot_id in (*self._unmanaged, *self._fates)
        }
        is_live = [s for s in self._fates if self._fates[s] != "create"]
        self._dice.shuffle(is_live)
        for index, slot_id in enumerate(is_live):
            if self._fates[slot_id] == "same":
                continue
            former = edges[slot_id]
            edges[slot_id] = self._some([*is_live[:index], *self._unmanaged])
            if find_cycle(edges) is not None:
                edges[slot_id] = former
        for slot_id in is_live:
            quality = "bad" if self._dice.random() < 0.08 else "good"
            self.live[slot_id] = self._document(slot_id, quality, edges[slot_id])

    def _desired(
        self,
        slot_id: str,
        fate: str,
        dependencies: Mapping[str, tuple[str, ...]],
        steady: list[str],
    ) -> DesiredSlot:
        if fate == "delete":
            return DesiredSlot(slot_id=slot_id, content=None, state=SlotState.ABSENT)
        quality = self._dice.choice(("good", "good", "good", "fair", "bad", "thief"))
        victims = [each for each in steady if each != slot_id]
        if fate == "same" or (quality == "thief" and not victims):
            quality = "good"
        watch = tuple(self._dice.sample(steady, 1)) if steady and fate != "same" else ()
        watch = tuple(each for each in watch if each != slot_id and self._dice.random() < 0.3)
        document = self.live.get(slot_id)
        if fate != "same" or document is None:
            word = quality
            if quality == "thief":
                victim = self._dice.choice(victims)
                word, watch = f"thief of {victim}", (victim,)
            document = self._document(slot_id, word, dependencies[slot_id])
            if self._features.normalizes and self._dice.random() < 0.3:
                document = {**document, "patterns": [f"{each} " for each in document["patterns"]]}
        self.qualities[slot_id] = document["patterns"][0].split()[0].lstrip("^")
        return DesiredSlot(
            slot_id=slot_id,
            content=content_of(document),
            # An untrained thief would steal once another slot is trained and judged.
            trigger_retrain=quality == "thief" or self._dice.random() < 0.85,
            protect=self._dice.random() < 0.15,
            gate=GateOverride(watch=watch),
        )

    def _some(self, choices: list[str]) -> tuple[str, ...]:
        count = min(len(choices), self._dice.choice((0, 1, 1, 2, 3)))
        return tuple(self._dice.sample(choices, count))

    def _document(self, slot_id: str, word: str, dependencies: tuple[str, ...]) -> Document:
        self._serial += 1
        return {
            "slotId": slot_id,
            "name": slot_id,
            "type": "regex",
            "patterns": [f"^{word} {self._serial}$"],
            "fillStrategy": self._dice.choice(("bestMatch", "strict")),
            "dependencies": list(dependencies),
        }


def content_of(document: Document) -> SlotContent:
    """The same slot as a file describes it."""
    return PatternContent(
        name=document["name"],
        type=document["type"],
        patterns=tuple(document["patterns"]),
        fill_strategy=document["fillStrategy"],
        dependencies=tuple(document["dependencies"]),
    )
