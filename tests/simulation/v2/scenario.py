"""What a seed draws over version 2: flows, slots, features, settings, faults."""

from __future__ import annotations

import random

from reconciler.model.content import FillerContent
from reconciler.model.gate import PlaybookPolicy
from reconciler.model.settings import Limits, Rollout, Settings, Training
from reconciler.model.slot import DesiredSlot, FillerAddress, SlotState
from reconciler.model.state import DesiredState
from tests.simulation.faults import Fault, draw_odds
from tests.simulation.scenario import BATCHES, Document, Scenario, draw_runs
from tests.simulation.v2.background import Pace
from tests.simulation.v2.fillers import Features, filler
from tests.simulation.v2.tenant import PROJECT, SUITE

FAULTS = (
    Fault.RATE_LIMIT,
    Fault.RATE_LIMIT_WITH_PAUSE,
    Fault.BUSY,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.TIMEOUT_BEFORE,
    Fault.TIMEOUT_AFTER,
    Fault.DROPPED_BEFORE,
    Fault.DROPPED_AFTER,
    Fault.ANSWER_LOST,
    Fault.HALF_SENT,
    Fault.GARBAGE_BEFORE,
    Fault.GARBAGE_AFTER,
)


def draw(seed: int) -> Scenario:
    """The scenario of a seed."""
    dice = random.Random(f"v2 scenario {seed}")
    flows = ("Orders", "Returns")[: dice.choice((1, 1, 2))]
    drawing = _Drawing(dice, flows)
    drawing.draw()
    protected = [each.slot_id for each in drawing.desired if each.protect]
    return Scenario(
        seed=seed,
        bot=PROJECT,
        vanishing=dice.choice(protected or [each.slot_id for each in drawing.desired]),
        live=drawing.live,
        desired=DesiredState(drawing.desired),
        qualities=drawing.qualities,
        settings=_settings(dice, flows[0]),
        features=_features(dice, drawing),
        odds=draw_odds(dice, FAULTS, most=0.08),
        slow_odds=dice.choice((0.0, 0.0, 0.05)),
        others_odds=dice.choice((0.0, 0.0, 0.01, 0.04)),
        runs=draw_runs(dice, PROJECT, steps=120),
    )


def _settings(dice: random.Random, flow: str) -> Settings:
    return Settings(
        owns=("slot_*",),
        flow=flow,
        gate=PlaybookPolicy(
            enabled=dice.random() < 0.95,
            playbooks=(SUITE,),
            timeout_seconds=dice.choice((60.0, 200.0)),
            consecutive_passes=dice.choice((1, 1, 1, 2)),
            when_inconclusive=dice.choice(("fail", "fail", "pass")),
        ),
        train=Training(timeout_seconds=dice.choice((100.0, 300.0))),
        rollout=Rollout(
            batch=dice.choice(BATCHES),  # type: ignore[arg-type]  # the constant's own words
            on_failure="halt" if dice.random() < 0.15 else "rollback",
        ),
        limits=Limits(
            requests_per_minute=dice.choice((20, 60, 100)), max_attempts=dice.choice((2, 3, 5))
        ),
    )


def _features(dice: random.Random, drawing: _Drawing) -> Features:
    return Features(
        flows=drawing.flows,
        flow_of=drawing.flow_of,
        locales=dice.choice((1, 2)),
        unique_names=dice.random() < 0.4,
        empty_text=dice.choice(("kept", "unset")),
        patch_answers=dice.random() < 0.3,
        page=dice.choice((1, 2, 100, 100)),
        read_lag=dice.choice((0.0, 0.0, 0.0, 3.0, 20.0)),
        pace=Pace(
            late_task=dice.choice((0.0, 0.0, 4.0)),
            late_run_id=dice.choice((0.0, 0.0, 10.0)),
            late_run=dice.choice((0.0, 1.0, 15.0)),
            training_seconds=dice.choice((0.0, 2.0, 20.0, 60.0)),
            run_seconds=dice.choice((0.0, 1.0, 10.0)),
            mishap_odds=dice.choice((0.0, 0.0, 0.05, 0.3)),
        ),
    )


class _Drawing:
    def __init__(self, dice: random.Random, flows: tuple[str, ...]) -> None:
        self._dice = dice
        self._serial = 0
        self.flows = flows
        self.flow_of: dict[str, str] = {}
        self.live: dict[str, Document] = {}
        self.desired: list[DesiredSlot] = []
        self.qualities: dict[str, str] = {}

    def draw(self) -> None:
        """Fill `flow_of`, `live`, `desired` and `qualities`."""
        for number in range(self._dice.randint(0, 2)):
            name = f"other_{number}"
            self.flow_of[name] = self._dice.choice(self.flows)
            self.live[name] = self._document(name, "good")
        before: list[str] = []
        for number in range(self._dice.randint(1, 5)):
            slot_id = f"slot_{number}"
            self.flow_of[slot_id] = self._dice.choice(self.flows)
            fate = self._dice.choice(("create", "update", "update", "same", "delete"))
            if fate != "create":
                self.live[slot_id] = self._document(slot_id, "good")
            self.desired.append(self._slot(slot_id, fate, before))
            if fate != "delete":
                before.append(slot_id)

    def _slot(self, slot_id: str, fate: str, before: list[str]) -> DesiredSlot:
        flow = self.flow_of[slot_id]
        address = FillerAddress(flow=flow, name=slot_id)
        if fate == "delete":
            return DesiredSlot(
                slot_id=slot_id, content=None, state=SlotState.ABSENT, address=address
            )
        quality = self._dice.choice(("good", "good", "good", "bad", "rude", "thief"))
        victims = [each for each in self.live if self.flow_of[each] == flow]
        victims = [each for each in victims if each.startswith("slot_") and each != slot_id]
        if fate == "same" or (quality == "thief" and not victims):
            quality = "good"
        self.qualities[slot_id] = quality
        if fate == "same":
            document = self.live[slot_id]
        else:
            word = f"thief of {self._dice.choice(victims)}" if quality == "thief" else quality
            document = self._document(slot_id, word)
        names = self._dice.sample(before, min(len(before), self._dice.choice((0, 0, 1, 2))))
        location = "result" if fate == "update" and self._dice.random() < 0.3 else None
        content = FillerContent(
            flow=flow,
            name=slot_id,
            type="regex",
            regex=document["regex"],
            context_key=slot_id,
            store_result_in_context=True,
            dependencies=tuple(sorted(names)) if fate != "same" else (),
            result_location=location,
        )
        protect = self._dice.random() < 0.15
        return DesiredSlot(slot_id=slot_id, content=content, address=address, protect=protect)

    def _document(self, name: str, word: str) -> Document:
        self._serial += 1
        return {**filler(name), "regex": f"/{word} {self._serial}/"}
