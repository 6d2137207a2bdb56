"""A tenant whose reads lag behind its writes, so that a single read proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import httpx
import pytest

from reconciler.model.settings import Limits, Rollout
from tests.support.faults import Answer, answered, lost_after, meanwhile, stored_then
from tests.support.fuse import PowerCut
from tests.support.world import COLOUR, FRUIT, SIZE, World, desired_slot, document

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
"""A gate that reaches its verdict before the reads have caught up."""


def stored_untrained(bot: World) -> Callable[[httpx.Request, Answer], httpx.Response]:
    """The tenant stores the bad fruit, answers that its retraining failed, and shows neither."""

    def act(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        bot.sandbox._store.put(document(FRUIT, patterns=["^never$"]))
        bot.sandbox._replica.record()
        return httpx.Response(500, json={"error": "retraining failed"})

    return act


def in_step(bot: World, *desired: Any) -> bool:
    """Whether a plan has no changes once the reads have caught up."""
    bot.clock.advance(LAG)
    return bot.in_sync(*desired)


def test_a_deletion_is_not_reported_as_failed_while_reads_lag(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG)
    bot.apply(desired_slot(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}
    assert in_step(bot, desired_slot(FRUIT, absent=True))


def test_a_deletion_whose_response_is_lost_is_found_to_be_done(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG)
    bot.inject("DELETE", FRUIT, lost_after)
    bot.apply(desired_slot(FRUIT, absent=True))
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
    bot.apply(desired_slot(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}


def test_a_deletion_stays_open_if_the_slot_remains_in_the_listing_but_is_not_found(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)])
    as_before = answered(200, {"data": [document(FRUIT)]})
    bot.inject("DELETE", FRUIT, meanwhile(lambda: bot.inject("GET", "/slots", as_before, times=99)))
    bot.apply(desired_slot(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "failed"}
    assert "in the listing, but not found" in bot.outcome(FRUIT).message
    assert set(bot.history.open_changes) == {FRUIT}


def test_a_deletion_that_the_tenant_does_not_carry_out_has_failed(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("DELETE", FRUIT, answered(204))
    bot.apply(desired_slot(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "failed"}
    assert "still there" in bot.outcome(FRUIT).message


@BATCHES
@FEATURES
def test_a_rejected_creation_is_deleted_even_if_reads_do_not_show_it_yet(
    world: MakeWorld, batch: Batch, features: Mapping[str, Any]
) -> None:
    bot = world(
        live=[document(COLOUR)],
        gate=SOON,
        read_lag_seconds=LAG,
        rollout=Rollout(batch=batch),
        **features,
    )
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == {}
    assert [each.method for each in bot.writes] == ["PUT", "DELETE"]


@BATCHES
@FEATURES
def test_a_rejected_update_is_rolled_back_even_if_reads_still_show_the_former_slot(
    world: MakeWorld, batch: Batch, features: Mapping[str, Any]
) -> None:
    bot = world(
        live=[document(FRUIT), document(COLOUR, patterns=["^red$"])],
        gate=SOON,
        read_lag_seconds=LAG,
        rollout=Rollout(batch=batch),
        **features,
    )
    bot.apply(desired_slot(FRUIT, "^never$"), desired_slot(COLOUR))
    assert bot.statuses[FRUIT] == "rolled_back"
    assert bot.live(FRUIT) == document(FRUIT)
    assert bot.sandbox._bot.trained == bot.sandbox.slots()


def test_a_404_for_an_unsupported_deletion_does_not_prove_that_the_slot_is_gone(
    world: MakeWorld,
) -> None:
    bot = world(
        live=[document(COLOUR)],
        gate=SOON,
        read_lag_seconds=LAG,
        delete=False,
        absent_route_status=404,
    )
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert bot.live(FRUIT) != {}
    assert "cannot delete" in bot.outcome(FRUIT).message


def test_a_created_slot_that_someone_else_deleted_counts_as_rolled_back(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(COLOUR)])
    bot.inject("DELETE", FRUIT, meanwhile(lambda: bot.sandbox._store.delete(FRUIT)))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == {}


@pytest.mark.parametrize("etag", [True, False])
@pytest.mark.parametrize("act", [lost_after, stored_then(504)], ids=["lost", "504"])
def test_an_update_whose_response_is_lost_is_found_stored_and_judged(
    world: MakeWorld, act: Any, etag: bool
) -> None:
    bot = world(live=[BAD], read_lag_seconds=LAG, etag=etag, limits=Limits(max_attempts=2))
    bot.inject("PUT", FRUIT, act, times=2)
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert in_step(bot, desired_slot(FRUIT))


def test_a_stored_change_is_judged_even_if_repeating_its_write_is_refused(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG, etag=False)
    bot.inject("PUT", FRUIT, lost_after)
    bot.inject("PUT", FRUIT, answered(400, {"error": "no"}))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == document(FRUIT)


def test_a_retraining_that_failed_unseen_does_not_count_as_done(world: MakeWorld) -> None:
    bot = world(
        live=[document(FRUIT)], read_lag_seconds=LAG, etag=False, limits=Limits(max_attempts=2)
    )

    bot.inject("PUT", FRUIT, stored_untrained(bot), times=2)
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}  # the old model would have passed it
    assert "The retraining failed 2 times" in bot.outcome(FRUIT).message


def test_a_retraining_that_failed_unseen_and_is_then_refused_does_not_count_as_done(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG, etag=False)
    bot.inject("PUT", FRUIT, stored_untrained(bot))
    bot.inject("PUT", FRUIT, answered(400, {"error": "no"}))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert "The retraining failed, then: " in bot.outcome(FRUIT).message


def test_a_wave_that_still_needs_training_is_not_taken_for_a_foreign_edit(
    world: MakeWorld,
) -> None:
    bot = world(live=[], read_lag_seconds=LAG, rollout=Rollout(batch="wave"))
    bot.inject("PUT", SIZE, answered(400, {"error": "no"}))
    bot.apply(desired_slot(FRUIT), desired_slot(SIZE))
    assert bot.statuses == {FRUIT: "verified", SIZE: "failed"}


def test_after_a_crash_a_stored_change_is_not_reported_as_never_stored(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG)

    def cut(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        raise PowerCut

    bot.inject("PUT", FRUIT, cut)
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(FRUIT, "^never$"))
    bot.apply(desired_slot(FRUIT, "^never$"), retry=False)
    recovered = bot.report.outcomes[0]
    assert (recovered.recovered, recovered.status.value) == (True, "rolled_back")
    assert bot.live(FRUIT) == document(FRUIT)


def test_after_a_crash_a_change_that_someone_undid_is_reported_as_theirs(world: MakeWorld) -> None:
    bot = world(live=[BAD])

    def cut(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        raise PowerCut

    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("GET", "extraction", cut)))
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(FRUIT))
    bot.sandbox.edit(FRUIT, patterns=BAD["patterns"])
    bot.apply(desired_slot(FRUIT))
    assert [(o.status.value, o.recovered) for o in bot.report.outcomes] == [("failed", True)]
    assert "Someone else changed" in bot.report.outcomes[0].message
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}


def test_a_rollback_that_is_cut_off_is_sent_again_even_if_reads_show_it_as_done(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], gate=SOON, read_lag_seconds=LAG)

    def cut(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        raise PowerCut

    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, cut)))
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(FRUIT, "^never$"))
    bot.apply(desired_slot(FRUIT, "^never$"), retry=False)
    assert bot.report.outcomes[0].status.value == "rolled_back"
    assert bot.live(FRUIT) == document(FRUIT)


def test_a_rollback_that_no_read_confirms_stays_open(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, answered(204))))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert set(bot.history.open_changes) == {FRUIT}
    bot.apply(desired_slot(FRUIT, "^never$"), retry=False)
    assert bot.report.outcomes[0].status.value == "rolled_back"
    assert bot.live(FRUIT) == document(FRUIT)


def test_an_etag_that_is_refused_although_it_is_current_is_left_out_with_a_warning(
    world: MakeWorld,
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, answered(412, {"error": "not this version"}))
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    puts = [each for each in bot.transport.sent if each.method == "PUT"]
    assert ["If-Match" in each.headers for each in puts] == [True, False]
    assert any("refused the revision" in each for each in bot.observer.warnings)


def test_an_etag_that_lags_does_not_let_an_edit_be_overwritten(world: MakeWorld) -> None:
    bot = world(live=[BAD], read_lag_seconds=LAG)
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"])))
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]


def test_an_edit_that_an_unanswered_write_replaced_is_not_reported_as_later_than_the_write(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], read_lag_seconds=LAG, etag=False)

    def slow(request: httpx.Request, answer: Answer) -> httpx.Response:
        bot.clock.advance(5)
        answer(request)
        bot.clock.advance(LAG - 4)  # by now a read shows the edit, and in 4 s the write
        return httpx.Response(504)

    edit = meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"]))
    bot.inject("GET", FRUIT, edit)  # if reads lag and there are no ETags, nobody can notice it
    bot.inject("PUT", FRUIT, slow)
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == document(FRUIT)
