"""After a second Ctrl-C at any step, the report says exactly what the ledger knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest

from reconciler.engine.cut_off import cut_off_report, outcome_so_far, since_begun
from reconciler.model.change import Action
from reconciler.model.event import Event, RollbackBegun
from reconciler.model.ledger import Entry
from reconciler.model.outcome import Outcome, Status
from reconciler.model.settings import Rollout
from reconciler.model.slot import DesiredSlot
from tests.support import entries
from tests.support.build import ENDPOINT
from tests.support.fuse import Fuse, cut_after_the_write, steps_of
from tests.support.world import COLOUR, FRUIT, SIZE, World, desired_slot, document

ENDS = {
    "gate_passed": "verified",
    "gate_inconclusive": "unjudged",
    "change_rolled_back": "rolled_back",
    "change_failed": "failed",
}
"""The status of a change by its last event in the ledger."""

LIVE = [document(FRUIT, patterns=["^apple$"]), document(COLOUR, patterns=["^red$"])]
GOOD = (
    desired_slot(FRUIT),
    desired_slot(COLOUR, retrain=False),
    desired_slot(SIZE, after=[FRUIT, COLOUR]),
)
BAD = (
    desired_slot(FRUIT),
    desired_slot(COLOUR, "^never$"),
    desired_slot(SIZE, after=[FRUIT, COLOUR]),
)
DELETED = (desired_slot(FRUIT, absent=True), desired_slot(COLOUR))


def must_be(bot: World, slot_id: str) -> str:
    """The true status of a planned change, according to the ledger."""
    told = bot.recorded(slot_id)
    if "change_started" not in told:
        return "skipped"
    return ENDS.get(told[-1], "failed") if slot_id not in bot.history.open_changes else "failed"


def is_reported_as_open(outcome: Outcome) -> bool:
    return outcome.message.endswith("the ledger holds it as open, and the next apply recovers it")


@pytest.mark.parametrize("batch", ["change", "wave"])
@pytest.mark.parametrize(
    ("desired", "changed"),
    [(GOOD, {FRUIT, COLOUR, SIZE}), (BAD, {FRUIT, COLOUR, SIZE}), (DELETED, {FRUIT, COLOUR})],
    ids=["good changes", "a bad one", "a deletion"],
)
def test_after_an_immediate_stop_at_any_step_each_change_is_reported_truthfully(
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
        if "run_started" not in bot.recorded():
            continue  # nothing was planned yet
        where = f"stopped at step {step}"
        assert fuse.steps == step, where  # nothing more was sent or recorded
        assert report.exit_code == 130
        assert sorted(each.slot_id for each in report.outcomes) == sorted(changed), where
        told = {each.slot_id: each.status.value for each in report.outcomes}
        assert told == {slot_id: must_be(bot, slot_id) for slot_id in changed}, where
        open_ = {each.slot_id for each in report.outcomes if is_reported_as_open(each)}
        assert open_ == set(bot.history.open_changes), where
        assert bool(report.error) == bool(open_), where
        seen |= {
            each.message.split(";")[0] for each in report.outcomes if is_reported_as_open(each)
        }
        bot.clock.advance(30)
        bot.apply_again(*desired)
        assert not bot.history.open_changes, where
        if desired is not BAD:
            assert bot.in_sync(*desired), where
    assert {"in progress, and possibly stored"} < seen


def test_measurements_before_the_stop_are_reported(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])

    def stop(event: Event) -> None:
        if isinstance(event, RollbackBegun):
            raise KeyboardInterrupt

    bot.observer.disturbed_by = stop
    report = bot.apply(desired_slot(FRUIT, "^never$"))
    (outcome,) = report.outcomes
    assert (outcome.status.value, outcome.baseline, outcome.success_rate) == ("failed", 1.0, 0.0)
    assert outcome.message.startswith("success rate fell from 1.000 to 0.000")
    assert "being rolled back, and possibly done" in outcome.message
    assert outcome.gate_stopped


@pytest.mark.parametrize(
    ("first", "final"), [("^apple$", "verified"), ("^never$", "rolled_back")], ids=["good", "bad"]
)
def test_after_a_stop_during_recovery_the_recovered_changes_are_reported(
    tmp_path_factory: pytest.TempPathFactory, first: str, final: str
) -> None:
    gate = {"min_success_rate": 0.4, "max_drop": 0.6}

    def left_open() -> World:
        bot = World(tmp_path_factory.mktemp("open"), live=[document(FRUIT)], gate=gate)
        cut_after_the_write(bot, FRUIT, desired_slot(FRUIT, first))
        assert bot.history.open_changes
        return bot

    statuses = set()
    for step in range(1, steps_of(left_open, (desired_slot(FRUIT),)) + 1):
        bot = left_open()
        with pytest.MonkeyPatch.context() as patch:
            Fuse(bot, patch, at=step, ends_as=KeyboardInterrupt)
            report = bot.apply(desired_slot(FRUIT), retry=False)
        recovered = [each for each in report.outcomes if each.recovered]
        started = [e.run_id for e in bot.entries if e.event == "change_started"]
        for planned in report.outcomes[len(recovered) :]:  # entries of run-1 do not count for it
            assert (planned.status.value == "skipped") == (started == ["run-1"])
        if "change_recovered" not in bot.recorded():
            assert all(is_reported_as_open(each) for each in recovered)
            continue
        (outcome,) = recovered
        assert outcome.message.startswith("left open by run run-1: ")
        still_open = {each.run_id for each in bot.history.open_changes.values()}
        assert is_reported_as_open(outcome) == ("run-1" in still_open)
        statuses.add(outcome.status.value)
    assert statuses == {"failed", final}


# What each entry says


def entry(event: str, *, run: str = "run-1", **data: Any) -> Entry:
    return entries.entry(event, run=run, slot_id="a", **data)


STARTED = entry("change_started", baseline=0.9)
STORED = entry("change_applied", success=True)
OPEN = "the ledger holds it as open, and the next apply recovers it"


def so_far(*lines: Entry, action: Action = Action.UPDATE) -> Outcome:
    return outcome_so_far("a", action, lines)


@pytest.mark.parametrize(
    ("last", "status", "message"),
    [
        (entry("gate_passed", reason="0.950"), Status.VERIFIED, "0.950"),
        (entry("change_rolled_back", note="rolled back"), Status.ROLLED_BACK, "rolled back"),
        (entry("rollback_failed", reason="403"), Status.ROLLBACK_FAILED, "403"),
        (entry("change_failed", reason="400"), Status.FAILED, "400"),
        (entry("change_failed"), Status.FAILED, ""),
        (
            entry("gate_inconclusive", stands=True, unjudged=True, reason="no gate"),
            Status.UNJUDGED,
            "no gate",
        ),
        (
            entry("gate_inconclusive", stands=True, reason="no metrics"),
            Status.INCONCLUSIVE,
            "no metrics",
        ),
        (entry("change_recovered", outcome="not_stored"), Status.SKIPPED, "it was never stored"),
        (
            entry("change_recovered", outcome="foreign"),
            Status.FAILED,
            "someone else changed it in the meantime, so nothing was written",
        ),
    ],
)
def test_the_entry_that_ends_a_change_determines_its_outcome(
    last: Entry, status: Status, message: str
) -> None:
    outcome = so_far(STARTED, STORED, last)
    assert (outcome.status, outcome.message) == (status, message)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), f"not checked yet; {OPEN}"),
        ((STARTED,), f"in progress, and possibly stored; {OPEN}"),
        ((STARTED, STORED), f"stored but not judged; {OPEN}"),
        (
            (entry("change_recovered", outcome="stored"),),
            f"found stored but not judged; {OPEN}",
        ),
        (
            (STARTED, STORED, entry("gate_failed", reason="fell")),
            f"rejected by the gate but not rolled back yet; {OPEN}",
        ),
        (
            (STARTED, STORED, entry("gate_inconclusive", stands=False, reason="no metrics")),
            f"not measurable and not rolled back yet; {OPEN}",
        ),
        (
            (STARTED, STORED, entry("gate_failed", reason="fell"), entry("rollback_started")),
            "fell; being rolled back, and possibly done; " + OPEN,
        ),
        ((entry("another"),), f"in progress; {OPEN}"),
    ],
)
def test_the_last_entry_of_an_unfinished_change_says_how_far_it_got(
    lines: tuple[Entry, ...], message: str
) -> None:
    outcome = so_far(*lines)
    assert (outcome.status, outcome.message) == (Status.FAILED, message)


def test_a_stored_deletion_still_has_to_be_read_back() -> None:
    outcome = so_far(STARTED, STORED, action=Action.DELETE)
    assert outcome.message == f"deleted but not yet read back as gone; {OPEN}"
    begun = so_far(STARTED, action=Action.DELETE)
    assert begun.message.startswith("in progress, and possibly stored")


def test_the_rates_are_those_of_the_start_and_of_the_last_gate() -> None:
    gates = [
        entry("gate_failed", success_rate=0.1, stands=False, reason="once"),
        entry("gate_failed", success_rate=0.2, stands=False, reason="twice"),
    ]
    outcome = so_far(STARTED, STORED, *gates, entry("rollback_started"))
    assert (outcome.baseline, outcome.success_rate) == (0.9, 0.2)
    assert outcome.message.startswith("twice; being rolled back")
    assert outcome.gate_stopped
    begun = so_far(STARTED)
    assert (begun.baseline, begun.success_rate, begun.gate_stopped) == (0.9, None, False)
    assert so_far().baseline is None


@pytest.mark.parametrize(
    ("gate", "stopped"),
    [
        (entry("gate_passed"), False),
        (entry("gate_inconclusive", stands=True), False),
        (entry("gate_inconclusive", stands=False), True),
        (entry("gate_failed", stands=False), True),
        (entry("gate_failed"), True),
    ],
)
def test_a_change_counts_as_stopped_by_the_gate_unless_it_may_stand(
    gate: Entry, stopped: bool
) -> None:
    assert so_far(STARTED, STORED, gate).gate_stopped is stopped


def test_entries_before_the_start_of_a_change_are_not_about_it() -> None:
    recovered = entry("change_recovered", outcome="stored")
    other = entries.entry("change_applied", run="run-1", slot_id="b")
    assert since_begun("a", [recovered, STARTED, other, STORED]) == [STARTED, STORED]
    assert since_begun("a", [STARTED, STORED, STARTED]) == [STARTED]
    assert since_begun("a", [recovered, other]) == ()


@pytest.mark.parametrize(("still_open", "told"), [({"a"}, True), ({"b"}, False), (set(), False)])
def test_it_is_an_error_only_if_a_change_of_this_run_is_left_open(
    still_open: set[str], told: bool
) -> None:
    report = cut_off_report(
        "run-1", outcomes=(so_far(STARTED),), still_open=still_open, endpoint=ENDPOINT
    )
    assert report.interrupted
    assert (report.error is not None) is told
    assert ("audit show --run run-1" in report.hint) is told
    assert report.ledger_hash is None
