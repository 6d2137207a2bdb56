"""What a seed draws beforehand: flows, slots, settings, faults, disturbances."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.content import FillerContent
from reconciler.model.gate import PlaybookPolicy
from reconciler.model.settings import Limits, Rollout, Settings, Training
from reconciler.model.slot import DesiredSlot, FillerAddress, SlotState
from reconciler.model.state import DesiredState
from tests.simulation.v2.tenant import SUITE, Document, Features, draw_features

FAULTS = (
    "429",
    "429 with Retry-After",
    "5xx before",
    "5xx after",
    "timeout before",
    "timeout after",
    "dropped before",
    "dropped after",
    "garbage after",
    "lost POST answer",
)
MISHAPS: Mapping[str, tuple[str, ...]] = {
    "trainIntents": ("error", "cancelled", "slow"),
    "runPlaybook": ("error", "cancelled", "slow", "lost", "flaky"),
}


@dataclass(frozen=True)
class Disturbance:
    """What disturbs one run. Steps are counted over requests, ledger lines and waits, from 1."""

    crash_at: int | None = None
    cut_off_at: int | None = None
    disk_full_at: int | None = None
    interrupt_after: float | None = None
    pause_before: float = 0.0
    thinks: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """One seed. `live` has the flow and the fields of each filler, by name; `qualities` say how
    good the desired content is, by slot id."""

    seed: int
    flows: tuple[str, ...]
    locales: int
    live: Mapping[str, tuple[str, Document]]
    desired: DesiredState
    qualities: Mapping[str, str]
    settings: Settings
    features: Features
    odds: Mapping[str, float]
    mishap_odds: float
    others_odds: float
    runs: tuple[Disturbance, ...]

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {self.locales} locales, {self.features}"]
        lines += [f"live      {name} {each}" for name, each in self.live.items()]
        lines += [f"desired   {each.slot_id} {each.content}" for each in self.desired.values()]
        lines += [f"settings  {self.settings}"]
        lines += [f"odds      {self.odds} {self.mishap_odds} others {self.others_odds}"]
        return "\n".join(lines)


def draw(seed: int) -> Scenario:
    """The scenario of a seed."""
    dice = random.Random(f"v2 scenario {seed}")
    flows = ("Orders", "Returns")[: dice.choice((1, 1, 2))]
    drawing = _Drawing(dice, flows)
    drawing.draw()
    count = dice.choice((0, 1, 2, len(FAULTS)))
    return Scenario(
        seed=seed,
        flows=flows,
        locales=dice.choice((1, 2)),
        live=drawing.live,
        desired=DesiredState(drawing.desired),
        qualities=drawing.qualities,
        settings=Settings(
            flow=flows[0],
            gate=PlaybookPolicy(
                playbooks=(SUITE,),
                timeout_seconds=dice.choice((60.0, 200.0)),
                consecutive_passes=dice.choice((1, 1, 1, 2)),
            ),
            train=Training(timeout_seconds=dice.choice((100.0, 300.0))),
            rollout=Rollout(batch=dice.choice(("change", "wave"))),
            limits=Limits(
                requests_per_minute=dice.choice((20, 60, 100)), max_attempts=dice.choice((2, 3, 5))
            ),
        ),
        features=draw_features(dice),
        odds={each: dice.uniform(0.005, 0.08) for each in dice.sample(FAULTS, count)},
        mishap_odds=dice.choice((0.0, 0.0, 0.05, 0.3)),
        others_odds=dice.choice((0.0, 0.0, 0.02, 0.06)),
        runs=tuple(_disturbance(dice) for _ in range(dice.randint(1, 3))),
    )


def _disturbance(dice: random.Random) -> Disturbance:
    kind = dice.choice(("nothing", "crash", "crash", "crash", "interrupt", "cut off", "full disk"))
    return Disturbance(
        crash_at=dice.randint(1, 120) if kind == "crash" else None,
        cut_off_at=dice.randint(1, 120) if kind == "cut off" else None,
        disk_full_at=dice.randint(1, 12) if kind == "full disk" else None,
        interrupt_after=dice.uniform(0, 120) if kind == "interrupt" else None,
        pause_before=dice.choice((0.0, 5.0, 900.0)),
        thinks=dice.choice((0.0, 0.0, 20.0, 200.0)),
    )


class _Drawing:
    def __init__(self, dice: random.Random, flows: tuple[str, ...]) -> None:
        self._dice = dice
        self._flows = flows
        self._serial = 0
        self.live: dict[str, tuple[str, Document]] = {}
        self.desired: list[DesiredSlot] = []
        self.qualities: dict[str, str] = {}

    def draw(self) -> None:
        """Fill `live`, `desired` and `qualities`."""
        for number in range(self._dice.randint(0, 2)):
            name = f"other_{number}"
            self.live[name] = (self._dice.choice(self._flows), self._fields(name, "good"))
        before: list[str] = []
        for number in range(self._dice.randint(1, 5)):
            slot_id, flow = f"slot_{number}", self._dice.choice(self._flows)
            fate = self._dice.choice(("create", "update", "update", "same", "delete"))
            if fate != "create":
                self.live[slot_id] = (flow, self._fields(slot_id, "good"))
            self.desired.append(self._slot(slot_id, flow, fate, before))
            if fate != "delete":
                before.append(slot_id)

    def _slot(self, slot_id: str, flow: str, fate: str, before: list[str]) -> DesiredSlot:
        address = FillerAddress(flow=flow, name=slot_id)
        if fate == "delete":
            return DesiredSlot(
                slot_id=slot_id, content=None, state=SlotState.ABSENT, address=address
            )
        quality = self._dice.choice(("good", "good", "good", "bad", "rude", "thief"))
        victims = [each for each, (there, _) in self.live.items() if there == flow]
        victims = [each for each in victims if each.startswith("slot_") and each != slot_id]
        if fate == "same" or (quality == "thief" and not victims):
            quality = "good"
        self.qualities[slot_id] = quality
        if fate == "same":
            fields = self.live[slot_id][1]
        else:
            word = f"thief of {self._dice.choice(victims)}" if quality == "thief" else quality
            fields = self._fields(slot_id, word)
        names = self._dice.sample(before, min(len(before), self._dice.choice((0, 0, 1, 2))))
        location = "result" if fate == "update" and self._dice.random() < 0.3 else None
        content = FillerContent(
            flow=flow,
            name=slot_id,
            type="regex",
            regex=fields["regex"],
            context_key=slot_id,
            store_result_in_context=True,
            dependencies=tuple(sorted(names)) if fate != "same" else (),
            result_location=location,
        )
        return DesiredSlot(slot_id=slot_id, content=content, address=address)

    def _fields(self, name: str, word: str) -> Document:
        self._serial += 1
        return {
            "name": name,
            "type": "regex",
            "regex": f"/{word} {self._serial}/",
            "contextKey": name,
            "storeResultInContext": True,
        }
