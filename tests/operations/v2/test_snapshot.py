"""A snapshot of the project before the first change of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ConfigurationError
from reconciler.model.event import ChangeBegun, SnapshotBegun, SnapshotTaken
from reconciler.model.settings import Settings, Snapshot
from reconciler.operations.apply import apply
from reconciler.sandbox.v2.settings import ADMIN, READER, SandboxUser
from tests.operations.v2.test_changes import GOOD, alike
from tests.support.filler_world import ALIKE, BAD, FillerWorld, desired_slot
from tests.support.runs import Agreeing
from tests.support.shop import CUSTOMER, ORDER
from tests.support.world import World

BEFORE = {"before_apply": True}


def world(folder: Path, **details: Any) -> FillerWorld:
    return FillerWorld(folder, *GOOD, **{"snapshot": BEFORE, **details})


def own(bot: FillerWorld) -> str:
    """The name of the snapshot of the last run."""
    return f"reconciler-{bot.report.run_id}"


def names(bot: FillerWorld) -> list[str]:
    return [str(each["name"]) for each in bot.sandbox.console.snapshots()]


def fill(bot: FillerWorld) -> list[str]:
    """Take as many as the project may have; returns their names."""
    project = bot.sandbox.project_id
    while len(names(bot)) < 10:
        body = {"projectId": project, "name": f"S{len(names(bot))}", "description": "S"}
        bot.ask("POST", "/snapshots", body)
        bot.clock.advance(60.0)
    return names(bot)


def restore(bot: FillerWorld, snapshot_id: str) -> None:
    """What only an administrator may do."""
    us, bot.user = bot.user, ADMIN
    path = f"/snapshots/{snapshot_id}/restore"
    bot.ask("POST", path, {"projectId": bot.sandbox.project_id})
    bot.clock.advance(60.0)
    bot.user = us


def test_it_is_taken_once_before_the_first_change_and_stays(tmp_path: Path) -> None:
    bot = world(tmp_path)
    before = names(bot)
    bot.apply(*alike(ORDER, CUSTOMER))
    assert bot.statuses == {ORDER: "verified", CUSTOMER: "verified"}
    assert bot.work == ["POST", "run", *(["PATCH", "train", "run"] * 2)]
    assert names(bot) == [*before, own(bot)]
    assert bot.report.snapshot == own(bot)
    assert bot.recorded()[:4] == [
        "run_started",
        "snapshot_started",
        "snapshot_taken",
        "change_started",
    ]
    assert [each.data["name"] for each in bot.entries if "snapshot" in each.event] == [own(bot)] * 2
    (snapshot,) = [each for each in bot.sandbox.console.snapshots() if each["name"] == own(bot)]
    assert str(bot.report.run_id) in snapshot["description"]
    assert bot.plan(*alike(ORDER, CUSTOMER)).changes == ()


def test_it_holds_what_was_there_before(tmp_path: Path) -> None:
    bot = world(tmp_path)
    bot.apply(*alike(ORDER))
    (snapshot,) = [each for each in bot.sandbox.console.snapshots() if each["name"] == own(bot)]
    restore(bot, snapshot["_id"])
    assert bot.regex(ORDER) == r"/[A-Z]{2}-\d{4}/"


def test_there_is_none_unless_asked_for(tmp_path: Path) -> None:
    bot = world(tmp_path, snapshot={})
    before = names(bot)
    bot.apply(*alike(ORDER))
    assert bot.statuses == {ORDER: "verified"}
    assert (names(bot), bot.report.snapshot) == (before, None)


def test_a_plan_a_drift_check_and_an_apply_of_nothing_take_none(tmp_path: Path) -> None:
    bot = world(tmp_path)
    before = names(bot)
    bot.plan(*alike(ORDER))
    bot.drift(*alike(ORDER))
    bot.apply(*alike())
    assert bot.report.outcomes == ()
    assert (names(bot), bot.work) == (before, [])


def test_an_apply_that_only_skips_what_is_quarantined_takes_none(tmp_path: Path) -> None:
    bot = world(tmp_path)
    files = (desired_slot(ORDER, regex=BAD), *alike()[1:])
    bot.apply(*files)
    assert bot.statuses == {ORDER: "rolled_back"}
    before = names(bot)
    bot.apply(*files)
    assert bot.statuses == {ORDER: "skipped"}
    assert names(bot) == before
    assert bot.report.snapshot is None


@pytest.mark.parametrize(
    ("details", "why", "way_out"),
    [
        ({"failed_snapshots": 1}, "The snapshot could not be created", "before_apply"),
        ({"snapshot_seconds": 10_000.0}, "has not ended in time", "snapshot.timeout_seconds"),
        (
            {"user": SandboxUser(name="E", email="e", api_key="e", roles=("basic", "flowEditor"))},
            "403",
            "create snapshots",
        ),
    ],
)
def test_without_it_the_apply_is_refused_before_anything_is_changed(
    tmp_path: Path, details: dict[str, Any], why: str, way_out: str
) -> None:
    if "user" in details:
        details = {**details, "users": (details["user"], READER)}
    bot = world(tmp_path, **details)
    report = bot.apply(*alike(ORDER))
    assert (report.exit_code, report.snapshot) == (4, None)
    assert bot.statuses == {ORDER: "skipped"}
    assert why in str(report.error)
    assert way_out in report.hint
    assert "leave out snapshot.before_apply" in report.hint
    assert set(bot.work) <= {"POST"}
    assert bot.regex(ORDER) != ALIKE[ORDER]
    assert bot.recorded() == [
        "run_started",
        "snapshot_started",
        "snapshot_failed",
        "run_finished",
    ]
    assert bot.history.open_changes == {}


def test_a_full_project_refuses_the_apply_and_keeps_all_of_its_snapshots(tmp_path: Path) -> None:
    bot = world(tmp_path)
    before = fill(bot)
    begun = len(bot.work)
    report = bot.apply(*alike(ORDER))
    assert report.exit_code == 4
    assert "the project has 10 of at most 10" in str(report.error)
    assert "Delete one" in report.hint
    assert (names(bot), bot.work[begun:]) == (before, [])


def test_the_next_apply_goes_on_once_there_is_room(tmp_path: Path) -> None:
    bot = world(tmp_path, failed_snapshots=1)
    assert bot.apply(*alike(ORDER)).exit_code == 4
    assert bot.apply(*alike(ORDER)).exit_code == 0
    assert bot.report.snapshot == own(bot)
    assert bot.plan(*alike(ORDER)).changes == ()


def test_an_interrupt_while_it_is_taken_changes_nothing(tmp_path: Path) -> None:
    bot = world(tmp_path, snapshot_seconds=100.0)
    bot.when(SnapshotBegun, lambda: bot.clock.interrupt_after(5.0))
    report = bot.apply(*alike(ORDER))
    assert (report.exit_code, report.snapshot) == (130, None)
    assert bot.statuses == {ORDER: "skipped"}
    assert bot.regex(ORDER) != ALIKE[ORDER]
    assert bot.recorded()[-2:] == ["snapshot_started", "run_finished"]


def test_whoever_watches_hears_of_it(tmp_path: Path) -> None:
    bot = world(tmp_path)
    bot.apply(*alike(ORDER))
    kinds = (SnapshotBegun, SnapshotTaken, ChangeBegun)
    heard = [type(each) for each in bot.observer.heard if isinstance(each, kinds)]
    assert heard == [*kinds]
    assert bot.observer.of(SnapshotTaken) == [SnapshotTaken(name=own(bot))]


def test_what_an_earlier_run_left_open_is_recovered_without_one(tmp_path: Path) -> None:
    bot = world(tmp_path, train={"timeout_seconds": 100}, training_seconds=150.0)
    bot.apply(*alike(ORDER))
    assert bot.statuses == {ORDER: "rollback_failed"}
    before = names(bot)
    bot.sandbox.configure(training_seconds=2.0)
    bot.apply(*alike(ORDER))
    assert [each.status.value for each in bot.report.outcomes] == ["rolled_back", "skipped"]
    assert names(bot) == before


def test_a_tenant_without_snapshots_says_so_before_anything_is_sent(tmp_path: Path) -> None:
    bot = World(tmp_path)
    bot.settings = Settings(snapshot=Snapshot(before_apply=True))
    project = bot.project()
    with pytest.raises(ConfigurationError, match="has no snapshots"):
        apply(project, bot.services, Agreeing())
    assert not bot.sandbox.requests
    assert not bot.entries
