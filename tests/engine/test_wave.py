"""`rollout.batch: wave`: the changes of a wave are made, trained and judged together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import httpx
import pytest

from reconciler.model.event import Measured
from reconciler.model.gate import Measurement
from reconciler.model.settings import Limits, Rollout
from reconciler.planning.rejections import rejected_changes
from tests.support.faults import (
    Answer,
    answered,
    lost_before,
    meanwhile,
    stored_then,
)
from tests.support.world import COLOUR, FRUIT, GOOD, SIZE, World, desired_slot, document

MakeWorld = Callable[..., World]

LIVE = (
    document(FRUIT, patterns=["^apple$"]),
    document(COLOUR, patterns=["^red$"]),
    document(SIZE, patterns=["^small$"]),
)
BETTER = (desired_slot(COLOUR), desired_slot(FRUIT), desired_slot(SIZE))
LENIENT = {"min_success_rate": 0.0, "max_drop": 0.6}
THIEF = ("^apple$", "^pear$", "^want (red|blue)$")
"""Patterns that take the colours too, because a longer match wins."""


def waves(
    world: MakeWorld, *, on_failure: Literal["rollback", "halt"] = "rollback", **given: Any
) -> World:
    return world(**{"live": LIVE, **given}, rollout=Rollout(batch="wave", on_failure=on_failure))


def written(bot: World) -> list[tuple[str, bool]]:
    """The slot of each PUT, and whether it requested training."""
    return [
        (put.path.rsplit("/", 1)[1], put.body["triggerRetrain"])
        for put in bot.writes
        if isinstance(put.body, dict)
    ]


def asked(bot: World) -> list[tuple[str, str]]:
    return [(r.method, r.path.rsplit("/", 1)[1]) for r in bot.sandbox.requests]


def measured(bot: World, slot_id: str) -> int:
    """How often the slot's success rate was requested."""
    path = f"/slots/{slot_id}/extraction"
    return sum(request.path.endswith(path) for request in bot.sandbox.requests)


def test_the_last_write_of_a_wave_requests_the_only_training(world: MakeWorld) -> None:
    bot = waves(world)
    bot.apply(*BETTER)
    assert written(bot) == [(COLOUR, False), (FRUIT, False), (SIZE, True)]
    assert set(bot.statuses.values()) == {"verified"}
    assert bot.report.exit_code == 0
    assert bot.in_sync(*BETTER)


def test_a_deletion_that_frees_a_name_is_made_alone_before_the_name_is_taken(
    world: MakeWorld,
) -> None:
    bot = waves(world, live=[*LIVE[:2], document("slot_old", name="size")])
    desired = (desired_slot("slot_old", absent=True), *BETTER)
    bot.apply(*desired)
    assert [(put.method, put.path.rsplit("/", 1)[1]) for put in bot.writes] == [
        ("PUT", COLOUR),
        ("PUT", FRUIT),
        ("DELETE", "slot_old"),
        ("PUT", SIZE),
    ]
    assert [retrain for _, retrain in written(bot)] == [False, True, True]
    assert set(bot.statuses.values()) == {"verified"}
    assert bot.in_sync(*desired)


def test_baselines_come_first_and_verdicts_last(world: MakeWorld) -> None:
    bot = waves(world)
    bot.apply(*BETTER)
    assert bot.recorded() == [
        "run_started",
        *["change_started", "change_applied"] * 3,
        *["gate_passed"] * 3,
        "run_finished",
    ]
    assert [bot.outcome(each.slot_id).baseline for each in BETTER] == [0.5, 0.5, 0.5]


def test_without_etags_one_listing_checks_a_whole_wave(world: MakeWorld) -> None:
    bot = waves(world, etag=False)
    bot.apply(*BETTER)
    measured = [("GET", "extraction")] * 3
    assert asked(bot) == [
        ("POST", "token"),
        *[("GET", "slots")] * 2,  # the second page is empty
        *measured,
        ("GET", COLOUR),  # shows that there are no ETags
        ("PUT", COLOUR),
        ("GET", "slots"),
        ("PUT", FRUIT),
        ("PUT", SIZE),
        *measured,
    ]


