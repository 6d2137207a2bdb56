"""A process that follows a branch: what it applies, what it leaves alone, and how it goes on."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import (
    ConfigurationError,
    GitError,
    LockHeldError,
    ManifestError,
    UnavailableError,
)
from reconciler.model.project import Project
from reconciler.model.watch import (
    Applied,
    BranchMoved,
    Compared,
    DriftChecked,
    Kept,
    PassEnded,
    PassFailed,
)
from reconciler.operations.services import Services
from reconciler.planning.held import ATTEMPTS
from tests.support.deployments import Deployments
from tests.support.faults import answered
from tests.support.following import FakeUpstream, Process, slot_file
from tests.support.fuse import cut_after_the_write
from tests.support.world import COLOUR, FRUIT, GOOD, SIZE, World, desired_slot, document

MINUTE = 60.0
GATE = {"timeout_seconds": 60}
APPLYING = {"apply": True, "every_minutes": 5, "drift_every_minutes": 60}
NEW_FRUIT = slot_file(FRUIT, "^apple$", "^pear$", "^plum$")
BAD_FRUIT = slot_file(FRUIT, "^nothing$")
FRUITS, COLOURS, SIZES = (slot_file(each, *GOOD[each]) for each in (FRUIT, COLOUR, SIZE))


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return World(tmp_path, live=[document(FRUIT), document(COLOUR)])


@pytest.fixture
def upstream(tmp_path: Path) -> FakeUpstream:
    return FakeUpstream(tmp_path, settings={"gate": GATE, "watch": APPLYING})


def patterns(bot: World, slot_id: str) -> list[str]:
    return list(bot.live(slot_id)["patterns"])


def applies(bot: World) -> list[Any]:
    """The commits of the applies in the ledger."""
    return [
        each.data["commit"]
        for each in bot.entries
        if each.event == "run_started" and each.data.get("command") is None
    ]


def waits(process: Process) -> list[float]:
    return [each.seconds for each in process.of(PassEnded)]


class TestApplying:
    def test_each_new_head_is_applied_with_its_commit_in_the_ledger(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        first = upstream.push(FRUITS, COLOURS, SIZES)
        process = Process(bot, upstream)
        commits = [first]
        process.run(4, then={2: lambda: commits.append(upstream.push(NEW_FRUIT))})
        assert patterns(bot, FRUIT) == NEW_FRUIT["patterns"]
        assert patterns(bot, SIZE) == SIZES["patterns"]
        assert applies(bot) == commits
        assert [each.revision.commit for each in process.of(BranchMoved)] == commits
        assert [each.report.exit_code for each in process.of(Applied)] == [0, 0]
        assert process.plan().changes == ()

    def test_a_pass_comes_every_so_many_minutes_as_the_head_says(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS, COLOURS)
        process = Process(bot, upstream)
        slower = {**APPLYING, "every_minutes": 10}
        process.run(3, then={2: lambda: upstream.push(watch=slower)})
        assert waits(process) == [5 * MINUTE, 5 * MINUTE, 10 * MINUTE]

    def test_what_was_applied_is_told_once_and_then_that_all_is_in_sync(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        process = Process(bot, upstream)
        process.run(5)
        assert len(process.of(Applied)) == 1
        (compared,) = process.of(Compared)
        assert (compared.due, compared.kept, compared.rejected) == ((), None, ())

    def test_a_commit_that_changes_no_slot_still_has_its_protection_recorded(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push({**FRUITS, "protect": True}, COLOURS)
        process = Process(bot, upstream)
        process.run(3)
        assert bot.history.protected == {FRUIT}
        assert len(applies(bot)) == 1
        assert bot.writes == []
        assert process.of(Applied) == []

    def test_without_apply_not_even_that_is_recorded(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push({**FRUITS, "protect": True}, COLOURS, watch={})
        Process(bot, upstream).run(2)
        assert bot.entries == []

    def test_a_forced_push_is_followed_and_told(self, bot: World, upstream: FakeUpstream) -> None:
        upstream.push(FRUITS, COLOURS)
        process = Process(bot, upstream)
        process.run(2, then={1: lambda: upstream.push(NEW_FRUIT, forced=True)})
        assert [each.revision.is_rewritten for each in process.of(BranchMoved)] == [False, True]
        assert patterns(bot, FRUIT) == NEW_FRUIT["patterns"]

    def test_a_secret_that_is_replaced_is_read_anew_with_every_pass(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS, COLOURS)
        process, built = Process(bot, upstream), itertools.count()

        def services(_project: Project) -> Services:
            next(built)
            return bot.services

        process.services = services
        process.run(3)
        assert next(built) == 3


class TestWaitingForAPerson:
    def test_without_apply_in_the_head_nothing_is_written_and_it_is_told_once(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS, SIZES, watch={})
        process = Process(bot, upstream)
        process.run(4)
        assert bot.writes == []
        (compared,) = process.of(Compared)
        assert (set(compared.due), compared.kept) == ({FRUIT, SIZE}, Kept.APPLY_IS_OFF)

    def test_it_applies_from_the_commit_on_that_says_so(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS, watch={"apply": False})
        process = Process(bot, upstream)
        process.run(3, then={1: lambda: upstream.push(watch=APPLYING)})
        assert patterns(bot, FRUIT) == NEW_FRUIT["patterns"]
        assert process.plan().changes == ()

    def test_it_no_longer_applies_from_the_commit_on_that_says_so(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS, COLOURS)
        process = Process(bot, upstream)
        process.run(3, then={1: lambda: upstream.push(NEW_FRUIT, watch={"apply": False})})
        assert bot.writes == []
        assert process.of(Compared)[-1].kept is Kept.APPLY_IS_OFF

    def test_an_environment_may_apply_while_another_one_waits(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        environments = {"staging": {"watch": {"apply": True}}, "production": {}}
        upstream.push(NEW_FRUIT, COLOURS, watch={}, environments=environments)
        production = Process(bot, upstream, environment="production")
        production.run(1)
        assert bot.writes == []
        Process(bot, upstream, environment="staging").run(1)
        assert patterns(bot, FRUIT) == NEW_FRUIT["patterns"]
        assert production.plan().changes == ()

    def test_the_plans_warnings_reach_the_observer(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, slot_file(COLOUR, "^red$"), limits={"max_changes": 1}, watch={})
        Process(bot, upstream).run(1)
        assert any("over the limit of 1" in each for each in bot.observer.warnings)


class TestDrift:
    def test_an_edit_in_the_tenant_is_left_alone_and_told(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        process = Process(bot, upstream)
        process.run(4, then={1: lambda: bot.sandbox.edit(FRUIT, fillStrategy="fuzzy")})
        assert bot.live(FRUIT)["fillStrategy"] == "fuzzy"
        compared = process.of(Compared)[-1]
        assert (compared.due, compared.kept) == ((FRUIT,), Kept.ONLY_DRIFT)

    def test_a_new_process_leaves_it_alone_too(self, bot: World, upstream: FakeUpstream) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        Process(bot, upstream).run(1)
        bot.sandbox.edit(FRUIT, fillStrategy="fuzzy")
        Process(bot, upstream).run(2)
        assert bot.live(FRUIT)["fillStrategy"] == "fuzzy"

    def test_so_is_an_edit_of_a_slot_that_was_never_applied(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS, COLOURS)
        Process(bot, upstream).run(1)
        bot.sandbox.edit(FRUIT, fillStrategy="fuzzy")
        upstream.push_text("_note", "")
        process = Process(bot, upstream)
        process.run(2)
        assert bot.live(FRUIT)["fillStrategy"] == "fuzzy"
        assert process.of(Compared)[-1].kept is Kept.ONLY_DRIFT
        upstream.push(NEW_FRUIT)
        process.run(1)
        assert patterns(bot, FRUIT) == NEW_FRUIT["patterns"]
        assert process.plan().changes == ()

    def test_the_last_commit_that_was_live_as_a_whole_is_remembered(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        commits = [upstream.push(FRUITS, COLOURS)]
        noted: list[str] = []

        def note() -> None:
            noted.extend(upstream.in_sync.values())

        def push(*slots: Any) -> None:
            note()
            commits.append(upstream.push(*slots))

        process = Process(bot, upstream)
        process.run(4, then={1: lambda: push(NEW_FRUIT), 2: push, 3: lambda: push(BAD_FRUIT)})
        note()
        assert noted == [*commits[:3], commits[2]]

    def test_the_next_commit_that_changes_something_is_applied_whole(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        process = Process(bot, upstream)
        process.run(
            3,
            then={
                1: lambda: bot.sandbox.edit(FRUIT, fillStrategy="fuzzy"),
                2: lambda: upstream.push(slot_file(COLOUR, "^blue$", "^red$")),
            },
        )
        assert bot.live(FRUIT)["fillStrategy"] == "bestMatch"
        assert process.plan().changes == ()

    def test_a_file_that_changes_while_nobody_follows_is_applied_over_an_edit(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        Process(bot, upstream).run(1)
        bot.sandbox.edit(FRUIT, fillStrategy="fuzzy")
        upstream.push(FRUITS)
        process = Process(bot, upstream)
        process.run(1)
        assert (patterns(bot, FRUIT), bot.live(FRUIT)["fillStrategy"]) == (
            FRUITS["patterns"],
            "bestMatch",
        )
        assert process.plan().changes == ()

    def test_a_slot_that_someone_deleted_is_not_created_again(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        process = Process(bot, upstream)
        process.run(3, then={1: lambda: bot.sandbox._store.delete(FRUIT)})
        assert bot.live(FRUIT) == {}
        assert process.of(Compared)[-1].kept is Kept.ONLY_DRIFT

    def test_it_is_looked_for_on_a_schedule_of_its_own_and_measured(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS, COLOURS)
        process = Process(bot, upstream)
        process.run(14)
        checks = process.of(DriftChecked)
        assert len(checks) == 2
        metrics = checks[0].report.metrics
        assert metrics is not None
        assert metrics.keys() == {FRUIT, COLOUR}

    def test_without_gates_nothing_is_measured_and_no_bot_is_needed(
        self, tmp_path: Path, upstream: FakeUpstream
    ) -> None:
        bot = World(tmp_path, live=[document(FRUIT)])
        bot.endpoint = bot.endpoint.model_copy(update={"bot_id": None})
        upstream.push(NEW_FRUIT, gate={"enabled": False})
        process = Process(bot, upstream)
        process.run(1)
        assert [each.report.metrics for each in process.of(DriftChecked)] == [None]
        assert process.plan().changes == ()

    def test_it_is_notified_and_a_change_on_probation_is_judged(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        process = Process(bot, upstream)
        process.run(13, then={1: lambda: bot.sandbox.edit(COLOUR, fillStrategy="fuzzy")})
        assert ("drift_detected", COLOUR) in bot.messages.sent
        assert [each.slot_id for each in process.of(DriftChecked)[-1].report.bakes] == [FRUIT]


class TestRejection:
    def test_a_rejected_change_is_rolled_back_and_not_tried_again(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(BAD_FRUIT, COLOURS)
        process = Process(bot, upstream)
        process.run(6)
        assert bot.live(FRUIT) == document(FRUIT)
        assert [each.report.exit_code for each in process.of(Applied)] == [3]
        (compared,) = process.of(Compared)
        assert [each.slot_id for each in compared.rejected] == [FRUIT]
        assert len(bot.writes) == 2

    def test_the_rest_of_its_commit_is_held_even_by_a_new_process(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(BAD_FRUIT, slot_file(COLOUR, "^blue$", "^red$"), SIZES)
        Process(bot, upstream).run(3)
        process = Process(bot, upstream)
        process.run(2)
        (compared,) = process.of(Compared)
        assert compared.kept is Kept.HELD
        assert set(compared.due) < {COLOUR, SIZE}
        assert f"run {bot.entries[0].run_id} of this commit rejected" in compared.held

    def test_the_next_commit_goes_on(self, bot: World, upstream: FakeUpstream) -> None:
        upstream.push(BAD_FRUIT, slot_file(COLOUR, "^blue$", "^red$"), SIZES)
        process = Process(bot, upstream)
        process.run(3, then={2: lambda: upstream.push(NEW_FRUIT)})
        assert [each.report.exit_code for each in process.of(Applied)] == [3, 0]
        assert process.plan().changes == ()

    def test_an_apply_by_a_person_lifts_the_hold(self, bot: World, upstream: FakeUpstream) -> None:
        upstream.push(BAD_FRUIT, SIZES, COLOURS)
        process = Process(bot, upstream)
        process.run(1)
        bot.apply(desired_slot(FRUIT), desired_slot(COLOUR, "^blue$", "^red$"), desired_slot(SIZE))
        process.run(1)
        assert process.plan().due == ()

    def test_a_rejection_that_is_left_live_holds_the_commit_too(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(BAD_FRUIT, COLOURS, SIZES, rollout={"on_failure": "halt"})
        process = Process(bot, upstream)
        process.run(3)
        assert patterns(bot, FRUIT) == BAD_FRUIT["patterns"]
        assert len(process.of(Applied)) == 1
        assert process.of(Compared)[-1].kept is Kept.HELD or not process.plan().due


class TestErrors:
    def test_passes_come_later_and_later_up_to_a_bound_and_as_usual_after_a_success(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS, COLOURS)
        upstream.down = GitError("origin cannot be reached: x.")

        def up() -> None:
            upstream.down = None

        def down() -> None:
            upstream.down = GitError("origin cannot be reached: y.")

        process = Process(bot, upstream)
        process.run(12, then={9: up, 10: down})
        bounds = [15, 30, 60, 120, 240, 480, 900, 900, 900]
        failed = waits(process)[:9]
        assert all(most / 2 <= each <= most for each, most in zip(failed, bounds, strict=True))
        assert waits(process)[9] == 5 * MINUTE
        assert waits(process)[10] <= 15
        assert [each.failures for each in process.of(PassEnded)] == [*range(1, 10), 0, 1, 2]

    def test_two_processes_do_not_try_again_at_the_same_moments(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS)
        upstream.down = GitError("origin cannot be reached: x.")
        first, second = (Process(bot, upstream) for _ in range(2))
        for each in (first, second):
            each.run(4)
        assert waits(first) != waits(second)

    def test_files_that_cannot_be_used_are_named_with_their_commit_and_the_next_one_goes_on(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS, COLOURS)
        process = Process(bot, upstream)
        broken = [""]

        def break_it() -> None:
            broken[0] = upstream.push_text("bad", "slot_id: [")

        def mend_it() -> None:
            upstream.push_without("bad")
            upstream.push(NEW_FRUIT)

        process.run(4, then={1: break_it, 3: mend_it})
        errors = [each.error for each in process.of(PassFailed)]
        assert len(errors) == 2
        for error in errors:
            assert isinstance(error, ManifestError)
            assert error.message.startswith(f"origin/main at {broken[0][:10]}: slots cannot be")
            assert {each.source.file for each in error.problems} == {"slots/bad.yaml"}
        assert patterns(bot, FRUIT) == NEW_FRUIT["patterns"]
        assert process.plan().changes == ()

    def test_a_tenant_in_trouble_is_tried_again_until_it_answers(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        bot.inject("GET", "/slots", answered(503), times=12)
        process = Process(bot, upstream)
        process.run(4)
        assert isinstance(process.of(PassFailed)[0].error, UnavailableError)
        assert patterns(bot, FRUIT) == NEW_FRUIT["patterns"]
        assert process.plan().changes == ()

    def test_what_a_person_has_to_set_ends_it_unless_it_has_worked_before(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(FRUITS, COLOURS)
        missing = ConfigurationError("COGNIGY_CLIENT_ID is missing.")
        process = Process(bot, upstream)
        working = process.services

        def broken(_project: Project) -> Services:
            raise missing

        process.services = broken
        with pytest.raises(ConfigurationError):
            process.run(1)

        turns = iter([working, broken, working])

        def services(project: Project) -> Services:
            return next(turns)(project)

        process.services = services
        process.run(3)
        assert [each.error for each in process.of(PassFailed)] == [missing]

    def test_while_another_apply_runs_it_waits(self, bot: World, upstream: FakeUpstream) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        process = Process(bot, upstream)
        with bot.open_store().open("other"):
            process.run(1)
        (failed,) = process.of(PassFailed)
        assert isinstance(failed.error, LockHeldError)
        process.run(1)
        assert process.plan().changes == ()

    def test_a_change_that_the_tenant_refuses_is_tried_a_few_times_and_then_held(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        bot.inject("PUT", f"/slots/{FRUIT}", answered(400), times=1000)
        process = Process(bot, upstream)
        process.run(ATTEMPTS + 3)
        assert [each.report.exit_code for each in process.of(Applied)] == [1] * ATTEMPTS
        assert waits(process)[:2] == sorted(waits(process)[:2])
        assert process.told.index(process.of(DriftChecked)[0]) > process.told.index(
            process.of(Applied)[-1]
        )
        assert process.of(Compared)[-1].kept is Kept.HELD
        bot.transport.heal()
        process.run(1, then=None)
        upstream.push(slot_file(FRUIT, "^plum$", "^apple$", "^pear$"))
        process.run(1)
        assert process.plan().changes == ()


class TestStopping:
    def test_the_change_in_hand_is_finished_and_nothing_else_begins(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, slot_file(COLOUR, "^blue$", "^red$"), SIZES)
        process = Process(bot, upstream)
        report = process.run_until_interrupted(10)
        assert (report.interrupted, report.exit_code) == (True, 130)
        assert len(bot.writes) == 1
        assert [each.status.value for each in report.outcomes].count("verified") == 1
        assert process.of(DriftChecked) == []
        assert bot.recorded()[-1] == "run_finished"
        assert not bot.history.open_changes
        another = Process(bot, upstream)
        another.run(1)
        assert another.plan().changes == ()

    def test_a_rejected_change_in_hand_is_put_back(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(BAD_FRUIT, COLOURS, SIZES)
        report = Process(bot, upstream).run_until_interrupted(10)
        assert report.exit_code == 130
        assert bot.live(FRUIT) == document(FRUIT)
        assert not bot.history.open_changes

    def test_what_a_crash_left_open_is_ended_first_even_if_the_commit_is_held(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        cut_after_the_write(bot, FRUIT, desired_slot(FRUIT, *NEW_FRUIT["patterns"]))
        upstream.push(NEW_FRUIT, COLOURS)
        process = Process(bot, upstream)
        process.run(2)
        assert not bot.history.open_changes
        assert process.plan().changes == ()

    def test_without_apply_it_is_only_told(self, bot: World, upstream: FakeUpstream) -> None:
        cut_after_the_write(bot, FRUIT, desired_slot(FRUIT, *NEW_FRUIT["patterns"]))
        upstream.push(NEW_FRUIT, COLOURS, watch={})
        process = Process(bot, upstream)
        process.run(2)
        assert bot.history.open_changes
        (compared,) = process.of(Compared)
        assert compared.kept is Kept.APPLY_IS_OFF
        assert any("the next apply recovers it" in each for each in bot.observer.warnings)


class TestOnce:
    def test_it_applies_checks_and_says_that_all_is_well(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(NEW_FRUIT, COLOURS)
        process = Process(bot, upstream)
        assert process.once() == 0
        assert [type(each).__name__ for each in process.told] == [
            "PassBegun",
            "BranchMoved",
            "Applied",
            "DriftChecked",
        ]
        assert process.plan().changes == ()

    def test_changes_that_wait_are_differences(self, bot: World, upstream: FakeUpstream) -> None:
        upstream.push(NEW_FRUIT, COLOURS, watch={})
        assert Process(bot, upstream).once() == 2
        assert bot.writes == []

    def test_a_rejection_has_the_exit_code_of_the_apply(
        self, bot: World, upstream: FakeUpstream
    ) -> None:
        upstream.push(BAD_FRUIT, COLOURS)
        process = Process(bot, upstream)
        assert process.once() == 3
        assert process.of(DriftChecked) == []

    def test_an_error_is_raised(self, bot: World, upstream: FakeUpstream) -> None:
        upstream.down = GitError("origin cannot be reached: x.")
        with pytest.raises(GitError):
            Process(bot, upstream).once()


def test_what_another_environment_has_proven_is_applied_without_another_commit(
    tmp_path: Path,
) -> None:
    both = Deployments(tmp_path, staging=[document(FRUIT)], production=[document(FRUIT)])
    upstream = FakeUpstream(tmp_path, settings={"gate": GATE, "watch": APPLYING})
    environments = {"staging": {}, "production": {"promote_from": "staging"}}
    upstream.push(NEW_FRUIT, environments=environments)
    production = Process(both.production, upstream, environment="production")
    staging = Process(both.staging, upstream, environment="staging")
    production.run(2, then={1: lambda: both.staging.number_runs_from(100)})
    (compared,) = production.of(Compared)
    assert [each.slot_id for each in compared.waiting] == [FRUIT]
    assert both.production.writes == []
    staging.run(1)
    both.production.number_runs_from(200)
    production.run(1)
    assert patterns(both.production, FRUIT) == NEW_FRUIT["patterns"]
    assert production.plan().changes == ()
