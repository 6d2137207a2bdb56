"""A fleet of small bots in this process: rolled out, halted, baked and gone on with."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from reconciler.errors import LedgerError, LimitExceededError, LockHeldError, StalePlanError
from reconciler.model.environment import ANYWHERE, Expectation
from reconciler.model.fleet import ALL, Amount, FleetLimits, FleetRollout, Step
from reconciler.model.fleet_plan import FleetPlan
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from reconciler.operations.fleet.apply import FleetApplyRequest, fleet_apply
from reconciler.operations.fleet.drift import fleet_drift
from reconciler.operations.fleet.running import known_hash
from tests.support.fleet_world import FleetWorld, OneByOne, statuses
from tests.support.world import COLOUR, FRUIT, desired_slot, document

NAMES = tuple(f"{tenant}/production" for tenant in ("acme", "globex", "initech", "umbrella"))
WIDER = desired_slot(FRUIT, "^apple$", "^pear$", "^plum$")
OTHER = desired_slot(FRUIT, "^apple$", "^pear$", "^kiwi$")
BROKEN = desired_slot(FRUIT, "^nothing$")
CANARY = FleetRollout(steps=(Step(targets=Amount(count=1)), Step()))
BAKED = FleetRollout(steps=(Step(targets=Amount(count=1), bake_hours=1), Step()))


def fleet(folder: Path, rollout: FleetRollout | None = None) -> FleetWorld:
    return FleetWorld(folder, *NAMES, rollout=rollout)


def test_every_target_gets_the_files_and_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    report = world.applied(WIDER)
    assert statuses(report) == dict.fromkeys(NAMES, TargetStatus.VERIFIED)
    assert (report.exit_code, report.is_complete) == (0, True)
    assert set(world.patterns(FRUIT).values()) == {("^apple$", "^pear$", "^plum$")}
    again = world.applied(WIDER)
    assert statuses(again) == dict.fromkeys(NAMES, TargetStatus.IN_SYNC)
    assert world.planned(WIDER).groups == ()


def test_each_target_has_a_ledger_of_its_own_whose_hash_the_fleet_records(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    report = world.applied(WIDER)
    for each in report.results:
        own = world.worlds[each.name].services.ledger
        assert own.lines()[-1].hash == each.ledger_hash  # type: ignore[union-attr]
    last = world.history.last
    assert last is not None
    assert {name: each.result.ledger_hash for name, each in last.results.items()} == {
        each.name: each.ledger_hash for each in report.results
    }
    assert all(chain.is_whole for chain in world.ledger.verify())


def test_a_rejected_canary_leaves_all_others_untouched_and_is_rolled_back(tmp_path: Path) -> None:
    world = fleet(tmp_path, CANARY)
    report = world.applied(BROKEN)
    assert list(statuses(report).values()) == [TargetStatus.REJECTED]
    assert (report.exit_code, report.is_complete) == (3, False)
    assert report.halt is not None
    assert len(report.not_begun) == len(NAMES) - 1
    assert set(world.patterns(FRUIT).values()) == {("^apple$", "^pear$")}
    assert len({task.target for task in world.tasks}) == 1


def test_rejected_content_is_kept_from_every_target_until_it_changes(tmp_path: Path) -> None:
    world = fleet(tmp_path, CANARY)
    first = world.applied(BROKEN)
    (canary,) = statuses(first)
    world.tasks.clear()
    again = world.applied(BROKEN, reason="another try")
    assert again.exit_code == 3
    assert [task.target for task in world.tasks] == [canary]
    (group,) = world.planned(BROKEN).groups
    assert group.plan.rejected
    assert len(group.targets) == len(NAMES)
    fixed = world.applied(WIDER)
    assert fixed.exit_code == 0
    assert world.planned(WIDER).groups == ()


def test_a_retry_lifts_the_quarantine(tmp_path: Path) -> None:
    world = fleet(tmp_path, CANARY)
    world.applied(BROKEN)
    assert world.history.quarantined
    world.tasks.clear()
    world.applied(BROKEN, retry_failed=True)
    assert all(task.quarantined == () for task in world.tasks)
    assert world.history.last is not None
    assert [each.result.status for each in world.history.last.results.values()] == [
        TargetStatus.REJECTED
    ]


def test_a_step_that_bakes_ends_the_run_well_and_a_later_one_judges_it_and_goes_on(
    tmp_path: Path,
) -> None:
    world = fleet(tmp_path, BAKED)
    first = world.applied(WIDER)
    assert (first.exit_code, first.is_complete, len(first.results)) == (0, False, 1)
    early = world.applied(WIDER)
    assert (early.exit_code, early.is_complete) == (0, False)
    assert statuses(early) == statuses(first), "what an earlier run has done is reported too"
    world.clock.advance(2 * 3600)
    last = world.applied(WIDER)
    assert (last.exit_code, last.is_complete) == (0, True)
    assert statuses(last) == dict.fromkeys(NAMES, TargetStatus.VERIFIED)
    assert [task.target for task in world.tasks if task.action is FleetAction.CHECK] == list(
        statuses(first)
    )
    assert world.planned(WIDER).groups == ()


def test_a_canary_that_falls_below_its_gate_while_it_bakes_halts_the_rollout(
    tmp_path: Path,
) -> None:
    world = fleet(tmp_path, BAKED)
    first = world.applied(WIDER)
    (canary,) = statuses(first)
    world.clock.advance(2 * 3600)
    world.worlds[canary].inject(
        "GET",
        f"/api/v1/bots/bot_production/analytics/slots/{FRUIT}/extraction",
        lambda _request, _send: httpx.Response(200, json={"successRate": 0.2}),
        times=100,
    )
    report = world.applied(WIDER)
    assert statuses(report) == {canary: TargetStatus.UNHEALTHY}
    assert report.exit_code == 3
    assert report.halt is not None


def test_a_failed_target_that_a_later_run_does_not_reach_is_counted_once(tmp_path: Path) -> None:
    world = fleet(tmp_path, CANARY)
    first = world.applied(BROKEN)
    assert first.run_id is not None
    files = world.files(BROKEN)
    services = replace(world.services(files), new_run_id=lambda: "run_that_is_halted")
    services.halts.ask("run_that_is_halted", by="ada")

    def never(task: Task) -> TargetResult:
        raise AssertionError(task.target)

    class Slow(OneByOne):
        def ended(self, *, within: float) -> list[TargetResult]:
            return []

    services = replace(services, dispatcher=lambda _: nullcontext(Slow(never)))
    again = fleet_apply(files, services, FleetApplyRequest())
    assert sum(again.counts.values()) == len(NAMES)
    assert again.counts[TargetStatus.NOT_BEGUN] == len(NAMES)
    assert again.exit_code == 1


def test_other_files_begin_another_rollout(tmp_path: Path) -> None:
    world = fleet(tmp_path, BAKED)
    world.applied(WIDER)
    other = world.applied(desired_slot(FRUIT, "^apple$", "^pear$", "^fig$"))
    assert other.run_id is not None
    assert world.history.last is not None
    assert world.history.last.continues is None


def test_a_plan_that_lacks_a_target_begins_another_rollout_whose_bake_goes_on(
    tmp_path: Path,
) -> None:
    world = fleet(tmp_path, BAKED)
    first = world.applied(WIDER, approved=planned(world))
    canary = first.results[0].name
    left_out = next(name for name in NAMES if name != canary)
    second = world.applied(WIDER, approved=planned(world, without=left_out))
    assert statuses(second) == {canary: TargetStatus.IN_SYNC}
    assert second.steps[0].baked_until is not None
    world.clock.advance(2 * 3600)
    last = world.applied(WIDER, approved=planned(world, without=left_out))
    run = world.history.last
    assert run is not None
    assert run.continues == second.run_id
    assert statuses(last).keys() == {*NAMES} - {left_out}
    assert [(each.ended, each.targets) for each in run.step_reports] == [(1, 1), (2, 2)]


def planned(world: FleetWorld, *, without: str = "") -> FleetPlan:
    """The plan of the fleet, of which one target could not be planned."""
    made = FleetPlan.of(world.planned(WIDER), selection="", tool_version="1")
    digests = {name: each for name, each in made.digests.items() if name != without}
    return made.model_copy(update={"digests": digests})


def test_a_target_that_cannot_be_reached_fails_alone_within_the_limit(tmp_path: Path) -> None:
    world = fleet(tmp_path, FleetRollout(max_failures=Amount(count=1)))
    world.worlds[NAMES[1]].inject(
        "GET", "/api/v1/slots", lambda _request, _send: httpx.Response(403, json={}), times=100
    )
    report = world.applied(WIDER)
    assert statuses(report)[NAMES[1]] is TargetStatus.FAILED
    assert sum(each is TargetStatus.VERIFIED for each in statuses(report).values()) == 3
    assert (report.exit_code, report.halt) == (1, None)


def test_only_what_was_approved_is_applied(tmp_path: Path) -> None:
    world = fleet(tmp_path, FleetRollout(max_failures=Amount(percent=100)))
    made = world.planned(WIDER)
    approved = FleetPlan.of(made, selection="", tool_version="1")
    assert [group.targets for group in made.groups] == [tuple(sorted(NAMES))]
    world.worlds[NAMES[0]].apply(desired_slot(FRUIT, "^apple$", "^pear$", "^fig$"))
    report = world.applied(WIDER, approved=approved)
    assert statuses(report)[NAMES[0]] is TargetStatus.STALE
    assert sum(each is TargetStatus.VERIFIED for each in statuses(report).values()) == 3


def test_targets_that_are_all_stale_are_a_refusal(tmp_path: Path) -> None:
    world = fleet(tmp_path, FleetRollout(max_failures=Amount(percent=100)))
    approved = FleetPlan.of(world.planned(WIDER), selection="", tool_version="1")
    for each in world.worlds.values():
        each.apply(desired_slot(FRUIT, "^apple$", "^pear$", "^fig$"))
    report = world.applied(WIDER, approved=approved)
    assert set(statuses(report).values()) == {TargetStatus.STALE}
    assert report.exit_code == 4


def test_a_plan_of_other_files_is_stale(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    approved = FleetPlan.of(world.planned(WIDER), selection="", tool_version="1")
    with pytest.raises(StalePlanError, match="files have changed"):
        world.applied(BROKEN, approved=approved)
    assert len(world.tasks) == len(NAMES), "only those of the plan"


def test_a_damaged_record_of_an_unfinished_run_begins_nothing(tmp_path: Path) -> None:
    # The line may have been what halted that run.
    world = fleet(tmp_path, CANARY)
    world.applied(BROKEN)
    (path, *_) = world.ledger.paths
    *lines, _finished = path.read_bytes().splitlines(keepends=True)
    lines[-1] = b"damage\n"
    path.write_bytes(b"".join(lines))
    world.tasks.clear()
    with pytest.raises(LedgerError, match="belongs to a run that never ended"):
        world.applied(WIDER)
    assert world.tasks == []


def test_more_targets_than_the_limit_are_refused(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    world.fleet = world.fleet.model_copy(update={"limits": FleetLimits(max_targets=3)})
    with pytest.raises(LimitExceededError, match="4 targets are selected, over the limit of 3"):
        world.applied(WIDER)
    assert not world.tasks


def test_a_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    files = world.files(WIDER)
    with world.ledger.open("other"), pytest.raises(LockHeldError):
        fleet_apply(files, world.services(files), FleetApplyRequest())
    assert not world.tasks


def test_a_target_that_somebody_applies_by_hand_is_held(tmp_path: Path) -> None:
    world = fleet(tmp_path, FleetRollout(max_failures=Amount(percent=100)))
    with world.worlds[NAMES[0]].services.ledger.open("by hand"):
        report = world.applied(WIDER)
    assert statuses(report)[NAMES[0]] is TargetStatus.HELD
    assert report.exit_code == 1


def damaged(world: FleetWorld, damage: str) -> None:
    """The ledger of the first target, from which lines are lost."""
    ledger = world.worlds[NAMES[0]].ledger
    content = ledger.read_bytes()
    if damage == "lost":
        ledger.unlink()
    elif damage == "cut":
        ledger.write_bytes(content[: content.rindex(b"\n", 0, -1) + 1])


@pytest.mark.parametrize("damage", ["lost", "cut"])
def test_a_target_whose_ledger_lost_lines_is_left_alone_until_somebody_has_looked(
    tmp_path: Path, damage: str
) -> None:
    world = fleet(tmp_path, FleetRollout(max_failures=ALL))
    world.applied(WIDER)
    damaged(world, damage)
    broken, *others = NAMES
    report = world.applied(OTHER)
    assert statuses(report) == {
        broken: TargetStatus.FAILED,
        **dict.fromkeys(others, TargetStatus.VERIFIED),
    }
    assert world.patterns(FRUIT)[broken] == ("^apple$", "^pear$", "^plum$")
    (failed,) = (each for each in report.results if each.has_failed)
    assert "does not have the line" in (failed.error or "")
    assert "--accept-ledger-loss" in failed.hint
    again = world.applied(OTHER)
    assert statuses(again)[broken] is TargetStatus.FAILED, "nobody has looked"
    accepted = world.applied(OTHER, accept_loss=True)
    assert statuses(accepted)[broken] is TargetStatus.VERIFIED
    assert world.applied(WIDER).exit_code == 0, "it is known from now on"


def test_a_ledger_that_lost_nothing_is_not_warned_of(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    world.applied(WIDER)
    assert [each.warnings for each in world.applied(WIDER).results] == [()] * len(NAMES)


def test_a_loss_that_was_accepted_where_nothing_is_recorded_is_accepted_for_good(
    tmp_path: Path,
) -> None:
    world = fleet(tmp_path)
    world.applied(WIDER)
    damaged(world, "lost")
    assert world.applied(WIDER, accept_loss=True).exit_code == 0
    assert world.applied(WIDER).exit_code == 0


def test_plans_and_drift_checks_only_warn_of_a_loss(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    world.applied(WIDER)
    damaged(world, "cut")
    files = world.files(WIDER)
    for report in (world.planned(WIDER), fleet_drift(files, world.services(files))):
        warned = {each.name: each.warnings for each in report.results if each.warnings}
        assert set(warned) == {NAMES[0]}
        assert "does not have the line" in warned[NAMES[0]][0]
        assert warned[NAMES[0]][0].endswith("An apply is refused.")
        assert report.exit_code == 0


def test_a_tenant_that_has_moved_has_another_ledger_which_lost_nothing(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    world.applied(WIDER)
    ends = world.history.ledger_ends
    target = world.fleet.by_name[NAMES[0]]
    assert known_hash(target, ends) == ends[NAMES[0]].hash
    moved = target.model_copy(update={"expect": Expectation(origin="https://new.cognigy.com")})
    assert known_hash(moved, ends) is None
    anywhere = target.model_copy(update={"expect": ANYWHERE})
    assert known_hash(anywhere, ends) == ends[NAMES[0]].hash


def test_a_bug_in_one_target_is_reported_as_its_failure(tmp_path: Path) -> None:
    world = fleet(tmp_path, FleetRollout(max_failures=Amount(count=1)))

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    world.worlds[NAMES[0]].connect = broken  # type: ignore[assignment, method-assign]
    report = world.applied(WIDER)
    (failed,) = (each for each in report.results if each.status is TargetStatus.FAILED)
    assert failed.error is not None
    assert "bug in reconciler: ZeroDivisionError" in failed.error


def test_drift_finds_what_was_edited_and_the_fleet_records_it(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    world.applied(WIDER)
    world.worlds[NAMES[2]].apply(desired_slot(FRUIT, "^apple$", "^pear$", "^fig$"))
    files = world.files(WIDER)
    report = fleet_drift(files, world.services(files), metrics=True)
    assert statuses(report) == {
        **dict.fromkeys(NAMES, TargetStatus.IN_SYNC),
        NAMES[2]: TargetStatus.DIFFERS,
    }
    assert report.exit_code == 2
    last = world.history.last_of(FleetAction.DRIFT)
    assert last is not None
    assert len(last.results) == len(NAMES)


def test_drift_finds_a_target_whose_metrics_have_fallen(tmp_path: Path) -> None:
    world = fleet(tmp_path)
    world.worlds[NAMES[0]].inject(
        "GET",
        f"/api/v1/bots/bot_production/analytics/slots/{FRUIT}/extraction",
        lambda _request, _send: httpx.Response(200, json={"successRate": 0.2}),
        times=100,
    )
    files = world.files(desired_slot(FRUIT))
    report = fleet_drift(files, world.services(files), metrics=True)
    assert statuses(report)[NAMES[0]] is TargetStatus.UNHEALTHY
    assert report.exit_code == 3


def test_a_plan_shows_identical_changes_once_and_others_apart(tmp_path: Path) -> None:
    world = FleetWorld(tmp_path, *NAMES)
    world.worlds[NAMES[3]].apply(WIDER)
    slots = (WIDER, desired_slot(COLOUR))
    report = world.planned(*slots)
    assert [len(group.targets) for group in report.groups] == [3, 1]
    assert report.exit_code == 0


def test_live_documents_of_a_target_are_its_own(tmp_path: Path) -> None:
    world = FleetWorld(tmp_path, *NAMES[:2], live=[document(FRUIT), document(COLOUR)])
    world.applied(WIDER, desired_slot(COLOUR))
    assert set(world.patterns(COLOUR)) == set(NAMES[:2])