def test_the_last_empty_page_of_a_listing_is_not_counted_if_it_is_not_needed(
    world: MakeWorld,
) -> None:
    others = [document(f"slot_{number:03}") for number in range(120)]
    bot = waves(world, live=[*others, *LIVE], etag=False)
    bot.apply(*BETTER)
    # For two more slots, the two pages cost as much as two single reads.
    assert [r for r in asked(bot) if r in (("GET", FRUIT), ("GET", SIZE))] == []
    assert asked(bot).count(("GET", "slots")) == 3 + 2


def test_with_etags_each_write_has_its_own_condition(world: MakeWorld) -> None:
    bot = waves(world)
    bot.apply(*BETTER)
    puts = [request for request in bot.transport.sent if request.method == "PUT"]
    assert [bool(put.headers.get("If-Match")) for put in puts] == [True] * 3
    assert asked(bot).count(("GET", "slots")) == 2  # the plan's


def test_one_listing_checks_all_creations_even_with_etags(
    world: MakeWorld,
) -> None:
    bot = waves(world, live=[document("slot_other")])
    bot.apply(*BETTER)
    assert set(bot.statuses.values()) == {"verified"}
    assert asked(bot).count(("GET", "slots")) == 4  # the plan's, and the wave's


def test_a_wave_waits_for_the_one_before_it(world: MakeWorld) -> None:
    bot = waves(world, live=[])
    desired = (desired_slot(FRUIT), desired_slot(COLOUR), desired_slot(SIZE, after=[FRUIT]))
    bot.apply(*desired)
    assert written(bot) == [(COLOUR, False), (FRUIT, True), (SIZE, True)]
    assert bot.recorded()[1:7] == [*["change_started", "change_applied"] * 2, *["gate_passed"] * 2]
    assert bot.in_sync(*desired)


def test_deletions_are_made_one_by_one(world: MakeWorld) -> None:
    bot = waves(world)
    desired = (
        desired_slot(FRUIT, absent=True),
        desired_slot(COLOUR, absent=True),
        desired_slot(SIZE),
    )
    bot.apply(*desired)
    assert set(bot.statuses.values()) == {"verified"}
    assert [write.method for write in bot.writes] == ["PUT", "DELETE", "DELETE"]
    assert bot.recorded()[-7:-1] == ["change_started", "change_applied", "gate_passed"] * 2
    assert bot.in_sync(*desired)


def test_changes_without_training_are_written_first_and_never_request_it(world: MakeWorld) -> None:
    bot = waves(world)
    bot.apply(desired_slot(COLOUR), desired_slot(FRUIT), desired_slot(SIZE, retrain=False))
    assert written(bot) == [(SIZE, False), (COLOUR, False), (FRUIT, True)]
    assert bot.statuses == {SIZE: "unjudged", COLOUR: "verified", FRUIT: "verified"}


def test_a_wave_that_needs_no_training_gets_none(world: MakeWorld) -> None:
    bot = waves(world)
    bot.apply(*(desired_slot(each.slot_id, retrain=False) for each in BETTER))
    assert [trains for _, trains in written(bot)] == [False] * 3
    assert set(bot.statuses.values()) == {"unjudged"}


def test_failed_changes_are_rolled_back_and_the_rest_stands_after_a_second_judgement(
    world: MakeWorld,
) -> None:
    bot = waves(world, live=[document(FRUIT), *LIVE[1:]])
    desired = (desired_slot(FRUIT, "^never$"), desired_slot(COLOUR), desired_slot(SIZE))
    bot.apply(*desired)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "rolled_back", SIZE: "verified"}
    assert bot.live(FRUIT) == document(FRUIT)
    assert written(bot)[3:] == [(FRUIT, True)]
    assert bot.report.exit_code == 3
    events = bot.recorded()
    assert events.index("change_rolled_back") < events.index("gate_passed")
    assert set(rejected_changes(bot.plan(*desired), bot.history)) == {FRUIT}


