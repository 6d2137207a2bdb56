"""What happens in two environments under a seed, and what must hold all the time."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from reconciler.errors import ReconcilerError
from reconciler.model.slot import DesiredSlot
from tests.simulation.promotion.oracle import Content, Files, is_proven, proofs
from tests.support.deployments import Deployment, Deployments
from tests.support.faults import Fault, answered, lost_before
from tests.support.fuse import Fuse, PowerCut
from tests.support.world import COLOUR, FRUIT, GOOD, SIZE, desired_slot, document

STEPS = 30
SLOTS = (FRUIT, COLOUR, SIZE)
BAD: Content = ("^nothing$",)
SOAKS = (0, 6, 24)


class Broken(BaseException):
    """Something happened that must not. No handler of ours may take it for a defect."""


class Story:
    """One seed. `happened` counts what happened."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._random = random.Random(seed)
        self._soak = self._random.choice(SOAKS)
        live = [document(each) for each in SLOTS[: self._random.randint(0, 3)]]
        self.shop = Deployments(
            folder, staging=live, production=live, soak_hours=self._soak, gate={"bake_hours": 1}
        )
        self.files: dict[str, Content] = {
            str(each["slotId"]): GOOD[each["slotId"]] for each in live
        }
        self.given = Files()
        self.happened: Counter[str] = Counter()
        self._is_urgent = False
        self._watch_production()

    def run(self) -> None:
        """Let things happen, then let everything heal: production must get what the files say."""
        for _ in range(STEPS):
            act = self._random.choices(*zip(*self._acts(), strict=True))[0]
            act()
        self._heal()

    def _acts(self) -> Iterator[tuple[Callable[[], None], int]]:
        yield self._edit_a_file, 5
        yield lambda: self._apply(self.shop.staging), 6
        yield lambda: self._apply(self.shop.production), 6
        yield lambda: self._look(self.shop.staging), 4
        yield lambda: self._look(self.shop.production), 1
        yield lambda: self._edit_in_console(self.shop.staging), 1
        yield lambda: self._edit_in_console(self.shop.production), 1
        yield self._wait, 4

    def _edit_a_file(self) -> None:
        slot_id = self._random.choice(SLOTS)
        self.files[slot_id] = self._random.choice(
            [GOOD[slot_id], tuple(reversed(GOOD[slot_id])), (*GOOD[slot_id], "^x$"), BAD, ()]
        )
        self.happened["a file is edited"] += 1

    def _desired(self) -> list[DesiredSlot]:
        return [
            desired_slot(each, *content) if content else desired_slot(each, absent=True)
            for each, content in self.files.items()
        ]

    def _apply(self, here: Deployment) -> None:
        is_judged = here is self.shop.production or self._random.random() < 0.9
        self._is_urgent = here is self.shop.production and self._random.random() < 0.05
        with self._disturbed(here):
            here.apply(*self._desired(), judged=is_judged, promoted=not self._is_urgent)
        self._is_urgent = False
        self.happened[f"{here.name}: {here.report.exit_code}"] += 1

    def _look(self, here: Deployment) -> None:
        with self._disturbed(here):
            try:
                here.looked_at(*self._desired())
                self.happened[f"{here.name}: looked at"] += 1
            except ReconcilerError:
                self.happened[f"{here.name}: could not be looked at"] += 1

    def _edit_in_console(self, here: Deployment) -> None:
        slot_id = self._random.choice(SLOTS)
        if here.sandbox.slot(slot_id) is not None:
            patterns = self._random.choice([GOOD[slot_id], ("^apple$",), BAD])
            here.sandbox.edit(slot_id, patterns=list(patterns))
            self.happened[f"{here.name}: edited in the console"] += 1

    def _wait(self) -> None:
        self.shop.wait(hours=self._random.choice([0.5, 2, 7, 25]))

    @contextmanager
    def _disturbed(self, here: Deployment) -> Iterator[None]:
        """The run may meet faults, and be cut off at any step."""
        self._note_files(here)
        if self._random.random() < 0.3:
            fault = self._random.choice([answered(503), answered(429), lost_before])
            method = self._random.choice(["GET", "PUT"])
            here.transport.inject(Fault(method=method, path="", act=fault, times=2))
        at = self._random.randint(1, 60) if self._random.random() < 0.4 else -1
        with pytest.MonkeyPatch.context() as patch:
            Fuse(here, patch, at=at)
            try:
                yield
            except PowerCut:
                self.happened[f"{here.name}: cut off"] += 1

    def _note_files(self, here: Deployment) -> None:
        if here is self.shop.staging:
            self.given.of_run[here.next_run_id] = dict(self.files)

    def _watch_production(self) -> None:
        answer = self.shop.production.transport.handle_request

        def watched(request: httpx.Request) -> httpx.Response:
            self._check(request)
            return answer(request)

        self.shop.production.transport.handle_request = watched  # type: ignore[method-assign]

    def _check(self, request: httpx.Request) -> None:
        """Nothing new may be stored in production that staging has not proven."""
        if request.method not in ("PUT", "DELETE"):
            return
        slot_id = request.url.path.rpartition("/")[2]
        entries = self.shop.staging.entries  # both have one ledger
        own = [each for each in entries if each.run_id == self.shop.production.run_id]
        last = [each.event for each in own if each.data.get("slot_id") == slot_id][-1:]
        if last != ["change_started"] or self._is_urgent:
            return  # what was live before, or is live already
        content = _sent(request)
        if not content and self.shop.staging.sandbox.slot(slot_id) is None:
            return  # it was deleted there, or never was
        found = proofs(entries, self.given)
        at, soak = self.shop.clock.now(), timedelta(hours=self._soak)
        if not is_proven(found, slot_id, content=content, at=at, soak=soak):
            raise Broken(f"{slot_id} gets {content}, which is not proven")
        self.happened["production: a slot is promoted"] += 1

    def _heal(self) -> None:
        self.files = {each: tuple(reversed(GOOD[each])) for each in SLOTS}
        for here in (self.shop.staging, self.shop.production):
            here.transport.heal()
        for here in (self.shop.staging, self.shop.production):
            for _ in range(3):
                self._note_files(here)
                here.apply(*self._desired(), retry=True)
                self.shop.wait(hours=2)
                self._note_files(here)
                here.looked_at(*self._desired())
            self.shop.wait(hours=25)
        production = self.shop.production
        made = production.planned(*self._desired())
        if made.changes or made.waiting:
            raise Broken(
                f"production never gets what the files say: {made.waiting or made.slot_ids}"
            )


def _sent(request: httpx.Request) -> Content:
    if request.method == "DELETE":
        return ()
    return tuple(json.loads(request.content)["patterns"])
