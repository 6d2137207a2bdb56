"""What a seed draws over version 1: slots, features, settings, faults."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from reconciler.model.gate import GateOverride, GatePolicy
from reconciler.model.settings import Limits, Rollout, Settings
from reconciler.model.slot import DesiredSlot, SlotState
from reconciler.model.state import DesiredState
from reconciler.planning.graph import find_cycle
from tests.simulation.faults import Fault, draw_odds
from tests.simulation.scenario import BATCHES, Document, Scenario, draw_runs
from tests.simulation.v1.tenant import BOT, Features, content_of

FAULTS = tuple(each for each in Fault if each is not Fault.ANSWER_LOST)
TRAINING_SECONDS = (0.0, 0.0, 2.0, 12.0, 40.0, 100.0, 500.0)


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
        features=replace(features, training_seconds=dice.choice(TRAINING_SECONDS)),
        odds=draw_odds(dice, FAULTS, most=0.3),
        slow_odds=dice.choice((0.0, 0.05, 0.3)),
        others_odds=dice.choice((0.0, 0.0, 0.02, 0.1)),
        runs=draw_runs(dice, bot, steps=60),
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