def test_the_run_ends_after_a_wave_with_a_failure(world: MakeWorld) -> None:
    bot = waves(world, live=[document(FRUIT), document(COLOUR)])
    bot.apply(
        desired_slot(FRUIT, "^never$"), desired_slot(COLOUR), desired_slot(SIZE, after=[COLOUR])
    )
    assert bot.statuses == {FRUIT: "rolled_back", SIZE: "skipped"}
    assert bot.outcome(SIZE).message == f"not begun: the run ended at {FRUIT}"


def test_if_a_rolled_back_slot_does_not_recover_the_whole_wave_is_rolled_back(
    world: MakeWorld,
) -> None:
    live = [document(FRUIT), document(COLOUR), LIVE[2]]
    bot = waves(world, live=live)
    desired = (
        desired_slot(FRUIT, *THIEF, gate=LENIENT),  # its own gate passes it
        desired_slot(COLOUR, name="colours"),
        desired_slot(SIZE),
    )
    bot.apply(*desired)
    assert set(bot.statuses.values()) == {"rolled_back"}
    assert bot.sandbox.slots() == live
    assert bot.outcome(COLOUR).message.startswith("success rate fell from 1.000 to 0.000")
    assert bot.outcome(FRUIT).message.startswith(f"{COLOUR} was rolled back and still suffers")
    assert bot.report.exit_code == 3
    # It is unknown which of the others was the reason, so a scheduled apply must not try again.
    rejected = rejected_changes(bot.plan(*desired), bot.history)
    assert set(rejected) == {COLOUR, FRUIT, SIZE}
    before = len(bot.writes)
    bot.apply_again(*desired)
    assert len(bot.writes) == before


def test_a_rolled_back_slot_is_judged_by_its_drop_and_not_by_its_minimum(
    world: MakeWorld,
) -> None:
    """A change that stands may cost a rolled-back slot a little of its rate."""
    bot = waves(world, live=[document(FRUIT), LIVE[1]], gate={"max_drop": 0.6})
    desired = (desired_slot(FRUIT, "^never$"), desired_slot(COLOUR, *GOOD[COLOUR], "^want apple$"))
    bot.apply(*desired)
    assert bot.statuses == {FRUIT: "rolled_back", COLOUR: "verified"}
    *_, last = (each.reading for each in bot.observer.of(Measured) if each.slot_id == FRUIT)
    assert isinstance(last, Measurement)
    assert last.success_rate == 0.5  # of 1.0 before, with a minimum of 0.85


def test_a_change_that_is_rolled_back_with_others_is_not_rejected(world: MakeWorld) -> None:
    bot = waves(world, live=[document(FRUIT), *LIVE[1:]])

    def fall_later() -> None:
        bot.inject("PUT", FRUIT, meanwhile(_measure(bot, COLOUR, 0.1)))

    bot.inject("PUT", FRUIT, meanwhile(fall_later))
    desired = (desired_slot(FRUIT, "^never$"), desired_slot(COLOUR), desired_slot(SIZE))
    bot.apply(*desired)
    assert set(bot.statuses.values()) == {"rolled_back"}
    assert bot.outcome(COLOUR).message.startswith("success rate fell from 0.500 to 0.100")
    assert bot.outcome(SIZE).message.startswith(f"in the same wave as {COLOUR}, which failed")
    assert (bot.outcome(SIZE).success_rate, bot.outcome(SIZE).baseline) == (1.0, 0.5)
    assert bot.recorded(SIZE)[-2:] == ["rollback_started", "change_rolled_back"]
    assert set(rejected_changes(bot.plan(*desired), bot.history)) == {FRUIT, COLOUR}
    bot.apply(*desired, retry=False)
    assert bot.statuses == {FRUIT: "skipped", COLOUR: "skipped", SIZE: "verified"}


