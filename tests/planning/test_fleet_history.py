"""The fleet's chain, folded into its runs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import LedgerError
from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import FleetAction, Halt, TargetResult, TargetStatus
from reconciler.model.ledger import Entry
from reconciler.planning.fleet_chain import target_data
from reconciler.planning.fleet_history import fleet_history
from tests.support.fleet_chain import BEGUN, BUNDLE, Chain, result
from tests.support.fleet_values import TARGET_RESULTS

CANARY = PlannedStep(targets=2, bake_seconds=3600, names=("a/live", "b/live"))
REST = PlannedStep(targets=3, max_failures=1, names=("c/live", "d/live", "e/live"))
STEPS = (("a/live", "b/live"), ("c/live", "d/live", "e/live"))


@pytest.fixture
def chain() -> Chain:
    return Chain()


def halted_in_the_canary(chain: Chain) -> None:
    chain.start("run_1", CANARY, REST)
    chain.end(result("a/live"))
    chain.end(result("b/live", TargetStatus.REJECTED, exit_code=3, rejected=("id_1",)))
    chain.end_step(1, failed=1)
    chain.halt(Halt(step=1, reason="1 failed, 0 allowed", targets=("b/live",)), "id_1")
    chain.finish(is_complete=False)


@given(TARGET_RESULTS, st.integers(1, 9))
def test_what_is_recorded_of_a_target_is_read_again(ended: TargetResult, step: int) -> None:
    chain = Chain()
    chain.start("run_1", REST)
    chain.append("target_ended", **json.loads(json.dumps(target_data(ended, step=step))))
    recorded = chain.history.targets[ended.name]
    unrecorded: dict[str, Any] = {
        "ended_at": ended.ended_at or chain.entries[-1].moment,
        "changes": "",
        "digest": None,
        "summary": {},
        "warnings": (),
        "plan": None,
    }
    assert recorded.result == ended.model_copy(update=unrecorded)
    assert (recorded.step, recorded.fleet_run_id) == (step, "run_1")


def test_an_empty_chain_has_no_runs() -> None:
    history = fleet_history([])
    assert (history.runs, history.last, history.targets) == ((), None, {})


def test_lines_that_cannot_be_read_and_other_events_are_passed_over(chain: Chain) -> None:
    chain.append("run_started", target="x")
    chain.append("target_ended", target="a/live")
    chain.start("run_1", REST)
    lines: list[Entry | None] = [None, *chain.entries, None]
    assert [run.run_id for run in fleet_history(lines).runs] == ["run_1"]


def test_a_run_is_what_its_beginning_says(chain: Chain) -> None:
    chain.start("run_1", CANARY, REST, commit="abc", actor="ann", reason="why", selection="a=b")
    run = chain.last
    assert (run.commit, run.actor, run.reason, run.selection) == ("abc", "ann", "why", "a=b")
    assert [step.planned for step in run.steps] == [CANARY, REST]
    assert (run.started_at, run.ended_at, run.is_complete) == (BEGUN, None, False)
    assert run.counts[TargetStatus.NOT_BEGUN] == 5


def test_a_step_counts_its_targets_as_they_end(chain: Chain) -> None:
    chain.start("run_1", CANARY, REST)
    chain.end(result("a/live"))
    chain.end(result("b/live", TargetStatus.FAILED))
    first, second = chain.last.step_reports
    assert (first.targets, first.ended, first.failed, first.is_done) == (2, 2, 1, False)
    assert (second.targets, second.ended, second.max_failures) == (3, 0, 1)


def test_a_step_bakes_until_it_is_judged(chain: Chain) -> None:
    chain.start("run_1", CANARY, REST)
    chain.end(result("a/live"))
    chain.end(result("b/live"))
    chain.end_step(1, bakes=timedelta(hours=1))
    (first, _) = chain.last.step_reports
    assert (first.baked_until, first.is_done) == (BEGUN + timedelta(hours=1, seconds=3), False)
    chain.judge(1)
    (first, _) = chain.last.step_reports
    assert (first.baked_until, first.is_done) == (None, True)


def test_a_target_that_is_unhealthy_after_the_bake_has_failed_in_its_step(chain: Chain) -> None:
    chain.start("run_1", CANARY, REST)
    chain.end(result("a/live"))
    chain.end(result("b/live"))
    chain.end_step(1, bakes=timedelta(hours=1))
    chain.end(result("a/live", TargetStatus.IN_SYNC, action=FleetAction.CHECK))
    chain.end(result("b/live", TargetStatus.UNHEALTHY, action=FleetAction.CHECK))
    run = chain.last
    assert run.step_reports[0].failed == 1
    assert run.counts[TargetStatus.VERIFIED] == 1
    assert run.counts[TargetStatus.UNHEALTHY] == 1
    assert sum(run.counts.values()) == 5


def test_a_halt_says_why_and_quarantines_content_for_the_fleet(chain: Chain) -> None:
    halted_in_the_canary(chain)
    assert chain.last.halt == Halt(step=1, reason="1 failed, 0 allowed", targets=("b/live",))
    assert chain.history.quarantined == {"id_1"}
    chain.start("run_2", REST)
    assert chain.history.quarantined == {"id_1"}
    chain.start("run_3", REST, retry_failed=True)
    assert chain.history.quarantined == frozenset()


def test_content_that_is_rejected_after_the_halt_is_quarantined_too(chain: Chain) -> None:
    halted_in_the_canary(chain)
    chain.end(result("c/live", TargetStatus.REJECTED, rejected=("id_2",)))
    assert chain.history.quarantined == {"id_1", "id_2"}


def test_content_that_is_rejected_without_a_halt_by_failures_is_not_quarantined(
    chain: Chain,
) -> None:
    chain.start("run_1", CANARY, REST)
    chain.end(result("a/live", TargetStatus.REJECTED, rejected=("id_1",)))
    chain.halt(Halt(step=1, reason="ada asked for it"))
    chain.end(result("b/live", TargetStatus.REJECTED, rejected=("id_2",)))
    assert chain.history.quarantined == frozenset()


def test_a_run_that_goes_on_has_what_the_first_one_did(chain: Chain) -> None:
    halted_in_the_canary(chain)
    chain.start("run_2", REST, continues="run_1", targets=5)
    chain.end(result("b/live"))
    run = chain.last
    assert {name: each.fleet_run_id for name, each in run.results.items()} == {
        "a/live": "run_1",
        "b/live": "run_2",
    }
    assert [each.planned for each in run.steps] == [CANARY, REST]
    assert (run.halt, run.step_reports[0].failed) == (None, 0)


def test_what_failed_has_not_ended_in_the_run_that_goes_on_until_it_ends_again(
    chain: Chain,
) -> None:
    halted_in_the_canary(chain)
    chain.end_step(1)
    chain.start("run_2", CANARY, REST, continues="run_1", targets=5)
    first = chain.last.step_reports[0]
    assert (first.ended, first.failed, first.is_done) == (1, 0, False)
    assert chain.last.counts[TargetStatus.NOT_BEGUN] == 4
    chain.end(result("b/live"))
    chain.end_step(1)
    first = chain.last.step_reports[0]
    assert (first.ended, first.failed, first.is_done) == (2, 0, True)


def test_an_apply_that_is_not_complete_goes_on_with_the_same_files_and_targets(
    chain: Chain,
) -> None:
    halted_in_the_canary(chain)
    chain.start("run_2", REST, action=FleetAction.DRIFT)
    chain.finish()
    same: dict[str, Any] = {"bundle": BUNDLE, "selection": "", "steps": STEPS}
    unfinished = chain.history.unfinished(**same)
    assert unfinished is not None
    assert unfinished.run_id == "run_1"
    assert set(unfinished.results) == {"a/live", "b/live"}
    for other in (
        {"selection": "ring=canary"},
        {"bundle": "sha256:other"},
        {"steps": (STEPS[0], STEPS[1][:-1])},
        {"steps": (STEPS[0][::-1], STEPS[1])},
        {"steps": STEPS[:1]},
    ):
        assert chain.history.unfinished(**{**same, **other}) is None


def test_a_complete_apply_does_not_go_on(chain: Chain) -> None:
    chain.start("run_1", PlannedStep(targets=1, names=("a/live",)))
    chain.end(result("a/live"))
    chain.end_step(1)
    chain.finish()
    assert chain.history.unfinished(bundle=BUNDLE, selection="", steps=(("a/live",),)) is None
    assert chain.last.ended_at == BEGUN + timedelta(seconds=3)


def test_only_the_last_run_of_an_action_keeps_its_results(chain: Chain) -> None:
    halted_in_the_canary(chain)
    chain.start("run_2", REST)
    first, second = chain.history.runs
    assert (first.results, first.counts[TargetStatus.REJECTED]) == ({}, 1)
    assert second.results == {}
    assert set(chain.history.targets) == {"a/live", "b/live"}


def test_a_target_is_as_it_ended_last_in_any_run(chain: Chain) -> None:
    halted_in_the_canary(chain)
    chain.start("run_2", REST, action=FleetAction.DRIFT)
    chain.end(result("a/live", TargetStatus.DIFFERS, action=FleetAction.DRIFT))
    targets = chain.history.targets
    assert targets["a/live"].result.status is TargetStatus.DIFFERS
    assert targets["b/live"].result.status is TargetStatus.REJECTED


def test_what_a_run_does_not_say_it_did_not_ask_for(chain: Chain) -> None:
    chain.append("fleet_started", action="apply", targets=3)
    (run,) = chain.history.runs
    assert (run.retry_failed, run.accept_loss) == (False, False)
    assert (run.selection, run.bundle, run.steps, run.continues) == ("", "", (), None)


ENDED = {"target": "a/live", "phase": "apply", "status": "failed", "step": 1}


@pytest.mark.parametrize(
    ("event", "data", "place"),
    [
        ("target_ended", {**ENDED, "status": None}, "status"),
        ("target_ended", {**ENDED, "phase": "x"}, "phase"),
        ("target_ended", {**ENDED, "step": 0}, "step"),
        ("step_ended", {"step": 0}, "step"),
        ("step_ended", {"step": 3}, "2 steps, and not step 3"),
        ("halted", {"step": 1}, "reason"),
        ("fleet_finished", {}, "complete"),
    ],
)
def test_an_event_that_cannot_be_understood_is_an_error_with_its_line(
    chain: Chain, event: str, data: dict[str, object], place: str
) -> None:
    chain.start("run_1", CANARY, REST)
    chain.append(event, **data)
    with pytest.raises(LedgerError, match=f"Line 2 of the fleet's ledger, {event}.*{place}"):
        fleet_history(chain.entries)
