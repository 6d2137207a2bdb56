"""After a crash at any step, the next apply recovers what was left open, and ends where an
undisturbed run ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import httpx
import pytest

from reconciler.model.settings import Rollout
from reconciler.model.slot import DesiredSlot
from tests.support.faults import Answer, answered, meanwhile, stored_then
from tests.support.fuse import Fuse, PowerCut, cut_after_the_write, steps_of
from tests.support.world import COLOUR, FRUIT, GOOD, SIZE, World, desired_slot, document

MakeWorld = Callable[..., World]


GOOD_CHANGE = (desired_slot(FRUIT), desired_slot(COLOUR, after=[FRUIT]))
BAD_CHANGE = (desired_slot(FRUIT, "^never$"), desired_slot(COLOUR, after=[FRUIT]))
DELETION = (desired_slot(FRUIT, absent=True), desired_slot(COLOUR))
LIVE = [document(FRUIT, patterns=["^apple$"])]
THIEF = ("^apple$", "^pear$", "^want (red|blue)$")
"""Patterns that take the colours too, because a longer match wins."""


@pytest.mark.parametrize("batch", ["change", "wave"])
@pytest.mark.parametrize(
    ("live", "desired", "final"),
    [
        (LIVE, GOOD_CHANGE, {FRUIT: ["^apple$", "^pear$"], COLOUR: ["^red$", "^blue$"]}),
        ([], GOOD_CHANGE, {FRUIT: ["^apple$", "^pear$"], COLOUR: ["^red$", "^blue$"]}),
        ([document(FRUIT)], BAD_CHANGE, {FRUIT: ["^apple$", "^pear$"]}),
        ([document(FRUIT), document(COLOUR)], DELETION, {COLOUR: ["^red$", "^blue$"]}),
        (
            [document(FRUIT), document(COLOUR, patterns=["^red$"])],
            (desired_slot(FRUIT, "^never$"), desired_slot(COLOUR), desired_slot(SIZE)),
            {FRUIT: ["^apple$", "^pear$"], COLOUR: ["^red$", "^blue$"], SIZE: list(GOOD[SIZE])},
        ),
    ],
    ids=["an update", "a creation", "a bad change", "a deletion", "three at once, one bad"],
)
def test_after_a_power_cut_at_any_step_the_next_apply_reaches_the_same_end(
    tmp_path_factory: pytest.TempPathFactory,
    live: list[dict[str, Any]],
    desired: tuple[DesiredSlot, ...],
    final: dict[str, list[str]],
    batch: Literal["change", "wave"],
) -> None:
    def make() -> World:
        return World(tmp_path_factory.mktemp("cut"), live=live, rollout=Rollout(batch=batch))

    for step in range(1, steps_of(make, desired) + 1):
        bot = make()
        with pytest.MonkeyPatch.context() as patch:
            Fuse(bot, patch, at=step)
            with pytest.raises(PowerCut):
                bot.apply(*desired)
        bot.clock.advance(30)
        bot.apply_again(*desired)
        patterns = {each["slotId"]: each["patterns"] for each in bot.sandbox.slots()}
        assert patterns == final, f"cut at step {step}"
        assert not bot.history.open_changes, f"cut at step {step}"
        assert bot.sandbox._bot.trained == bot.sandbox.slots(), f"cut at step {step}"
        _assert_every_write_was_announced(bot, step)


def test_after_a_power_cut_at_any_step_the_slot_at_fault_is_still_found(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    live = [document(FRUIT), document(COLOUR)]
    its_own_gate_lets_it_pass = {"min_success_rate": 0.0, "max_drop": 0.6}
    thief = desired_slot(FRUIT, *THIEF, gate=its_own_gate_lets_it_pass)
    desired = (thief, desired_slot(COLOUR, name="colours"))

    def make() -> World:
        return World(tmp_path_factory.mktemp("cut"), live=live, rollout=Rollout(batch="wave"))

    for step in range(1, steps_of(make, desired) + 1):
        bot = make()
        with pytest.MonkeyPatch.context() as patch:
            Fuse(bot, patch, at=step)
            with pytest.raises(PowerCut):
                bot.apply(*desired)
        if len(bot.writes) < len(desired):
            continue  # then each change is judged alone
        bot.clock.advance(30)
        bot.apply_again(*desired)
        assert bot.live(FRUIT) == document(FRUIT), f"cut at step {step}"
        assert not bot.history.open_changes, f"cut at step {step}"


def _assert_every_write_was_announced(bot: World, step: int) -> None:
    started = [e.data["slot_id"] for e in bot.entries if e.event == "change_started"]
    for put in bot.writes:
        assert put.path.rsplit("/", 1)[1] in started, f"cut at step {step}"


def test_a_stored_change_is_judged_by_the_baseline_in_the_ledger(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    cut_after_the_write(bot, FRUIT, desired_slot(FRUIT, "^never$"))
    bot.clock.advance(60)  # by now the live rate is that of the bad change
    bot.apply(desired_slot(FRUIT, "^never$"))
    recovered = bot.report.outcomes[0]
    assert (recovered.recovered, recovered.status.value) == (True, "rolled_back")
    assert (recovered.baseline, recovered.success_rate) == (1.0, 0.0)
    assert recovered.message.startswith("left open by run run-1: success rate fell from 1.000")
    assert bot.live(FRUIT) == document(FRUIT)
    assert bot.report.exit_code == 3


def test_a_good_change_is_verified_and_the_rest_of_the_plan_is_applied(world: MakeWorld) -> None:
    bot = world(live=LIVE)
    cut_after_the_write(bot, FRUIT, *GOOD_CHANGE)
    written = len(bot.writes)
    bot.apply(*GOOD_CHANGE)
    assert [(o.slot_id, o.status.value, o.recovered) for o in bot.report.outcomes] == [
        (FRUIT, "verified", True),
        (COLOUR, "verified", False),
    ]
    # The response to the first PUT is unknown, so it is repeated to make sure of its training.
    assert [put.path.rsplit("/", 1)[1] for put in bot.writes[written:]] == [FRUIT, COLOUR]
    assert bot.report.exit_code == 0
    assert "change_recovered" in bot.recorded(FRUIT)


def test_a_stored_change_that_may_not_be_trained_is_trained_before_it_is_judged(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)])

    def store_untrained_and_cut(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        bot.sandbox._store.put(document(FRUIT, patterns=["^never$"]))
        raise PowerCut

    bot.inject("PUT", FRUIT, store_untrained_and_cut)
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(FRUIT, "^never$"))
    bot.apply(desired_slot(FRUIT, "^never$"), retry=False)
    recovered = bot.report.outcomes[0]
    assert recovered.status.value == "rolled_back"  # the old model would have passed it
    assert (recovered.baseline, recovered.success_rate) == (1.0, 0.0)


def test_a_stored_change_that_cannot_be_trained_is_rolled_back(world: MakeWorld) -> None:
    bot = world(live=LIVE)
    cut_after_the_write(bot, FRUIT, desired_slot(FRUIT))
    bot.inject("PUT", FRUIT, stored_then(500), times=bot.settings.limits.max_attempts)
    bot.apply(desired_slot(FRUIT), retry=False)
    recovered = bot.report.outcomes[0]
    assert recovered.status.value == "rolled_back"
    assert "The retraining failed 5 times" in recovered.message
    assert bot.live(FRUIT) == LIVE[0]


def test_a_change_stays_open_while_training_is_refused_for_now(world: MakeWorld) -> None:
    bot = world(live=LIVE)
    cut_after_the_write(bot, FRUIT, desired_slot(FRUIT))
    bot.inject("PUT", FRUIT, answered(403))
    bot.apply(desired_slot(FRUIT))
    assert bot.report.exit_code == 1
    assert set(bot.history.open_changes) == {FRUIT}
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}


def test_a_change_that_was_never_stored_is_made_again(world: MakeWorld) -> None:
    bot = world(live=LIVE)

    def cut(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        raise PowerCut

    bot.inject("PUT", FRUIT, cut)
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(FRUIT))
    bot.apply(desired_slot(FRUIT))
    assert [(o.status.value, o.recovered) for o in bot.report.outcomes] == [
        ("skipped", True),
        ("verified", False),
    ]
    assert "never stored" in bot.report.outcomes[0].message
    assert bot.in_sync(desired_slot(FRUIT))


def test_a_foreign_edit_is_reported_and_kept_and_the_next_run_continues(
    world: MakeWorld,
) -> None:
    bot = world(live=LIVE)
    cut_after_the_write(bot, FRUIT, desired_slot(FRUIT))
    bot.sandbox.edit(FRUIT, patterns=["^theirs$"])
    bot.apply(desired_slot(FRUIT), desired_slot(SIZE))
    assert bot.report.exit_code == 1
    assert [(o.slot_id, o.status.value) for o in bot.report.outcomes] == [(FRUIT, "failed")]
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]
    bot.apply(desired_slot(FRUIT, "^theirs$"), desired_slot(SIZE))
    assert bot.statuses == {SIZE: "verified"}


def test_a_rejected_change_is_rolled_back_without_judging_it_again(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])

    def cut(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        raise PowerCut

    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, cut)))
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.recorded(FRUIT)[-1] == "rollback_started"
    bot.apply(desired_slot(FRUIT, "^never$"), retry=False)
    assert bot.recorded(FRUIT).count("gate_failed") == 1
    assert bot.live(FRUIT) == document(FRUIT)
    assert [(o.status.value, o.recovered) for o in bot.report.outcomes] == [
        ("rolled_back", True),
        ("skipped", False),
    ]
    assert [each.gate_stopped for each in bot.report.outcomes] == [True, True]
    assert bot.report.exit_code == 3


def test_a_change_stays_open_while_the_tenant_is_unavailable(world: MakeWorld) -> None:
    bot = world(live=LIVE)
    cut_after_the_write(bot, FRUIT, desired_slot(FRUIT))
    bot.inject("GET", FRUIT, answered(403), times=1)
    bot.apply(desired_slot(FRUIT))
    assert bot.report.exit_code == 1
    assert set(bot.history.open_changes) == {FRUIT}
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.in_sync(desired_slot(FRUIT))


def test_a_slot_whose_file_is_gone_is_judged_by_the_projects_gate(world: MakeWorld) -> None:
    bot = world(gate={"min_success_rate": 0.4})
    bot.settings = bot.settings.model_copy(update={"owns": ("slot_*",)})
    cut_after_the_write(bot, FRUIT, desired_slot(FRUIT, "^apple$"))  # extracts half of the values
    bot.apply(desired_slot(SIZE))
    assert [(o.slot_id, o.status.value) for o in bot.report.outcomes] == [
        (FRUIT, "verified"),
        (SIZE, "verified"),
    ]


def test_after_a_power_cut_at_any_step_a_second_judgement_reaches_the_same_end(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    bad = desired_slot(FRUIT, "^never$")
    halting, rolling_back = Rollout(on_failure="halt"), Rollout()

    def left_live() -> World:
        bot = World(tmp_path_factory.mktemp("cut"), live=[document(FRUIT)], rollout=halting)
        bot.apply(bad)
        bot.settings = bot.settings.model_copy(update={"rollout": rolling_back})
        return bot

    with pytest.MonkeyPatch.context() as patch:
        bot = left_live()
        fuse = Fuse(bot, patch, at=-1)
        bot.apply(bad, retry=True)
        steps = fuse.steps
    for step in range(1, steps + 1):
        bot = left_live()
        with pytest.MonkeyPatch.context() as patch:
            Fuse(bot, patch, at=step)
            with pytest.raises(PowerCut):
                bot.apply(bad, retry=True)
        bot.clock.advance(30)
        bot.apply(bad, retry=True)
        assert bot.live(FRUIT)["patterns"] == list(GOOD[FRUIT]), f"cut at step {step}"
        assert not bot.history.open_changes, f"cut at step {step}"
        assert bot.sandbox._bot.trained == bot.sandbox.slots(), f"cut at step {step}"


def test_a_change_rejected_under_halt_is_left_in_place_after_a_crash_too(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    def make() -> World:
        folder = tmp_path_factory.mktemp("halt")
        return World(folder, live=[document(FRUIT)], rollout=Rollout(on_failure="halt"))

    desired = (desired_slot(FRUIT, "^never$"),)
    cut = 0
    for step in range(1, steps_of(make, desired) + 1):
        bot = make()
        with pytest.MonkeyPatch.context() as patch:
            Fuse(bot, patch, at=step)
            with pytest.raises(PowerCut):
                bot.apply(*desired)
        if bot.recorded(FRUIT)[-1:] == ["gate_failed"]:
            cut += 1
            bot.apply(*desired, retry=False)
            assert bot.live(FRUIT)["patterns"] == ["^never$"]
            assert bot.recorded(FRUIT)[-2:] == ["change_recovered", "change_failed"]
    assert cut