def test_a_change_that_no_gate_judges_is_rolled_back_with_others_too(world: MakeWorld) -> None:
    bot = waves(world, live=[document(FRUIT), *LIVE[1:]])

    def fall_later() -> None:
        bot.inject("PUT", FRUIT, meanwhile(_measure(bot, COLOUR, 0.1)))

    bot.inject("PUT", FRUIT, meanwhile(fall_later))
    unjudged = desired_slot(SIZE, gate={"enabled": False})
    bot.apply(desired_slot(FRUIT, "^never$"), desired_slot(COLOUR), unjudged)
    assert set(bot.statuses.values()) == {"rolled_back"}
    size = bot.outcome(SIZE)
    assert size.message.startswith(f"in the same wave as {COLOUR}, which failed")
    assert (size.success_rate, size.baseline, size.gate_stopped) == (None, None, True)
    assert bot.in_sync(
        desired_slot(FRUIT), desired_slot(COLOUR, "^red$"), desired_slot(SIZE, "^small$")
    )


def _measure(bot: World, slot_id: str, rate: float) -> Callable[[], None]:
    path = f"{slot_id}/extraction"
    return lambda: bot.inject("GET", path, answered(200, {"successRate": rate}), times=1)


def test_halt_leaves_the_failed_changes_in_place_and_keeps_the_rest(world: MakeWorld) -> None:
    bot = waves(world, live=[document(FRUIT), *LIVE[1:]], on_failure="halt")
    bot.apply(desired_slot(FRUIT, "^never$"), desired_slot(COLOUR), desired_slot(SIZE))
    assert bot.statuses == {COLOUR: "verified", FRUIT: "failed", SIZE: "verified"}
    assert bot.live(FRUIT)["patterns"] == ["^never$"]
    assert len(bot.writes) == 3
    assert bot.report.exit_code == 3


def test_several_changes_are_rolled_back_with_one_training(world: MakeWorld) -> None:
    live = [document(FRUIT), document(COLOUR)]
    bot = waves(world, live=live)
    bot.apply(desired_slot(FRUIT, "^never$"), desired_slot(COLOUR, "^never$"))
    assert set(bot.statuses.values()) == {"rolled_back"}
    assert [trains for _, trains in written(bot)[2:]] == [False, True]
    assert bot.sandbox.slots() == live


def test_a_wave_that_cannot_be_trained_is_rolled_back_completely(world: MakeWorld) -> None:
    bot = waves(world, limits=Limits(max_attempts=2))
    bot.inject("PUT", SIZE, stored_then(500), times=2)
    bot.apply(*BETTER)
    assert set(bot.statuses.values()) == {"rolled_back"}
    assert "The retraining failed 2 times" in bot.outcome(COLOUR).message
    assert bot.sandbox.slots() == list(LIVE)
    assert bot.report.exit_code == 3
    # Any of them may be the reason.
    assert set(rejected_changes(bot.plan(*BETTER), bot.history)) == {COLOUR, FRUIT, SIZE}


def test_after_a_failed_write_the_stored_changes_are_trained_and_judged(world: MakeWorld) -> None:
    bot = waves(world)
    bot.inject("PUT", SIZE, answered(400, {"error": "no"}))
    bot.apply(*BETTER)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "verified", SIZE: "failed"}
    assert written(bot) == [(COLOUR, False), (FRUIT, False), (FRUIT, True)]
    assert bot.report.exit_code == 1
    assert bot.sandbox._bot.trained == bot.sandbox.slots()


def test_after_a_failed_write_no_more_changes_are_stored(world: MakeWorld) -> None:
    bot = waves(world)
    bot.inject("PUT", FRUIT, answered(400, {"error": "no"}))
    bot.apply(*BETTER)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "failed", SIZE: "skipped"}
    assert written(bot) == [(COLOUR, False), (COLOUR, True)]


def test_a_training_request_that_may_be_lost_is_repeated(world: MakeWorld) -> None:
    bot = waves(world)
    bot.inject("PUT", SIZE, answered(400, {"error": "no"}))
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, lost_before, times=2)))
    bot.apply(*BETTER)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "verified", SIZE: "failed"}
    assert bot.sandbox._bot.trained == bot.sandbox.slots()


