"""Rolling back a rejected change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.model.event import EvaluationBegun, Measured, RollbackBegun, VerdictReached
from reconciler.model.settings import Limits
from tests.support.faults import answered, lost_after, meanwhile, stored_then
from tests.support.world import FRUIT, World, desired_slot, document

MakeWorld = Callable[..., World]


def test_a_rollback_never_overwrites_a_foreign_edit(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    # Someone edits the slot while the gate waits, just before it measures.
    bot.inject("PUT", FRUIT, meanwhile(lambda: _edit_before_the_next_measurement(bot)))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert "Someone else changed" in bot.outcome(FRUIT).message
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]
    assert bot.recorded(FRUIT)[-1] == "rollback_failed"


def _edit_before_the_next_measurement(bot: World) -> None:
    bot.inject(
        "GET", "extraction", meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"]))
    )


def test_a_rollback_retrains_and_waits_until_there_are_metrics_again(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, "^never$"))
    bodies = [put.body for put in bot.writes]
    assert [body["triggerRetrain"] for body in bodies if isinstance(body, dict)] == [True, True]
    last = bot.sandbox.requests[-1]
    assert (last.path.rsplit("/", 1)[1], last.status) == ("extraction", 200)
    assert bot.recorded(FRUIT)[-1] == "change_rolled_back"


def test_a_rollback_announces_its_wait_but_no_verdict(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, "^never$"))
    heard = bot.observer.heard
    rolled_back = heard[heard.index(RollbackBegun(slot_id=FRUIT)) :]
    (begun,) = [each for each in rolled_back if isinstance(each, EvaluationBegun)]
    assert (begun.slot_id, begun.baseline, begun.min_success_rate) == (FRUIT, None, None)
    assert any(isinstance(each, Measured) for each in rolled_back)
    assert not any(isinstance(each, VerdictReached) for each in rolled_back)


def test_one_measurement_confirms_a_rollback_however_many_samples_it_has(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], gate={"min_samples": 10, "consecutive_passes": 3})

    def tells_no_number() -> None:
        bot.inject("GET", "extraction", answered(200, {"successRate": 0.9}))

    bot.inject(
        "PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, meanwhile(tells_no_number)))
    )
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert "not answered" not in bot.outcome(FRUIT).message
    heard = bot.observer.heard
    rolled_back = heard[heard.index(RollbackBegun(slot_id=FRUIT)) :]
    assert len([each for each in rolled_back if isinstance(each, Measured)]) == 1


def test_a_rollback_reports_if_there_are_still_no_metrics(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], gate={"timeout_seconds": 10})
    bot.inject("PUT", FRUIT, meanwhile(lambda: _silence_after_the_next_write(bot)))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert "its metrics have not answered since" in bot.outcome(FRUIT).message


def _silence_after_the_next_write(bot: World) -> None:
    silence = meanwhile(lambda: bot.inject("GET", "extraction", answered(404), times=99))
    bot.inject("PUT", FRUIT, silence)


def test_a_rollback_whose_response_is_lost_is_read_back(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, lost_after)))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == document(FRUIT)


def test_a_former_slot_that_cannot_be_trained_is_reported_as_stored(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], limits=Limits(max_attempts=2))
    untrainable = meanwhile(lambda: bot.inject("PUT", FRUIT, stored_then(500), times=99))
    bot.inject("PUT", FRUIT, untrainable)
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert "the former slot is stored again but cannot be trained" in bot.outcome(FRUIT).message
    assert bot.live(FRUIT) == document(FRUIT)


def test_a_rollback_stays_open_while_the_tenant_is_unreachable(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], limits=Limits(max_attempts=2))
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, answered(503), times=99)))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert bot.report.exit_code == 3
    assert set(bot.history.open_changes) == {FRUIT}
    assert bot.recorded(FRUIT)[-1] == "rollback_started"


@pytest.mark.parametrize(("status", "last"), [(423, "rollback_started"), (403, "rollback_failed")])
def test_a_rollback_stays_open_after_a_transient_refusal(
    world: MakeWorld, status: int, last: str
) -> None:
    bot = world(live=[document(FRUIT)], limits=Limits(max_attempts=2))
    refused = meanwhile(lambda: bot.inject("PUT", FRUIT, answered(status), times=99))
    bot.inject("PUT", FRUIT, refused)
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert bot.recorded(FRUIT)[-1] == last
    assert set(bot.history.open_changes) == ({FRUIT} if status == 423 else set())


def test_a_rollback_is_retried_until_a_transient_refusal_ends(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, answered(423), times=2)))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == document(FRUIT)


def test_rejected_content_is_remembered_with_its_rates(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, "^never$"))
    (rejection,) = bot.history.rejected.values()
    assert (rejection.slot_id, rejection.run_id) == (FRUIT, "run-1")
    assert (rejection.baseline, rejection.success_rate) == (1.0, 0.0)
