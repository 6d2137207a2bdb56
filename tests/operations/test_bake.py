"""Changes on probation: what `drift --metrics` says of them after their gate let them stand.

The tenant reports a rate over 24 hours, so a bad pattern shows only after hours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.model.bake import Bake, BakeResult, Suspect
from reconciler.model.drift import DriftReport
from reconciler.model.event import Measured
from reconciler.model.slot import DesiredSlot
from reconciler.operations.drift import DriftRequest, drift
from tests.support.faults import answered
from tests.support.world import COLOUR, FRUIT, SIZE, World, desired_slot, document

HOUR = 3600.0
HALF = desired_slot(FRUIT, "^apple$")
"""Extracts one of two fruits: over a day, its rate falls to a half."""
SAME = desired_slot(FRUIT, "^pear$", "^apple$")
"""Extracts both, like what is live."""
RED = desired_slot(COLOUR, "^red$")


def world(folder: Path, **details: Any) -> World:
    """A bot that reports its rates over a day."""
    live = details.pop("live", [document(FRUIT), document(COLOUR)])
    return World(folder, live=live, window_seconds=24 * HOUR, **details)


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return world(tmp_path)


def checked(bot: World, *desired: DesiredSlot) -> DriftReport:
    return drift(bot.project(*desired), bot.services, DriftRequest(metrics=True))


def after(bot: World, hours: float, *desired: DesiredSlot) -> dict[str, Bake]:
    """The bakes that are found after so many hours, by slot id."""
    bot.clock.advance(hours * HOUR)
    return {each.slot_id: each for each in checked(bot, *desired).bakes}


def results(bakes: dict[str, Bake]) -> dict[str, str]:
    return {slot_id: each.result.value for slot_id, each in bakes.items()}


def test_a_pattern_that_is_bad_passes_its_gate_and_fails_its_bake_hours_later(bot: World) -> None:
    bot.apply(HALF)
    assert bot.statuses == {FRUIT: "verified"}
    assert results(after(bot, 1, HALF)) == {FRUIT: "on_probation"}
    bot.clock.advance(2 * HOUR)
    report = checked(bot, HALF)
    (bake,) = report.bakes
    assert bake.result is BakeResult.FAILED
    assert bake.success_rate == pytest.approx(1 - 3 / 24 / 2, abs=0.001)
    assert (bake.baseline, bake.min_success_rate) == (1.0, 0.85)
    assert bake.reason.endswith("by more than max_drop 0.050")
    assert bake.suspects == (Suspect(slot_id=FRUIT, run_id="run-1"),)
    assert report.exit_code == 3
    assert ("gate_failed", FRUIT) in bot.messages.sent


def test_a_change_passes_its_bake_at_the_first_measurement_after_its_end(bot: World) -> None:
    bot.apply(SAME)
    assert results(after(bot, 23.9, SAME)) == {FRUIT: "on_probation"}
    assert results(after(bot, 1, SAME)) == {FRUIT: "passed"}
    assert bot.recorded(FRUIT)[-1] == "bake_passed"
    assert after(bot, 1, SAME) == {}
    assert bot.recorded(FRUIT).count("bake_passed") == 1


def test_the_verdict_is_recorded_as_a_run_of_its_own(bot: World) -> None:
    bot.apply(HALF)
    applied = bot.recorded()
    after(bot, 3, HALF)
    started, failed, finished = bot.entries[len(applied) :]
    assert (started.event, failed.event, finished.event) == (
        "run_started",
        "bake_failed",
        "run_finished",
    )
    assert started.data["command"] == "drift"
    assert finished.data["summary"] == {"bake_failed": 1}
    assert failed.data["change_run_id"] == "run-1"
    assert failed.data["suspects"] == [{"slot_id": FRUIT, "run_id": "run-1", "commit": None}]
    assert {"identity", "success_rate", "baseline", "min_success_rate", "reason"} < set(failed.data)


def test_nothing_is_recorded_while_a_change_is_on_probation(bot: World) -> None:
    bot.apply(HALF)
    ledger = bot.ledger.read_bytes()
    after(bot, 1, HALF)
    assert bot.ledger.read_bytes() == ledger


def test_a_change_whose_bake_failed_is_quarantined_like_one_that_was_left_in_place(
    bot: World,
) -> None:
    bot.apply(HALF)
    after(bot, 3, HALF)
    report = checked(bot, HALF)
    (rejection,) = report.rejected
    assert (rejection.slot_id, rejection.live) == (FRUIT, True)
    assert rejection.reason.startswith("its bake failed: success rate fell")
    assert (report.exit_code, results({each.slot_id: each for each in report.bakes})) == (
        2,
        {FRUIT: "failed"},
    )
    assert bot.messages.sent.count(("gate_failed", FRUIT)) == 1
    bot.sandbox.edit(FRUIT, patterns=list(SAME.content.patterns))  # type: ignore[union-attr]
    skipped = bot.apply(HALF)
    assert bot.statuses == {FRUIT: "skipped"}
    assert "its bake failed" in skipped.outcomes[0].message


def test_a_change_that_depends_on_one_whose_bake_failed_is_skipped(bot: World) -> None:
    bot.apply(HALF)
    after(bot, 3, HALF)
    dependent = desired_slot(COLOUR, "^blue$", "^red$", after=(FRUIT,))
    bot.apply(HALF, dependent)
    assert bot.statuses == {COLOUR: "skipped"}


def test_retry_failed_judges_it_again_and_rolls_it_back(bot: World) -> None:
    bot.apply(HALF)
    after(bot, 12, HALF)
    before = document(FRUIT)
    bot.apply(HALF, retry=True)
    assert bot.outcome(FRUIT).status.value == "rolled_back"
    assert bot.live(FRUIT)["patterns"] == before["patterns"]
    assert bot.history.failed_bakes == {}
    assert not bot.in_sync(HALF)
    assert bot.in_sync(desired_slot(FRUIT))


def test_a_later_pass_of_the_same_content_lifts_the_quarantine(bot: World) -> None:
    bot.apply(HALF)
    after(bot, 3, HALF)
    lenient = desired_slot(FRUIT, "^apple$", gate={"max_drop": 1.0, "min_success_rate": 0.0})
    bot.apply(lenient, retry=True)
    assert bot.statuses == {FRUIT: "verified"}
    assert (bot.history.rejected, bot.history.stuck, bot.history.failed_bakes) == ({}, {}, {})
    assert bot.in_sync(lenient)
    assert results(after(bot, 1, lenient)) == {FRUIT: "on_probation"}


def test_other_content_replaces_a_change_whose_bake_failed(bot: World) -> None:
    bot.apply(HALF)
    after(bot, 3, HALF)
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.in_sync(desired_slot(FRUIT))
    report = checked(bot, desired_slot(FRUIT))
    assert (report.rejected, [each.result.value for each in report.bakes]) == ((), ["on_probation"])


def test_too_few_samples_settle_nothing(tmp_path: Path) -> None:
    bot = world(tmp_path)
    bot.apply(HALF)
    strict = desired_slot(FRUIT, "^apple$", gate={"min_samples": 10**9})
    (bake,) = after(bot, 30, strict).values()
    assert bake.result is BakeResult.ON_PROBATION
    assert "fewer than min_samples" in bake.reason
    assert (bake.success_rate, bake.baseline) == (None, 1.0)
    assert bot.history.on_probation.keys() == {FRUIT}


def test_a_watched_slot_that_falls_fails_the_bake(bot: World) -> None:
    watching = desired_slot(FRUIT, "^pear$", "^apple$", gate={"watch": (COLOUR,)})
    bot.apply(watching)
    bot.sandbox.edit(COLOUR, patterns=["^nothing$"])
    (bake,) = after(bot, 3, watching, desired_slot(COLOUR)).values()
    assert bake.result is BakeResult.FAILED
    assert bake.reason.startswith(f"the watched slot {COLOUR}: success rate fell")
    assert bake.success_rate == 1.0


def test_a_slot_on_probation_is_measured_once_for_its_health_and_its_bake(bot: World) -> None:
    watching = desired_slot(FRUIT, "^pear$", "^apple$", gate={"watch": (COLOUR,)})
    bot.apply(watching)
    before = len(bot.observer.of(Measured))
    bot.sandbox.requests.clear()
    after(bot, 3, watching, desired_slot(COLOUR))
    measured = [each.slot_id for each in bot.observer.of(Measured)[before:]]
    assert sorted(measured) == [COLOUR, FRUIT]
    asked = [each for each in bot.sandbox.requests if "extraction" in each.path]
    assert len(asked) == 2


def test_a_watched_slot_without_a_file_is_measured_for_the_bake(bot: World) -> None:
    watching = desired_slot(FRUIT, "^pear$", "^apple$", gate={"watch": (COLOUR,)})
    bot.apply(watching)
    before = len(bot.observer.of(Measured))
    after(bot, 3, watching)
    measured = [each.slot_id for each in bot.observer.of(Measured)[before:]]
    assert measured == [FRUIT, COLOUR]


def test_without_probation_nothing_is_baked(tmp_path: Path) -> None:
    bot = world(tmp_path, gate={"bake_hours": 0})
    bot.apply(HALF)
    assert after(bot, 3, HALF) == {}
    assert "bake_hours" not in bot.entries[-2].data


@pytest.mark.parametrize("gate", [{"bake_hours": 0}, {"enabled": False}])
def test_a_gate_that_is_turned_off_ends_the_judging_of_what_is_on_probation(
    bot: World, gate: dict[str, Any]
) -> None:
    bot.apply(HALF)
    assert after(bot, 3, desired_slot(FRUIT, "^apple$", gate=gate)) == {}


def test_a_change_without_a_gate_is_not_on_probation(bot: World) -> None:
    bot.apply(HALF, judged=False)
    assert after(bot, 3, HALF) == {}


def test_content_that_was_edited_in_the_tenant_since_is_not_judged(bot: World) -> None:
    bot.apply(HALF)
    bot.sandbox.edit(FRUIT, patterns=["^pear$"])
    assert after(bot, 3, HALF) == {}
    assert bot.recorded()[-1] == "run_finished"
    assert "bake_failed" not in bot.recorded()


def test_a_change_that_was_rejected_is_not_on_probation(bot: World) -> None:
    strict = desired_slot(FRUIT, "^apple$", gate={"max_drop": 0.0})
    bot.apply(strict)
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert after(bot, 3, desired_slot(FRUIT)) == {}


def test_a_created_slot_is_judged_by_its_minimum(tmp_path: Path) -> None:
    bot = world(tmp_path)
    created = desired_slot(SIZE, "^small$")
    bot.apply(desired_slot(SIZE, "^small$", gate={"min_success_rate": 0.5}))
    assert bot.statuses == {SIZE: "verified"}
    (bake,) = after(bot, 1, created).values()
    assert (bake.result, bake.baseline) == (BakeResult.FAILED, None)
    assert bake.reason == "success rate 0.500 is below min_success_rate 0.850"


def test_suspects_are_all_recent_changes_of_what_is_measured_and_what_it_depends_on(
    tmp_path: Path,
) -> None:
    bot = world(tmp_path, live=[document(FRUIT), document(COLOUR), document(SIZE)])
    half, size = (
        desired_slot(FRUIT, "^apple$", after=(SIZE,)),
        desired_slot(SIZE, "^large$", "^small$"),
    )
    colour = desired_slot(COLOUR, "^blue$", "^red$")
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR), size)
    bot.clock.advance(60)
    bot.apply(half, colour, size)
    assert set(bot.statuses) == {FRUIT, COLOUR}
    bakes = after(bot, 3, half, colour, size)
    assert results(bakes) == {
        FRUIT: "failed",
        COLOUR: "on_probation",
        SIZE: "on_probation",
    }
    assert [(each.slot_id, each.run_id) for each in bakes[FRUIT].suspects] == [
        (FRUIT, "run-2"),
        (SIZE, "run-1"),
    ]


def test_a_held_lock_keeps_a_verdict_from_being_recorded_and_nothing_else(bot: World) -> None:
    bot.apply(HALF)
    bot.clock.advance(3 * HOUR)
    with FileLedgerStore(bot.ledger, clock=bot.clock).open("another"):
        report = checked(bot, HALF)
    assert report.exit_code == 3
    assert [each.result.value for each in report.bakes] == ["failed"]
    assert report.warnings[-1].startswith(
        f"The ledger does not have bake_failed of {FRUIT}: Another run holds "
    )
    assert bot.history.on_probation.keys() == {FRUIT}
    assert results(after(bot, 0, HALF)) == {FRUIT: "failed"}
    assert bot.history.on_probation == {}


def test_a_verdict_on_a_change_that_an_apply_has_replaced_meanwhile_is_dropped(bot: World) -> None:
    bot.apply(HALF)
    bot.clock.advance(3 * HOUR)

    def replaced(_event: object) -> None:
        if isinstance(_event, Measured):
            bot.observer.disturbed_by = lambda _: None
            bot.apply(desired_slot(FRUIT))

    bot.observer.disturbed_by = replaced
    report = checked(bot, HALF)
    assert (report.bakes, report.warnings) == ((), ())
    assert "bake_failed" not in bot.recorded()
    assert ("gate_failed", FRUIT) not in bot.messages.sent
    assert bot.history.on_probation[FRUIT].run_id == "run-2"
    assert bot.in_sync(desired_slot(FRUIT))


def test_a_tenant_that_cannot_be_measured_settles_nothing(bot: World) -> None:
    bot.apply(HALF)
    bot.inject("GET", "extraction", answered(404))
    (bake,) = after(bot, 30, HALF).values()
    assert bake.result is BakeResult.ON_PROBATION
    assert bake.reason