def test_changes_that_cannot_be_trained_now_stay_open_for_the_next_apply(
    world: MakeWorld,
) -> None:
    bot = waves(world, limits=Limits(max_attempts=2))
    bot.inject("PUT", SIZE, answered(400, {"error": "no"}))
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, lost_before, times=2)))
    bot.apply(*BETTER)
    assert set(bot.statuses.values()) == {"failed"}
    assert "The ledger holds it as open" in bot.outcome(COLOUR).message
    assert set(bot.history.open_changes) == {COLOUR, FRUIT}
    bot.apply(*BETTER)
    assert set(bot.statuses.values()) == {"verified"}
    assert bot.in_sync(*BETTER)


def test_if_someone_else_changed_the_last_slot_another_one_requests_the_training(
    world: MakeWorld,
) -> None:
    bot = waves(world)
    theirs = meanwhile(
        lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"]), answered(400, {"error": "no"})
    )
    bot.inject("PUT", SIZE, theirs)
    bot.apply(*BETTER)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "failed", SIZE: "failed"}
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]
    assert written(bot)[2:] == [(COLOUR, True)]
    assert measured(bot, FRUIT) == 1  # its baseline; a foreign edit is not judged


def test_after_an_interrupt_no_more_changes_are_stored_and_the_stored_ones_are_judged(
    world: MakeWorld,
) -> None:
    bot = waves(world)
    bot.inject("PUT", COLOUR, meanwhile(lambda: bot.clock.interrupt_after(0)))
    bot.apply(*BETTER)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "skipped", SIZE: "skipped"}
    assert bot.outcome(FRUIT).message == "interrupted before it was begun"
    assert written(bot) == [(COLOUR, False), (COLOUR, True)]
    assert bot.report.exit_code == 130


def test_an_edit_that_the_listing_shows_stops_the_run_before_anything_is_written(
    world: MakeWorld,
) -> None:
    bot = waves(world, single_get=False)
    bot.apply(*BETTER, before_writing=lambda: bot.sandbox.edit(SIZE, patterns=["^theirs$"]))
    assert bot.report.exit_code == 4
    assert bot.writes == []


def test_after_an_edit_in_the_middle_of_a_wave_only_the_stored_changes_are_concluded(
    world: MakeWorld,
) -> None:
    bot = waves(world)
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.sandbox.edit(SIZE, patterns=["^theirs$"])))
    bot.apply(*BETTER)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "verified", SIZE: "failed"}
    assert "someone else changed it" in bot.outcome(SIZE).message
    assert bot.live(SIZE)["patterns"] == ["^theirs$"]
    assert written(bot) == [(COLOUR, False), (FRUIT, False), (FRUIT, True)]
    assert bot.report.exit_code == 1


def test_a_listing_is_at_most_thirty_seconds_old_at_a_write(world: MakeWorld) -> None:
    bot = waves(world, single_get=False)

    def slow(request: httpx.Request, answer: Answer) -> httpx.Response:
        bot.clock.advance(31)
        bot.sandbox.edit(SIZE, patterns=["^theirs$"])
        return answer(request)

    bot.inject("PUT", FRUIT, slow)
    bot.apply(*BETTER)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "verified", SIZE: "failed"}
    assert bot.live(SIZE)["patterns"] == ["^theirs$"]


def test_the_wait_for_the_rate_does_not_age_the_listing(world: MakeWorld) -> None:
    many = [f"slot_{number:02}" for number in range(40)]
    bot = waves(
        world,
        live=[document(each, patterns=["^y$"]) for each in many],
        single_get=False,
        limits=Limits(requests_per_minute=10),
    )
    desired = [desired_slot(each, retrain=False) for each in many]
    bot.apply(*desired)
    listed = None
    for request in bot.sandbox.requests:
        if request.path.endswith("/slots"):
            listed = request.at
        elif request.method == "PUT":
            assert listed is not None
            assert request.at - listed <= 30
    assert bot.in_sync(*desired)


