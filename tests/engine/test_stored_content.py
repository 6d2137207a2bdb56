"""The live slot is the one that the tenant says it stored, whatever it was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import httpx
import pytest

from reconciler.model.settings import Rollout
from tests.support.faults import Answer, answered, meanwhile
from tests.support.fuse import PowerCut
from tests.support.world import COLOUR, FRUIT, SIZE, World, desired_slot, document

MakeWorld = Callable[..., World]
Batch = Literal["change", "wave"]
BATCHES = pytest.mark.parametrize("batch", ["change", "wave"])
BAD = ("^never$", "^ever$")


@BATCHES
def test_a_rejected_slot_that_the_tenant_normalised_is_rolled_back(
    world: MakeWorld, batch: Batch
) -> None:
    live = [document(FRUIT), document(COLOUR)]
    bot = world(live=live, normalizes=True, rollout=Rollout(batch=batch))
    bot.apply(
        desired_slot(COLOUR, "^red$ ", "^blue$", "^x$"), desired_slot(FRUIT, *BAD, name="Fruit ")
    )
    assert bot.statuses[FRUIT] == "rolled_back"
    assert bot.live(FRUIT) == document(FRUIT)


@BATCHES
def test_a_slot_that_the_tenant_normalised_is_judged_and_the_difference_is_reported(
    world: MakeWorld, batch: Batch
) -> None:
    bot = world(live=[], normalizes=True, rollout=Rollout(batch=batch))
    bot.apply(desired_slot(FRUIT, name="Fruit "), desired_slot(COLOUR, "^red$ ", "^blue$"))
    assert bot.statuses == {FRUIT: "verified", COLOUR: "verified"}
    told = {each.split(":")[0]: each for each in bot.observer.warnings}
    assert 'name is "fruit", sent as "Fruit "' in told[FRUIT]
    assert 'patterns is ["^red$", "^blue$"], sent as ["^red$ ", "^blue$"]' in told[COLOUR]
    assert "every plan will show this change again until the file says the same" in told[FRUIT]
    assert bot.in_sync(desired_slot(FRUIT), desired_slot(COLOUR))


def test_the_ledger_records_the_slot_in_the_response(world: MakeWorld) -> None:
    bot = world(live=[], normalizes=True)
    bot.apply(desired_slot(FRUIT, name="Fruit "))
    (applied,) = [each for each in bot.entries if each.event == "change_applied"]
    assert isinstance(applied.data["stored"], dict)
    assert applied.data["stored"]["name"] == "fruit"


def test_a_response_without_the_slot_says_nothing_about_it(world: MakeWorld) -> None:
    bot = world(live=[], put_response=204)
    bot.apply(desired_slot(FRUIT))
    (applied,) = [each for each in bot.entries if each.event == "change_applied"]
    assert applied.data["stored"] is None
    assert bot.statuses == {FRUIT: "verified"}


@pytest.mark.parametrize(
    "lacking", ["name", "type", "patterns", "fillStrategy"], ids=lambda key: f"without {key}"
)
def test_a_response_with_part_of_the_slot_is_not_taken_for_the_slot(
    world: MakeWorld, lacking: str
) -> None:
    bot = world(live=[])

    def partly(request: httpx.Request, answer: Answer) -> httpx.Response:
        whole: dict[str, Any] = answer(request).json()
        return httpx.Response(200, json={k: v for k, v in whole.items() if k != lacking})

    bot.inject("PUT", FRUIT, partly)
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.observer.warnings == []


@BATCHES
def test_a_change_is_not_made_if_the_tenant_accepts_it_but_keeps_the_former_slot(
    world: MakeWorld, batch: Batch
) -> None:
    bot = world(live=[document(FRUIT)], rollout=Rollout(batch=batch))
    bot.inject("PUT", FRUIT, answered(200, document(FRUIT)))
    bot.apply(desired_slot(FRUIT, "^apple$"), desired_slot(COLOUR, after=[FRUIT]))
    assert bot.statuses == {FRUIT: "failed", COLOUR: "skipped"}
    assert "its answer shows the slot as it was before" in bot.outcome(FRUIT).message
    assert 'patterns is ["^apple$", "^pear$"], sent as ["^apple$"]' in bot.outcome(FRUIT).message
    assert bot.recorded(FRUIT)[-1] == "change_failed"
    assert bot.report.exit_code == 1


@BATCHES
@pytest.mark.parametrize("read_lag_seconds", [0.0, 20.0])
def test_a_response_that_shows_the_former_slot_is_checked_by_a_read(
    world: MakeWorld, batch: Batch, read_lag_seconds: float
) -> None:
    bot = world(
        live=[document(FRUIT)], rollout=Rollout(batch=batch), read_lag_seconds=read_lag_seconds
    )

    def show_former(request: httpx.Request, answer: Answer) -> httpx.Response:
        former = bot.live(FRUIT)
        answer(request)
        return httpx.Response(200, json=former)

    bot.inject("PUT", FRUIT, show_former, times=2)
    bot.apply(desired_slot(FRUIT, *BAD))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == document(FRUIT)


def test_values_that_look_alike_are_shown_with_escapes(world: MakeWorld) -> None:
    bot = world(live=[])

    def compose(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        bot.sandbox.edit(FRUIT, name="caf\u00e9")
        return httpx.Response(200, json=bot.live(FRUIT))

    bot.inject("PUT", FRUIT, compose)
    bot.apply(desired_slot(FRUIT, name="cafe\u0301"))
    (told,) = bot.observer.warnings
    assert 'name is "caf\\u00e9", sent as "cafe\\u0301"' in told


def test_a_foreign_edit_after_a_normalised_write_is_respected(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], normalizes=True)
    edit = meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"]))
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("GET", "extraction", edit)))
    bot.apply(desired_slot(FRUIT, *BAD, name="Fruit "))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert "Someone else changed" in bot.outcome(FRUIT).message
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]


def test_a_rollback_reports_if_the_tenant_stores_the_former_slot_differently(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT, name="FRUIT")], normalizes=True)
    bot.apply(desired_slot(FRUIT, *BAD))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert 'name is "fruit", sent as "FRUIT"' in bot.outcome(FRUIT).message
    assert bot.live(FRUIT)["patterns"] == document(FRUIT)["patterns"]
    assert not bot.history.open_changes


def test_a_rollback_that_the_tenant_accepts_but_does_not_make_has_failed(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)])
    rejected = answered(200, document(FRUIT, patterns=list(BAD)))
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("PUT", FRUIT, rejected)))
    bot.apply(desired_slot(FRUIT, *BAD))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert "its answer shows the slot as it was before" in bot.outcome(FRUIT).message
    assert bot.recorded(FRUIT)[-1] == "rollback_failed"


def test_a_normalised_change_that_a_crash_left_open_is_judged_and_rolled_back(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], normalizes=True)

    def cut(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        raise PowerCut

    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.inject("GET", "extraction", cut)))
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(FRUIT, *BAD, name="Fruit "))
    bot.apply(desired_slot(FRUIT, *BAD, name="Fruit "), retry=False)
    recovered = bot.report.outcomes[0]
    assert (recovered.recovered, recovered.status.value) == (True, "rolled_back")
    assert bot.live(FRUIT) == document(FRUIT)


def test_a_wave_trains_the_slot_as_stored_and_not_as_sent(world: MakeWorld) -> None:
    bot = world(live=[], normalizes=True, rollout=Rollout(batch="wave"))
    bot.inject("PUT", SIZE, answered(400, {"error": "no"}))
    bot.apply(desired_slot(FRUIT, name="Fruit "), desired_slot(SIZE))
    assert bot.statuses == {FRUIT: "verified", SIZE: "failed"}
    trained = bot.writes[-1].body
    assert isinstance(trained, dict)
    assert (trained["name"], trained["triggerRetrain"]) == ("fruit", True)
