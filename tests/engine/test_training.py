"""A tenant that trains only by a request of its own: once per batch, and once per rollback."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import httpx
import pytest

from reconciler.engine.training import trained_together
from reconciler.engine.write import Write
from reconciler.model.content import FillerContent
from reconciler.model.event import WriteInDoubt
from reconciler.model.settings import Limits, Rollout
from tests.support.faults import Answer, lost_before, meanwhile
from tests.support.fuse import PowerCut
from tests.support.separate_training import SeparatelyTrained
from tests.support.world import COLOUR, FRUIT, SIZE, desired_slot, document

BAD = {each: document(each, patterns=["^nothing$"]) for each in (FRUIT, COLOUR, SIZE)}


def test_new_slots_of_two_flows_are_not_trained_together() -> None:
    writes = [
        Write(
            name,
            before=None,
            after=FillerContent(flow=flow, name=name, type="regex", regex="/a/"),
            train=True,
        )
        for name, flow in (("a", "Orders"), ("b", "Returns"), ("c", "Orders"))
    ]
    groups = trained_together(writes, lambda write: write)
    assert [[each.slot_id for each in group] for group in groups] == [["a", "c"], ["b"]]


def test_each_change_is_trained_after_its_write(tmp_path: Path) -> None:
    bot = SeparatelyTrained(tmp_path, live=[BAD[FRUIT], BAD[COLOUR]])
    desired = desired_slot(FRUIT), desired_slot(COLOUR)
    bot.apply(*desired)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "verified"}
    assert bot.trained == [COLOUR, FRUIT]
    assert bot.in_sync(*desired)


def test_a_separate_training_is_recorded_in_addition_to_the_write(tmp_path: Path) -> None:
    bot = SeparatelyTrained(tmp_path, live=[BAD[FRUIT]])
    bot.apply(desired_slot(FRUIT))
    recorded = [each.data for each in bot.entries if each.event == "change_applied"]
    assert [(each["success"], each["retrain_triggered"]) for each in recorded] == [
        (True, False),
        (True, True),
    ]


def test_a_wave_is_trained_once(tmp_path: Path) -> None:
    bot = SeparatelyTrained(tmp_path, live=BAD.values(), rollout=Rollout(batch="wave"))
    desired = desired_slot(FRUIT), desired_slot(COLOUR), desired_slot(SIZE, retrain=False)
    bot.apply(*desired)
    assert set(bot.statuses.values()) == {"verified", "unjudged"}
    assert len(bot.trained) == 1
    assert bot.in_sync(*desired)


def test_a_rolled_back_wave_is_trained_again(tmp_path: Path) -> None:
    bot = SeparatelyTrained(
        tmp_path, live=[document(FRUIT), document(COLOUR)], rollout=Rollout(batch="wave")
    )
    bot.apply(desired_slot(FRUIT, "^nothing$"), desired_slot(COLOUR, "^nothing$"))
    assert bot.statuses == {COLOUR: "rolled_back", FRUIT: "rolled_back"}
    assert len(bot.trained) == 2
    assert bot.in_sync(desired_slot(FRUIT), desired_slot(COLOUR))


def test_nothing_is_trained_if_no_change_needs_it(tmp_path: Path) -> None:
    bot = SeparatelyTrained(tmp_path, live=[BAD[FRUIT]])
    bot.apply(desired_slot(FRUIT, retrain=False))
    assert bot.statuses == {FRUIT: "unjudged"}
    assert bot.trained == []


@pytest.mark.parametrize("batch", ["change", "wave"])
def test_a_change_that_cannot_be_trained_is_rolled_back(
    tmp_path: Path, batch: Literal["change", "wave"]
) -> None:
    bot = SeparatelyTrained(
        tmp_path,
        live=[document(FRUIT)],
        rollout=Rollout(batch=batch),
        limits=Limits(max_attempts=2),
        untrainable="^plum$",
    )
    bot.apply(desired_slot(FRUIT, "^plum$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert "The retraining failed 2 times" in bot.outcome(FRUIT).message
    assert bot.trained == [FRUIT] * 3
    assert bot.in_sync(desired_slot(FRUIT))


def test_a_training_that_never_gets_an_answer_leaves_the_change_open_with_the_reason(
    tmp_path: Path,
) -> None:
    bot = SeparatelyTrained(tmp_path, live=[document(FRUIT)], limits=Limits(max_attempts=3))
    lose_the_rest = meanwhile(lambda: bot.inject("PUT", FRUIT, lost_before, times=3))
    bot.inject("PUT", FRUIT, lose_the_rest)
    bot.apply(desired_slot(FRUIT, "^nothing$"))
    assert bot.statuses == {FRUIT: "failed"}
    message = bot.outcome(FRUIT).message
    assert "is stored, but could not be trained in 3 attempts. " in message
    assert "refused" in message
    assert [each.seconds for each in bot.observer.of(WriteInDoubt)] == [1.0, 2.0]
    assert bot.history.open_changes.keys() == {FRUIT}


def test_a_creation_that_a_run_rolled_back_before_it_was_cut_off_is_trained_by_the_next(
    tmp_path: Path,
) -> None:
    bot = SeparatelyTrained(tmp_path)
    desired = desired_slot(FRUIT, "^nothing$")

    def cut(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        raise PowerCut

    bot.inject("DELETE", FRUIT, cut)
    with pytest.raises(PowerCut):
        bot.apply(desired)
    bot.trained.clear()
    bot.apply(desired)
    assert bot.outcome(FRUIT).status.value == "rolled_back"
    assert bot.trained == [FRUIT]