@pytest.mark.parametrize("act", [stored_then(503), stored_then(500), lost_before])
def test_writes_of_a_wave_whose_responses_are_lost_are_read_back(
    world: MakeWorld, act: Callable[..., httpx.Response]
) -> None:
    bot = waves(world)
    for slot_id in GOOD:
        bot.inject("PUT", slot_id, act)
    bot.apply(*BETTER)
    assert set(bot.statuses.values()) == {"verified"}
    assert bot.in_sync(*BETTER)
    assert bot.sandbox._bot.trained == bot.sandbox.slots()


def test_a_rejected_change_is_skipped_and_the_rest_of_its_wave_is_applied(world: MakeWorld) -> None:
    bot = waves(world, live=[document(FRUIT), *LIVE[1:]])
    desired = (desired_slot(FRUIT, "^never$"), desired_slot(COLOUR))
    bot.apply(*desired)
    better = (desired[0], desired_slot(COLOUR, name="colours"), desired_slot(SIZE))
    bot.apply(*better, retry=False)
    assert bot.statuses == {FRUIT: "skipped", COLOUR: "verified", SIZE: "verified"}


def test_creations_are_rolled_back_first_because_a_deletion_requests_no_training(
    world: MakeWorld,
) -> None:
    bot = waves(world, live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, "^never$"), desired_slot(SIZE, "^never$"))
    assert set(bot.statuses.values()) == {"rolled_back"}
    assert [(each.method, each.path.rsplit("/", 1)[1]) for each in bot.writes[2:]] == [
        ("DELETE", SIZE),
        ("PUT", FRUIT),
    ]


def test_if_someone_else_changed_the_last_slot_to_roll_back_another_one_requests_the_training(
    world: MakeWorld,
) -> None:
    bot = waves(world, live=[document(each) for each in GOOD])

    def edit() -> None:
        for each in (FRUIT, SIZE):
            bot.sandbox.edit(each, patterns=["^theirs$"])

    # After FRUIT is rolled back, and before SIZE is read.
    taken = meanwhile(lambda: bot.inject("GET", SIZE, meanwhile(edit)))
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, taken)))
    bot.apply(*(desired_slot(each, "^never$") for each in GOOD))
    assert bot.statuses == {
        COLOUR: "rolled_back",
        FRUIT: "rollback_failed",
        SIZE: "rollback_failed",
    }
    assert written(bot)[3:] == [(COLOUR, False), (FRUIT, False), (COLOUR, True)]


def test_there_is_no_wait_for_a_creation_that_was_rolled_back(world: MakeWorld) -> None:
    bot = waves(world, live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR), desired_slot(SIZE, "^never$"))
    assert bot.statuses == {COLOUR: "verified", SIZE: "rolled_back"}
    assert measured(bot, SIZE) == 1
    assert measured(bot, COLOUR) == 2


def test_a_slot_that_several_watch_has_one_baseline(world: MakeWorld) -> None:
    bot = waves(world, live=[*LIVE[:2], document(SIZE)])
    watching = {"watch": (SIZE,)}
    bot.apply(
        desired_slot(COLOUR, gate=watching), desired_slot(FRUIT, gate=watching), desired_slot(SIZE)
    )
    assert bot.statuses == {COLOUR: "verified", FRUIT: "verified"}
    before_the_writes = [each for each in bot.sandbox.requests if each.at == 1000.0]
    assert sum(each.path.endswith(f"/{SIZE}/extraction") for each in before_the_writes) == 1


def test_pages_that_were_read_for_one_slot_do_not_check_the_others(world: MakeWorld) -> None:
    bot = world(
        live=[document(each, patterns=["^x$"]) for each in (COLOUR, FRUIT, SIZE)],
        rollout=Rollout(batch="wave"),
        page_cap=1,
        etag=False,
        single_get=False,
    )
    bot.apply(desired_slot(COLOUR), desired_slot(FRUIT), desired_slot(SIZE))
    assert bot.statuses == {COLOUR: "verified", FRUIT: "verified", SIZE: "verified"}
    assert bot.in_sync(desired_slot(COLOUR), desired_slot(FRUIT), desired_slot(SIZE))
