"""One target's part of a run of the fleet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.model.fleet_run import FleetAction, TargetStatus, Task
from reconciler.operations.fleet.target import TargetWork
from tests.support.fleet_world import FleetWorld
from tests.support.world import FRUIT, desired_slot

NAME = "acme/production"
WIDER = desired_slot(FRUIT, "^apple$", "^pear$", "^plum$")


def test_a_task_whose_run_has_ended_before_it_has_the_lock_is_not_begun(tmp_path: Path) -> None:
    world = FleetWorld(tmp_path, NAME)
    files, bot = world.files(WIDER), world.worlds[NAME]
    asked: list[bool] = []

    def is_led(_task: Task) -> bool:
        asked.append(bot.services.ledger.holder() is not None)
        return False

    work = TargetWork(
        project_of=lambda task: files.project_of(files.fleet.by_name[task.target]),
        services_of=lambda _task, _project, observer: replace(bot.services, observer=observer),
        clock=world.clock,
        worker="the test",
        is_led=is_led,
    )
    task = Task(run_id="fleet-1", action=FleetAction.APPLY, target=NAME)
    assert work(task).status is TargetStatus.NOT_BEGUN
    assert asked == [True], "with the lock held, so that no later run can have begun here"
    assert (bot.writes, bot.entries) == ([], [])
    assert replace(work, is_led=lambda _task: True)(task).status is TargetStatus.VERIFIED
    assert bot.in_sync(WIDER)
