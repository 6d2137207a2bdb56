"""A power cut at any step of a run of version 2, and what the next runs make of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.settings import Rollout
from reconciler.model.slot import DesiredSlot
from tests.operations.v2.test_changes import GOOD
from tests.support.filler_world import ALIKE, BAD, CITY, FillerWorld, desired_slot
from tests.support.fuse import Fuse, PowerCut
from tests.support.shop import CUSTOMER, FLOW, ORDER, PLAYBOOK, desired, filler

MOST_STEPS = 400
LIVE = (GOOD[0], filler(CUSTOMER, regex=ALIKE[CUSTOMER]), filler("extra"))
GOOD_FILES = (
    desired_slot(ORDER, regex=ALIKE[ORDER]),
    desired_slot(CITY),
    desired_slot(CUSTOMER),
    desired("extra", absent=True),
)
"""A change, a creation, another change and a deletion."""
BAD_FILES = (desired_slot(ORDER, regex=BAD), desired_slot(CITY, regex=BAD), *GOOD_FILES[2:])


def cut_at(bot: FillerWorld, step: int, files: tuple[DesiredSlot, ...]) -> bool:
    """Apply with a power cut at this step; False if the run has fewer."""
    with pytest.MonkeyPatch.context() as patch:
        Fuse(bot, patch, at=step)
        try:
            bot.apply(*files)
        except PowerCut:
            return True
    return False


def settle(bot: FillerWorld, files: tuple[DesiredSlot, ...]) -> None:
    """Apply like a schedule, until there is nothing to do but what was rejected."""
    for _ in range(4):
        bot.apply(*files)
        assert bot.report.error is None
        assert bot.duplicates == []
        if set(bot.statuses.values()) <= {"skipped"}:
            return
    pytest.fail(f"still not settled: {bot.report}")


def world(folder: Path, batch: Any, **sandbox: Any) -> FillerWorld:
    folder.mkdir()
    rollout = Rollout(batch=batch)
    return FillerWorld(folder, *LIVE, rollout=rollout, duplicate_names=True, **sandbox)


def at_every_step(
    make: Callable[[int], FillerWorld], files: tuple[DesiredSlot, ...]
) -> list[FillerWorld]:
    """A world for each step at which a run was cut, with the power back and all settled. What is
    before a step is after the one before it, so every other one will do."""
    worlds: list[FillerWorld] = []
    for step in range(2, MOST_STEPS, 2):
        bot = make(step)
        if not cut_at(bot, step, files):
            return worlds
        settle(bot, files)
        worlds.append(bot)
    raise AssertionError(f"more than {MOST_STEPS} steps")


@pytest.mark.parametrize("batch", ["change", "wave"])
def test_a_good_run_converges_after_a_power_cut_at_any_step(tmp_path: Path, batch: Any) -> None:
    worlds = at_every_step(lambda step: world(tmp_path / str(step), batch), GOOD_FILES)
    assert len(worlds) > 30
    for bot in worlds:
        assert sorted(bot.names()) == sorted([ORDER, CUSTOMER, CITY])
        assert bot.plan(*GOOD_FILES).changes == ()
        assert bot.is_trained
        assert bot.sandbox.console.pass_rate(PLAYBOOK, FLOW) == 1.0
        assert bot.history.open_changes == {}


@pytest.mark.parametrize("batch", ["change", "wave"])
def test_nothing_bad_stays_after_a_power_cut_at_any_step(tmp_path: Path, batch: Any) -> None:
    worlds = at_every_step(lambda step: world(tmp_path / str(step), batch), BAD_FILES)
    assert len(worlds) > 30
    for bot in worlds:
        assert BAD not in [each["regex"] for each in bot.sandbox.console.slotfillers(FLOW)]
        assert bot.is_trained
        assert bot.history.open_changes == {}
