"""A second Ctrl-C at any step: what is told is what the ledger knows, and all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from reconciler.model.event import Event, RollbackBegun
from reconciler.model.outcome import Outcome
from reconciler.model.settings import Rollout
from reconciler.model.slot import DesiredSlot
from tests.support.fuse import Fuse, cut_after_the_write, steps_of
from tests.support.world import COLOUR, FRUIT, SIZE, World, document, wanted

ENDS = {
    "gate_passed": "verified",
    "gate_inconclusive": "unjudged",
    "change_rolled_back": "rolled_back",
    "change_failed": "failed",
}
"""How a change has ended, by the ledger's last word on it."""

LIVE = [document(FRUIT, patterns=["^apple$"]), document(COLOUR, patterns=["^red$"])]
GOOD = (wanted(FRUIT), wanted(COLOUR, retrain=False), wanted(SIZE, after=[FRUIT, COLOUR]))
BAD = (wanted(FRUIT), wanted(COLOUR, "^never$"), wanted(SIZE, after=[FRUIT, COLOUR]))
DELETED = (wanted(FRUIT, absent=True), wanted(COLOUR))


def must_be(bot: World, slot_id: str) -> str:
    """The status that is true of a planned change, by the ledger."""
    told = bot.told(slot_id)
    if "change_started" not in told:
        return "skipped"
    return ENDS.get(told[-1], "failed") if slot_id not in bot.history.open_changes else "failed"


def is_told_as_open(outcome: Outcome) -> bool:
    return outcome.message.endswith("the ledger holds it as open, and the next apply recovers it")


@pytest.mark.parametrize("batch", ["change", "wave"])
@pytest.mark.parametrize(
    ("desired", "changed"),
    [(GOOD, {FRUIT, COLOUR, SIZE}), (BAD, {FRUIT, COLOUR, SIZE}), (DELETED, {FRUIT, COLOUR})],
    ids=["good changes", "a bad one", "a deletion"],
)
def test_stopped_at_once_anywhere_each_change_is_reported_as_it_is(
    tmp_path_factory: pytest.TempPathFactory,
    desired: tuple[DesiredSlot, ...],
    changed: set[str],
    batch: Literal["change", "wave"],
) -> None:
    def make() -> World:
        folder = tmp_path_factory.mktemp("stopped")
        return World(folder, live=LIVE, rollout=Rollout(batch=batch))

    seen = set()
    for step in range(1, steps_of(make, desired) + 1):
        bot = make()
        with pytest.MonkeyPatch.context() as patch:
            fuse = Fuse(bot, patch, at=step, ends_as=KeyboardInterrupt)
            report = bot.apply(*desired)
        if "run_started" not in bot.told():
            continue  # nothing was planned yet
        where = f"stopped at step {step}"
        assert fuse.steps == step, where  # nothing was sent or recorded to find it out
        assert report.exit_code == 130
        assert sorted(each.slot_id for each in report.outcomes) == sorted(changed), where
        told = {each.slot_id: each.status.value for each in report.outcomes}
        assert told == {slot_id: must_be(bot, slot_id) for slot_id in changed}, where
        open_ = {each.slot_id for each in report.outcomes if is_told_as_open(each)}
        assert open_ == set(bot.history.open_changes), where
        assert bool(report.error) == bool(open_), where
        seen |= {each.message.split(";")[0] for each in report.outcomes if is_told_as_open(each)}
        bot.clock.advance(30)
        bot.apply_again(*desired)
        assert not bot.history.open_changes, where
        if desired is not BAD:
            assert bot.in_sync(*desired), where
    assert {"in hand, and possibly stored"} < seen


def test_what_was_measured_by_then_is_reported_too(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])

    def stop(event: Event) -> None:
        if isinstance(event, RollbackBegun):
            raise KeyboardInterrupt

    bot.observer.disturbed_by = stop
    report = bot.apply(wanted(FRUIT, "^never$"))
    (outcome,) = report.outcomes
    assert (outcome.status.value, outcome.baseline, outcome.success_rate) == ("failed", 1.0, 0.0)
    assert outcome.message.startswith("success rate fell from 1.000 to 0.000")
    assert "being rolled back, and possibly done" in outcome.message
    assert outcome.gate_stopped


@pytest.mark.parametrize(
    ("first", "final"), [("^apple$", "verified"), ("^never$", "rolled_back")], ids=["good", "bad"]
)
def test_stopped_while_it_recovers_an_earlier_run_it_reports_that(
    tmp_path_factory: pytest.TempPathFactory, first: str, final: str
) -> None:
    gate = {"min_success_rate": 0.4, "max_drop": 0.6}

    def left_open() -> World:
        bot = World(tmp_path_factory.mktemp("open"), live=[document(FRUIT)], gate=gate)
        cut_after_the_write(bot, FRUIT, wanted(FRUIT, first))
        assert bot.history.open_changes
        return bot

    statuses = set()
    for step in range(1, steps_of(left_open, (wanted(FRUIT),)) + 1):
        bot = left_open()
        with pytest.MonkeyPatch.context() as patch:
            Fuse(bot, patch, at=step, ends_as=KeyboardInterrupt)
            report = bot.apply(wanted(FRUIT), retry=False)
        recovered = [each for each in report.outcomes if each.recovered]
        started = [e.run_id for e in bot.entries if e.event == "change_started"]
        for planned in report.outcomes[len(recovered) :]:  # what is told of the slot is not of it
            assert (planned.status.value == "skipped") == (started == ["run-1"])
        if "change_recovered" not in bot.told():
            assert all(is_told_as_open(each) for each in recovered)
            continue
        (outcome,) = recovered
        assert outcome.message.startswith("left open by run run-1: ")
        still_open = {each.run_id for each in bot.history.open_changes.values()}
        assert is_told_as_open(outcome) == ("run-1" in still_open)
        statuses.add(outcome.status.value)
    assert statuses == {"failed", final}
