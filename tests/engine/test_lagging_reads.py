"""A tenant whose reads lag behind its writes: nothing is concluded from one read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import httpx
import pytest

from reconciler.model.settings import Limits, Rollout
from tests.support.faults import Answer, answered, lost_after, meanwhile, stored_then
from tests.support.fuse import PowerCut
from tests.support.world import COLOUR, FRUIT, SIZE, World, document, wanted

MakeWorld = Callable[..., World]
Batch = Literal["change", "wave"]
BATCHES = pytest.mark.parametrize("batch", ["change", "wave"])
FEATURES = pytest.mark.parametrize(
    "features",
    [{}, {"etag": False}, {"etag": False, "single_get": False}, {"delete": True}],
    ids=["ETags", "no ETags", "the listing alone", "everything"],
)
LAG = 20.0
BAD = document(FRUIT, patterns=["^apple$"])
SOON = {"settle_seconds": 5}
"""So that a gate has judged before the reads have caught up."""


def stored_untrained(bot: World) -> Callable[[httpx.Request, Answer], httpx.Response]:
    """The tenant stores the bad fruit, answers that its retraining failed, and shows neither."""

    def act(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        bot.sandbox._store.put(document(FRUIT, patterns=["^never$"]))
        bot.sandbox._replica.record()
        return httpx.Response(500, json={"error": "retraining failed"})

    return act


def in_step(bot: World, *desired: Any) -> bool:
    """Whether a plan finds nothing to do once the reads have caught up."""
    bot.clock.advance(LAG)
    return bot.in_sync(*desired)


def test_a_deletion_is_not_said_to_have_failed(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG)
    bot.apply(wanted(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}
    assert in_step(bot, wanted(FRUIT, absent=True))


def test_a_deletion_whose_answer_is_lost_is_found_done(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG)
    bot.inject("DELETE", FRUIT, lost_after)
    bot.apply(wanted(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}


@pytest.mark.parametrize("act", [None, lost_after], ids=["answered", "answer lost"])
@pytest.mark.parametrize("etag", [True, False])
def test_a_deletion_is_read_again_while_only_the_listing_lags(
    world: MakeWorld, act: Any, etag: bool
) -> None:
    bot = world(live=[document(FRUIT)], etag=etag)
    as_before = answered(200, {"data": [document(FRUIT)]})
    lag = meanwhile(lambda: bot.inject("GET", "/slots", as_before, times=3), act)
    bot.inject("DELETE", FRUIT, lag)
    bot.apply(wanted(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}


def test_a_deletion_of_what_stays_in_the_listing_and_is_not_found_stays_open(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)])
    as_before = answered(200, {"data": [document(FRUIT)]})
    bot.inject("DELETE", FRUIT, meanwhile(lambda: bot.inject("GET", "/slots", as_before, times=99)))
    bot.apply(wanted(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "failed"}
    assert "in the listing, but not found" in bot.outcome(FRUIT).message
    assert set(bot.history.open_changes) == {FRUIT}


def test_a_deletion_that_the_tenant_undoes_has_failed(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("DELETE", FRUIT, answered(204))
    bot.apply(wanted(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "failed"}
    assert "still there" in bot.outcome(FRUIT).message


@BATCHES
@FEATURES
def test_a_rejected_creation_is_deleted_and_not_taken_for_gone(
    world: MakeWorld, batch: Batch, features: Mapping[str, Any]
) -> None:
    bot = world(
        live=[document(COLOUR)],
        gate=SOON,
        read_lag_seconds=LAG,
        rollout=Rollout(batch=batch),
        **features,
    )
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == {}
    assert [each.method for each in bot.writes] == ["PUT", "DELETE"]


@BATCHES
@FEATURES
def test_a_rejected_update_is_rolled_back_and_not_taken_for_restored(
    world: MakeWorld, batch: Batch, features: Mapping[str, Any]
) -> None:
    bot = world(
        live=[document(FRUIT), document(COLOUR, patterns=["^red$"])],
        gate=SOON,
        read_lag_seconds=LAG,
        rollout=Rollout(batch=batch),
        **features,
    )
    bot.apply(wanted(FRUIT, "^never$"), wanted(COLOUR))
    assert bot.statuses[FRUIT] == "rolled_back"
    assert bot.live(FRUIT) == document(FRUIT)
    assert bot.sandbox._bot.trained == bot.sandbox.slots()


def test_a_deletion_that_the_tenant_does_not_know_proves_nothing_about_a_created_slot(
    world: MakeWorld,
) -> None:
    bot = world(
        live=[document(COLOUR)],
        gate=SOON,
        read_lag_seconds=LAG,
        delete=False,
        absent_route_status=404,
    )
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert bot.live(FRUIT) != {}
    assert "cannot delete" in bot.outcome(FRUIT).message


def test_a_created_slot_that_is_gone_by_the_time_of_its_deletion_is_rolled_back(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(COLOUR)])
    bot.inject("DELETE", FRUIT, meanwhile(lambda: bot.sandbox._store.delete(FRUIT)))
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == {}


@pytest.mark.parametrize("etag", [True, False])
@pytest.mark.parametrize("act", [lost_after, stored_then(504)], ids=["lost", "504"])
def test_an_update_whose_answer_is_lost_is_found_stored_and_judged(
    world: MakeWorld, act: Any, etag: bool
) -> None:
    bot = world(live=[BAD], read_lag_seconds=LAG, etag=etag, limits=Limits(max_attempts=2))
    bot.inject("PUT", FRUIT, act, times=2)
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert in_step(bot, wanted(FRUIT))


def test_what_was_stored_and_refused_when_sent_again_is_still_judged(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG, etag=False)
    bot.inject("PUT", FRUIT, lost_after)
    bot.inject("PUT", FRUIT, answered(400, {"error": "no"}))
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == document(FRUIT)


def test_a_retraining_that_failed_out_of_sight_is_not_taken_for_done(world: MakeWorld) -> None:
    bot = world(
        live=[document(FRUIT)], read_lag_seconds=LAG, etag=False, limits=Limits(max_attempts=2)
    )

    bot.inject("PUT", FRUIT, stored_untrained(bot), times=2)
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}  # the old model would have passed it
    assert "The retraining failed 2 times" in bot.outcome(FRUIT).message


def test_a_retraining_that_failed_out_of_sight_and_is_then_refused_is_not_taken_for_done(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG, etag=False)
    bot.inject("PUT", FRUIT, stored_untrained(bot))
    bot.inject("PUT", FRUIT, answered(400, {"error": "no"}))
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert "The retraining failed, then: " in bot.outcome(FRUIT).message


def test_a_wave_that_is_owed_its_training_is_not_said_to_be_somebody_elses(
    world: MakeWorld,
) -> None:
    bot = world(live=[], read_lag_seconds=LAG, rollout=Rollout(batch="wave"))
    bot.inject("PUT", SIZE, answered(400, {"error": "no"}))
    bot.apply(wanted(FRUIT), wanted(SIZE))
    assert bot.statuses == {FRUIT: "verified", SIZE: "failed"}


def test_after_a_crash_a_stored_change_is_not_said_to_be_never_stored(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG)

    def cut(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        raise PowerCut

    bot.inject("PUT", FRUIT, cut)
    with pytest.raises(PowerCut):
        bot.apply(wanted(FRUIT, "^never$"))
    bot.apply(wanted(FRUIT, "^never$"), retry=False)
    recovered = bot.report.outcomes[0]
    assert (recovered.recovered, recovered.status.value) == (True, "rolled_back")
    assert bot.live(FRUIT) == document(FRUIT)


def test_after_a_crash_what_somebody_has_undone_is_said_to_be_theirs(world: MakeWorld) -> None:
    bot = world(live=[BAD])

    def cut(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        raise PowerCut

    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("GET", "extraction", cut)))
    with pytest.raises(PowerCut):
        bot.apply(wanted(FRUIT))
    bot.sandbox.edit(FRUIT, patterns=BAD["patterns"])
    bot.apply(wanted(FRUIT))
    assert [(o.status.value, o.recovered) for o in bot.report.outcomes] == [("failed", True)]
    assert "Someone else changed" in bot.report.outcomes[0].message
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}


def test_a_rollback_that_is_cut_off_is_sent_again_though_it_reads_as_done(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], gate=SOON, read_lag_seconds=LAG)

    def cut(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        raise PowerCut

    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, cut)))
    with pytest.raises(PowerCut):
        bot.apply(wanted(FRUIT, "^never$"))
    bot.apply(wanted(FRUIT, "^never$"), retry=False)
    assert bot.report.outcomes[0].status.value == "rolled_back"
    assert bot.live(FRUIT) == document(FRUIT)


def test_a_rollback_that_never_shows_stays_open(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, answered(204))))
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert set(bot.history.open_changes) == {FRUIT}
    bot.apply(wanted(FRUIT, "^never$"), retry=False)
    assert bot.report.outcomes[0].status.value == "rolled_back"
    assert bot.live(FRUIT) == document(FRUIT)


def test_a_tag_that_is_refused_although_the_slot_bears_it_is_left_out_and_reported(
    world: MakeWorld,
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, answered(412, {"error": "not this version"}))
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    puts = [each for each in bot.transport.sent if each.method == "PUT"]
    assert ["If-Match" in each.headers for each in puts] == [True, False]
    assert any("refused the revision" in each for each in bot.observer.warnings)


def test_a_tag_that_lags_does_not_let_an_edit_be_overwritten(world: MakeWorld) -> None:
    bot = world(live=[BAD], read_lag_seconds=LAG)
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"])))
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]


def test_an_edit_that_an_unanswered_write_has_replaced_is_not_said_to_have_come_after_it(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG, etag=False)

    def slow(request: httpx.Request, answer: Answer) -> httpx.Response:
        bot.clock.advance(5)
        answer(request)
        bot.clock.advance(LAG - 4)  # a read shows the edit by now, and the write in 4 s
        return httpx.Response(504)

    edit = meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"]))
    bot.inject("GET", FRUIT, edit)  # where reads lag and there are no ETags, nobody can see it
    bot.inject("PUT", FRUIT, slow)
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == document(FRUIT)
