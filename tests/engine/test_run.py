"""A plan is carried out change by change, against a tenant that computes its success rates."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from typing import Literal

import pytest

from reconciler.model.event import ChangeBegun, Event
from reconciler.model.settings import Limits, Rollout
from reconciler.planning.rejections import rejected_changes
from tests.support.faults import answered, answered_text, meanwhile
from tests.support.world import COLOUR, FRUIT, GOOD, SIZE, World, desired_slot, document

MakeWorld = Callable[..., World]

CHAIN = (
    desired_slot(SIZE, after=[COLOUR]),
    desired_slot(COLOUR, after=[FRUIT]),
    desired_slot(FRUIT),
)


def test_puts_arrive_in_dependency_order_with_exactly_the_six_fields(world: MakeWorld) -> None:
    bot = world()
    bot.apply(*CHAIN)
    assert [put.path.rsplit("/", 1)[1] for put in bot.writes] == [FRUIT, COLOUR, SIZE]
    assert bot.writes[1].body == {
        "name": "colour",
        "type": "regex",
        "patterns": ["^red$", "^blue$"],
        "fillStrategy": "bestMatch",
        "dependencies": [FRUIT],
        "triggerRetrain": True,
    }
    assert bot.statuses == {FRUIT: "verified", COLOUR: "verified", SIZE: "verified"}
    assert bot.report.exit_code == 0
    assert bot.in_sync(*CHAIN)


def test_each_change_is_judged_before_the_next_begins(world: MakeWorld) -> None:
    bot = world()
    bot.apply(*CHAIN)
    assert bot.recorded() == [
        "run_started",
        *["change_started", "change_applied", "gate_passed"] * 3,
        "run_finished",
    ]


def test_a_gated_update_takes_four_requests(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"])])
    bot.apply(desired_slot(FRUIT))
    sent = [(r.method, r.path.rsplit("/", 1)[1]) for r in bot.sandbox.requests]
    assert sent == [
        ("POST", "token"),
        *[("GET", "slots")] * 2,
        ("GET", "extraction"),
        ("GET", FRUIT),
        ("PUT", FRUIT),
        ("GET", "extraction"),
    ]


def test_a_gated_creation_takes_three_requests_once_the_single_get_is_proven(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(COLOUR)])
    bot.apply(desired_slot(COLOUR), desired_slot(FRUIT), desired_slot(SIZE, after=[FRUIT]))
    sent = [(r.method, r.path.rsplit("/", 1)[1]) for r in bot.sandbox.requests]
    assert sent == [
        ("POST", "token"),
        *[("GET", "slots")] * 2,
        ("GET", COLOUR),  # proves that the route exists, once per run
        ("GET", FRUIT),
        ("PUT", FRUIT),
        ("GET", "extraction"),
        ("GET", SIZE),
        ("PUT", SIZE),
        ("GET", "extraction"),
    ]


def test_a_bad_change_is_rolled_back_in_all_five_fields_and_ends_the_run(world: MakeWorld) -> None:
    former = document(FRUIT, patterns=["^apple$", "^pear$"], dependencies=[SIZE, COLOUR])
    bot = world(live=[former, document(COLOUR), document(SIZE)])
    desired = (
        desired_slot(FRUIT, "^apples$", fill_strategy="strict", name="fruits", after=[SIZE]),
        desired_slot(COLOUR),
        desired_slot(SIZE),
    )
    bot.apply(*desired)
    assert bot.live(FRUIT) == former  # including the order of its dependencies
    outcome = bot.outcome(FRUIT)
    assert (outcome.status.value, outcome.baseline, outcome.success_rate) == (
        "rolled_back",
        1.0,
        0.0,
    )
    assert outcome.message == (
        "success rate fell from 1.000 to 0.000, by more than max_drop 0.050; rolled back"
    )
    assert bot.report.exit_code == 3
    assert bot.recorded(FRUIT) == [
        "change_started",
        "change_applied",
        "gate_failed",
        "rollback_started",
        "change_rolled_back",
    ]


def test_the_remaining_changes_are_reported_as_skipped(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(
        desired_slot(FRUIT, "^never$"), desired_slot(COLOUR), desired_slot(SIZE, after=[FRUIT])
    )
    assert bot.statuses == {COLOUR: "verified", FRUIT: "rolled_back", SIZE: "skipped"}
    assert bot.outcome(SIZE).message == f"not begun: the run ended at {FRUIT}"
    assert bot.live(SIZE) == {}


def test_an_improvement_of_a_slot_below_the_minimum_passes(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^nothing$"])])
    bot.apply(desired_slot(FRUIT, "^apple$"))
    outcome = bot.outcome(FRUIT)
    assert (outcome.status.value, outcome.baseline, outcome.success_rate) == ("verified", 0.0, 0.5)
    assert "still below the minimum" in outcome.message
    assert bot.in_sync(desired_slot(FRUIT, "^apple$"))


def test_a_created_slot_that_fails_is_deleted_again(world: MakeWorld) -> None:
    bot = world()
    bot.apply(desired_slot(FRUIT, "^apple$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.live(FRUIT) == {}


def test_a_created_slot_that_the_tenant_cannot_delete_is_reported_as_still_live(
    world: MakeWorld,
) -> None:
    bot = world(delete=False)
    bot.apply(desired_slot(FRUIT, "^apple$"))
    assert bot.statuses == {FRUIT: "rollback_failed"}
    assert "could not be rolled back" in bot.outcome(FRUIT).message
    assert bot.report.exit_code == 3
    assert bot.recorded(FRUIT)[-1] == "rollback_failed"
    assert bot.live(FRUIT)


def test_halt_leaves_the_change_in_place_and_closes_it(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], rollout=Rollout(on_failure="halt"))
    bot.apply(desired_slot(FRUIT, "^apple$"), desired_slot(COLOUR, after=[FRUIT]))
    assert bot.statuses == {FRUIT: "failed", COLOUR: "skipped"}
    assert bot.live(FRUIT)["patterns"] == ["^apple$"]
    assert bot.report.exit_code == 3
    assert bot.recorded(FRUIT)[-2:] == ["gate_failed", "change_failed"]
    assert not bot.history.open_changes


def test_a_slot_without_metrics_is_inconclusive_and_stands(world: MakeWorld) -> None:
    bot = world(gate={"timeout_seconds": 20})
    bot.apply(desired_slot("slot_unheard"))
    assert bot.statuses == {"slot_unheard": "inconclusive"}
    assert bot.report.exit_code == 0
    assert bot.in_sync(desired_slot("slot_unheard"))


def test_a_slot_that_loses_its_metrics_is_rolled_back(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)], gate={"timeout_seconds": 10})
    # Settling takes 15 s after the PUT, and the gate another 10 s: it polls at 15, 20 and 25.
    bot.apply(
        desired_slot(FRUIT, name="fruits"),
        before_writing=lambda: bot.inject(
            "PUT",
            FRUIT,
            meanwhile(lambda: bot.inject("GET", "extraction", answered(404), times=3)),
        ),
    )
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.outcome(FRUIT).message.startswith("no verdict within 10 s: no metrics yet")
    assert bot.live(FRUIT)["name"] == "fruit"


def test_a_change_that_does_not_retrain_is_reported_as_not_judged(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    desired = desired_slot(FRUIT, "^apple$", retrain=False)
    bot.apply(desired)
    assert bot.statuses == {FRUIT: "unjudged"}
    assert [entry.data.get("unjudged") for entry in bot.entries][-2] is True
    assert not [r for r in bot.sandbox.requests if r.path.endswith("extraction")]
    assert bot.in_sync(desired)


def test_without_the_gate_nothing_is_measured(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, "^apple$"), judged=False)
    assert bot.statuses == {FRUIT: "unjudged"}
    assert not [r for r in bot.sandbox.requests if r.path.endswith("extraction")]
    assert bot.entries[0].data["gate"] is False


def test_a_run_without_waits_takes_no_time(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"])])
    begun = bot.clock.monotonic()
    bot.apply(desired_slot(FRUIT), judged=False)
    assert bot.statuses == {FRUIT: "unjudged"}
    assert bot.clock.monotonic() == begun


def test_a_deletion_is_read_back_and_not_gated(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT), document(COLOUR, dependencies=[FRUIT])])
    desired = (desired_slot(FRUIT, absent=True), desired_slot(COLOUR))
    bot.apply(*desired)
    assert bot.statuses == {COLOUR: "verified", FRUIT: "verified"}
    assert bot.outcome(FRUIT).message == "read back as gone"
    assert bot.live(FRUIT) == {}
    assert bot.in_sync(*desired)


def test_a_watched_slot_that_gets_worse_fails_the_change(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT), document(COLOUR)])
    # FRUIT now takes "red" and "blue" too, because its matches are longer.
    patterns = ("^apple$", "^pear$", "^want (red|blue)$")
    lenient = {"min_success_rate": 0.0, "max_drop": 0.6}
    bot.apply(
        desired_slot(FRUIT, *patterns, gate={**lenient, "watch": (COLOUR,)}), desired_slot(COLOUR)
    )
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.outcome(FRUIT).message.startswith(
        f"the watched slot {COLOUR}: success rate fell from 1.000 to 0.000"
    )
    bot.apply(desired_slot(FRUIT, *patterns, gate=lenient), desired_slot(COLOUR), retry=True)
    assert bot.statuses == {FRUIT: "verified"}  # no slot is watched


def test_a_change_that_fails_itself_is_reported_with_its_own_rates(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT), document(COLOUR)])
    bot.apply(
        desired_slot(FRUIT, "^want (red|blue)$", gate={"watch": (COLOUR,)}), desired_slot(COLOUR)
    )
    assert bot.outcome(FRUIT).message.startswith("success rate fell from 1.000 to 0.000")


def test_a_change_that_was_rejected_before_is_skipped_with_what_depends_on_it(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)])
    desired = (
        desired_slot(FRUIT, "^never$"),
        desired_slot(COLOUR, after=[FRUIT]),
        desired_slot(SIZE),
    )
    bot.apply(*desired)
    rejections = rejected_changes(bot.plan(*desired), bot.history)
    assert set(rejections) == {FRUIT}
    written = len(bot.writes)

    bot.apply(*desired, retry=False)
    assert bot.statuses == {FRUIT: "skipped", SIZE: "verified", COLOUR: "skipped"}
    assert "run-1" in bot.outcome(FRUIT).message
    assert "fell from 1.000 to 0.000" in bot.outcome(FRUIT).message
    assert FRUIT in bot.outcome(COLOUR).message
    assert bot.report.exit_code == 3
    assert not [put for put in bot.writes[written:] if put.path.endswith(FRUIT)]


def test_a_change_that_depends_on_a_slot_live_although_rejected_waits_for_a_retry(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], rollout=Rollout(on_failure="halt"))
    desired = (
        desired_slot(FRUIT, "^never$"),
        desired_slot(COLOUR, after=[FRUIT]),
        desired_slot(SIZE),
    )
    bot.apply(*desired)
    assert bot.statuses[FRUIT] == "failed"

    bot.apply(*desired)
    assert bot.statuses == {SIZE: "verified", COLOUR: "skipped"}
    assert f"{FRUIT}, which is live although rejected in run run-1" in bot.outcome(COLOUR).message
    assert bot.report.exit_code == 3
    assert bot.live(COLOUR) == {}

    bot.apply(*desired, judged=False, retry=True)
    assert bot.statuses == {COLOUR: "unjudged"}
    assert bot.in_sync(*desired)


@pytest.mark.parametrize(("rate", "status"), [(0.9, "verified"), (0.1, "failed")])
def test_a_protected_slot_that_was_created_and_left_live_can_be_judged_again(
    world: MakeWorld, rate: float, status: str
) -> None:
    bot = world(rollout=Rollout(on_failure="halt"))
    desired = desired_slot(FRUIT, protect=True)
    bot.inject("GET", "extraction", answered(200, {"successRate": 0.1}), times=99)
    bot.apply(desired)
    assert bot.statuses == {FRUIT: "failed"}

    bot.transport.heal()
    bot.inject("GET", "extraction", answered(200, {"successRate": rate}), times=99)
    bot.apply(desired, retry=True)
    assert bot.statuses == {FRUIT: status}
    assert bot.in_sync(desired)
    assert bool(bot.history.stuck) == (status == "failed")


def test_new_content_for_a_rejected_slot_is_tried(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, "^never$"))
    better = desired_slot(FRUIT, "^(apple|pear)$")
    assert rejected_changes(bot.plan(better), bot.history) == {}


def test_if_a_live_slot_changed_after_the_plan_nothing_is_written(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"])])
    bot.apply(
        desired_slot(FRUIT), before_writing=lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"])
    )
    assert bot.report.exit_code == 4
    assert bot.report.error is not None
    assert "someone else changed it" in bot.report.error
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]
    assert bot.writes == []


def test_if_a_live_slot_changes_during_the_run_it_stops_with_a_report(world: MakeWorld) -> None:
    bot = world(live=[document(SIZE, patterns=["^small$"])])
    bot.apply(
        desired_slot(FRUIT),
        desired_slot(SIZE, after=[FRUIT]),
        before_writing=lambda: bot.sandbox.edit(SIZE, patterns=["^theirs$"]),
    )
    assert bot.statuses == {FRUIT: "verified", SIZE: "failed"}
    assert bot.report.exit_code == 1
    assert bot.live(SIZE)["patterns"] == ["^theirs$"]


def test_a_slot_that_appeared_meanwhile_is_not_overwritten(world: MakeWorld) -> None:
    bot = world(live=[document(COLOUR)])
    bot.inject(
        "GET",
        FRUIT,
        answered(200, document(FRUIT, name="theirs")),
    )
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR))
    assert bot.report.exit_code == 4
    assert bot.writes == []


@pytest.mark.parametrize(
    "act",
    [
        answered(200, document(FRUIT, patterns="no list")),
        answered_text("<html>app</html>"),
        answered(302, headers={"Location": "/login"}),
        answered(405),
        answered(200, document(SIZE)),
    ],
    ids=["an odd slot", "a page", "a redirect", "no route", "another slot"],
)
def test_only_a_404_means_absence(world: MakeWorld, act: Callable[..., object]) -> None:
    bot = world(live=[document(COLOUR)])

    def theirs_appears() -> None:
        bot.sandbox._store.put(document(FRUIT, name="theirs"))

    bot.inject("GET", COLOUR, meanwhile(theirs_appears))  # the probe of the single GET
    bot.inject("GET", FRUIT, act)  # type: ignore[arg-type]  # parametrized
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR))
    assert bot.report.exit_code == 4
    assert bot.live(FRUIT)["name"] == "theirs"


def test_an_interrupt_before_a_write_stops_the_run_there(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"])])
    bot.apply(desired_slot(FRUIT), before_writing=lambda: bot.clock.interrupt_after(0))
    assert bot.report.exit_code == 130
    assert bot.statuses == {FRUIT: "skipped"}
    assert bot.writes == []


def test_after_an_interrupt_a_stored_change_is_finished(world: MakeWorld) -> None:
    bot = world()
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.clock.interrupt_after(1)))
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR, after=[FRUIT]))
    assert bot.report.exit_code == 130
    assert bot.statuses == {FRUIT: "verified", COLOUR: "skipped"}
    assert bot.outcome(COLOUR).message == "interrupted before it was begun"
    assert bot.recorded()[-1] == "run_finished"


def test_after_an_interrupt_a_bad_change_is_still_rolled_back(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.clock.interrupt_after(1)))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert bot.report.exit_code == 130
    assert bot.live(FRUIT)["patterns"] == ["^apple$", "^pear$"]


def test_a_ledger_that_fails_stops_the_run_before_the_next_write(
    world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = world()
    write, written = os.write, []

    def full_disk(descriptor: int, data: bytes) -> int:
        # Injected in the operating system: the disk is full at the fifth line.
        if b'"prev_hash"' in data:
            written.append(data)
            if len(written) == 5:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", full_disk)
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR, after=[FRUIT]))
    assert [put.path.rsplit("/", 1)[1] for put in bot.writes] == [FRUIT]
    assert bot.statuses[FRUIT] == "verified"
    assert bot.report.exit_code == 1
    assert bot.report.error is not None
    assert "No space left" in bot.report.error


def test_a_ledger_that_fails_after_a_write_leaves_the_change_open_and_reports_it(
    world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = world()
    write = os.write

    def full_disk(descriptor: int, data: bytes) -> int:
        if b'"event":"change_applied"' in data:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full_disk)
        bot.apply(desired_slot(FRUIT), desired_slot(COLOUR, after=[FRUIT]))
    assert bot.statuses == {FRUIT: "failed", COLOUR: "skipped"}
    assert bot.outcome(FRUIT).message.endswith("The ledger holds it as open.")
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR, after=[FRUIT]))
    assert bot.statuses == {FRUIT: "verified", COLOUR: "verified"}


def test_the_intention_and_the_former_slot_are_on_disk_before_the_write(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"], labels=["a"])])
    on_disk: list[str] = []
    bot.inject("PUT", FRUIT, meanwhile(lambda: on_disk.extend(bot.ledger.read_text().split("\n"))))
    bot.apply(desired_slot(FRUIT))
    assert '"event":"change_started"' in on_disk[-2]
    started = bot.entries[1]
    assert started.data["before"] == document(FRUIT, patterns=["^apple$"], labels=["a"])
    assert started.data["after"] == {
        "name": "fruit",
        "type": "regex",
        "patterns": ["^apple$", "^pear$"],
        "fill_strategy": "bestMatch",
        "dependencies": [],
    }
    assert started.data["baseline"] == 0.5


def test_an_applied_change_has_the_audit_keys(world: MakeWorld) -> None:
    bot = world()
    bot.apply(desired_slot(FRUIT))
    applied = bot.entries[2]
    assert applied.event == "change_applied"
    assert applied.data == {
        "slot_id": FRUIT,
        "action": "PUT",
        "success": True,
        "latency_ms": 0,
        "fill_strategy": "bestMatch",
        "pattern_count": 2,
        "retrain_triggered": True,
        "stored": {
            "name": "fruit",
            "type": "regex",
            "patterns": ["^apple$", "^pear$"],
            "fill_strategy": "bestMatch",
            "dependencies": [],
        },
    }


def test_an_applied_deletion_has_no_patterns_and_no_strategy(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, absent=True))
    (applied,) = (each for each in bot.entries if each.event == "change_applied")
    assert (applied.data["action"], applied.data["pattern_count"]) == ("DELETE", 0)
    assert applied.data["fill_strategy"] is None


def test_the_webhook_is_notified_of_each_step_and_its_failures_are_recorded(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT), document(COLOUR, name="colours"), document(SIZE)])
    bot.messages.failures.append("slot_updated of slot_colour: answered 500")
    bot.apply(
        desired_slot(COLOUR),
        desired_slot(FRUIT, "^never$", after=[COLOUR]),
        desired_slot(SIZE, absent=True),
    )
    assert bot.messages.sent == [
        ("slot_updated", COLOUR),
        ("slot_updated", FRUIT),
        ("gate_failed", FRUIT),
        ("slot_rolled_back", FRUIT),
    ]
    assert bot.recorded()[-2:] == ["webhook_failed", "run_finished"]
    assert bot.observer.warnings == ["webhook: slot_updated of slot_colour: answered 500"]
    assert bot.report.exit_code == 3


def test_a_forbidden_baseline_ends_the_run_before_the_write(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"])])
    bot.inject("GET", "extraction", answered(403, {"error": "role missing"}))
    bot.apply(desired_slot(FRUIT))
    assert bot.report.exit_code == 1
    assert bot.writes == []
    assert bot.recorded() == ["run_started", "run_finished"]


def test_a_baseline_that_is_malformed_once_is_read_again(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"])], limits=Limits(max_attempts=2))
    bot.inject("GET", "extraction", answered_text("<html>"))
    bot.apply(desired_slot(FRUIT))
    assert bot.outcome(FRUIT).baseline == 0.5
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.in_sync(desired_slot(FRUIT))


@pytest.mark.parametrize("batch", ["change", "wave"])
def test_a_baseline_that_is_always_malformed_ends_the_run_before_the_write(
    world: MakeWorld, batch: Literal["change", "wave"]
) -> None:
    live = [document(FRUIT, patterns=["^apple$"]), document(COLOUR, patterns=["^red$"])]
    bot = world(live=live, limits=Limits(max_attempts=3), rollout=Rollout(batch=batch))
    bot.inject("GET", "extraction", answered(200, {"rate": "x" * 500}), times=99)
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR))
    assert bot.report.exit_code == 1
    assert f"The metrics of {COLOUR} cannot be read" in (bot.report.error or "")
    assert '{"rate": "xxx' in (bot.report.error or "")
    assert len(bot.report.error or "") < 400
    assert bot.writes == []
    assert bot.recorded() == ["run_started", "run_finished"]


def test_an_unavailable_tenant_gives_a_warning_instead_of_a_baseline(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"])], limits=Limits(max_attempts=2))
    bot.inject("GET", "extraction", answered(503), times=2)
    bot.apply(desired_slot(FRUIT))
    assert bot.outcome(FRUIT).baseline is None
    assert bot.statuses == {FRUIT: "verified"}
    assert "has no baseline" in bot.observer.warnings[0]


def test_a_count_with_a_decimal_point_is_accepted(world: MakeWorld) -> None:
    bot = world(
        live=[document(FRUIT), document(COLOUR, patterns=["^red$"])],
        gate={"min_samples": 1},
        decimal_counts=True,
    )
    bot.apply(desired_slot(FRUIT, "^never$"), desired_slot(COLOUR))
    assert bot.statuses == {COLOUR: "verified", FRUIT: "rolled_back"}
    assert bot.live(FRUIT)["patterns"] == list(GOOD[FRUIT])


def test_a_defect_in_reconciler_is_reported_with_the_changes_made_so_far(
    world: MakeWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="reconciler")
    bot = world()

    def mistaken(event: Event) -> None:
        if isinstance(event, ChangeBegun) and event.change.slot_id == COLOUR:
            raise RuntimeError("no such luck")

    bot.observer.disturbed_by = mistaken
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR, after=[FRUIT]))
    assert bot.statuses == {FRUIT: "verified", COLOUR: "failed"}
    assert bot.report.error == "This is a bug in reconciler: RuntimeError: no such luck"
    assert bot.report.exit_code == 1
    assert bot.recorded()[-1] == "run_finished"
    (logged,) = (record.exc_info for record in caplog.records if record.exc_info)
    assert str(logged[1]) == "no such luck"


def test_a_refused_write_fails_the_change_and_closes_it(world: MakeWorld) -> None:
    bot = world(live=[document("slot_foreign", patterns=["^x$"])])
    bot.apply(desired_slot("slot_foreign", "^y$"))
    outcome = bot.outcome("slot_foreign")
    assert outcome.status.value == "failed"
    assert "403" in outcome.message
    assert "slot_foreign of the bot bot_1" in outcome.message
    assert bot.report.exit_code == 1
    assert bot.recorded("slot_foreign") == ["change_started", "change_failed"]
    assert not bot.history.open_changes


def test_a_long_apply_respects_the_rate_limit_and_takes_little_longer_than_necessary(
    world: MakeWorld,
) -> None:
    bot = world(training_seconds=0.0, window_seconds=0.001, gate={"settle_seconds": 0})
    desired = [desired_slot(f"slot_{number:03}", retrain=False) for number in range(200)]
    begun = bot.clock.monotonic()
    bot.apply(*desired)
    assert bot.report.summary()["unjudged"] == 200
    assert not [r for r in bot.sandbox.requests if r.status == 429]
    times = [request.at for request in bot.sandbox.requests]
    for index, moment in enumerate(times):
        assert sum(moment <= other < moment + 60 for other in times[index:]) <= 100
    whole_windows = (len(times) - 1) // 100
    assert bot.clock.monotonic() - begun <= whole_windows * 60 * 1.03
    assert bot.in_sync(*desired)
