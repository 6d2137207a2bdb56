"""What the ledger adds to a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import NothingListedError
from reconciler.model.ledger import OpenChange
from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.model.settings import Rollout
from reconciler.operations.live_plan import compared, planned, to_judge_again
from reconciler.operations.run_policy import run_policy_for
from reconciler.ports import Permission
from tests.support.fuse import cut_after_the_write
from tests.support.world import COLOUR, ENDPOINT, FRUIT, World, desired_slot, document

BAD = desired_slot(FRUIT, "^nothing$")


def compare(bot: World, project: Project) -> Plan:
    with bot.connect(project, permission=Permission.READ) as connection:
        plan, _ = compared(project, connection, history=bot.history, promotion=None)
        return plan


def judged_again(bot: World, project: Project, *, judged: bool = True) -> dict[str, OpenChange]:
    with bot.connect(project, permission=Permission.READ) as connection:
        return to_judge_again(
            project,
            connection,
            selection=Selection(),
            history=bot.history,
            policy=run_policy_for(project, ENDPOINT, history=bot.history, judged=judged),
        )


def test_slots_that_are_all_gone_are_drift_but_no_plan_to_apply(tmp_path: Path) -> None:
    World(tmp_path, live=[document(FRUIT)]).apply(desired_slot(FRUIT, "^apple$", retrain=False))
    bot = World(tmp_path)  # with the same ledger
    project = bot.project(desired_slot(FRUIT, "^apple$"))
    made = compare(bot, project)
    assert made.slot_ids == {FRUIT}
    assert "lists none of the slots that the files describe" in made.warnings[0]
    assert f"reconciler apply --target {FRUIT}" in made.warnings[1]
    with (
        bot.connect(project, permission=Permission.READ) as connection,
        pytest.raises(NothingListedError),
    ):
        planned(project, connection, selection=Selection(), history=bot.history, promotion=None)


def test_a_change_left_open_without_a_file_is_reported_with_what_is_live(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT), document(COLOUR)])
    cut_after_the_write(bot, FRUIT, desired_slot(FRUIT, "^apple$"), desired_slot(COLOUR))
    project = bot.project(desired_slot(COLOUR))
    (warning,) = compare(bot, project).warnings
    assert f"left its change of {FRUIT} open (live as that change made it)" in warning
    bot.sandbox.edit(FRUIT, patterns=list(document(FRUIT)["patterns"]))
    (warning,) = compare(bot, project).warnings
    assert "(live as it was before)" in warning


def test_a_rejected_change_that_was_left_live_can_be_judged_again(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)], rollout=Rollout(on_failure="halt"))
    bot.apply(BAD)
    assert judged_again(bot, bot.project(BAD)).keys() == {FRUIT}
    bot.sandbox.edit(FRUIT, fillStrategy="fuzzy")
    assert judged_again(bot, bot.project(BAD)) == {}


def test_where_nothing_is_to_be_judged_again_the_tenant_is_not_asked(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)], rollout=Rollout(on_failure="halt"))
    assert judged_again(bot, bot.project(BAD)) == {}
    bot.apply(BAD)
    sent = len(bot.sandbox.requests)
    assert judged_again(bot, bot.project(BAD), judged=False) == {}
    assert len(bot.sandbox.requests) == sent
