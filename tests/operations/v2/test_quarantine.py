"""What a gate rejected is known again by what its file says, and by nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.content import FillerContent
from reconciler.model.event import ChangeStored
from reconciler.model.ledger import change_identity, line_hash
from reconciler.model.settings import Rollout
from reconciler.model.slot import DesiredSlot
from tests.operations.v2.test_changes import GOOD
from tests.support.filler_world import ALIKE, BAD, CITY, FillerWorld, desired_slot
from tests.support.shop import CUSTOMER, ORDER

OTHERS = (desired_slot(ORDER), desired_slot(CUSTOMER))
EDITS: dict[str, Any] = {"profileKey": "town", "skipIfResultInContext": True}
"""Of fields that no file here manages."""


def bad(**fields: Any) -> DesiredSlot:
    return desired_slot(CITY, regex=BAD, **fields)


def rejecting(folder: Path, **details: Any) -> FillerWorld:
    """A bot whose last apply was stopped by the gate."""
    bot = FillerWorld(folder, *GOOD, **details)
    assert bot.apply(*OTHERS, bad()).exit_code == 3
    return bot


def as_older_versions_recorded_it(bot: FillerWorld) -> None:
    """Make the ledger one in which an identity covers every field."""
    lines = [json.loads(line) for line in bot.ledger.read_text().splitlines()]
    last = lines[0]["prev_hash"]
    for line in lines:
        if line["event"] == "change_started":
            assert line.pop("managed")
            after = {**line["after"], "dependencies": tuple(line["after"]["dependencies"])}
            line["identity"] = change_identity(
                bot.endpoint, slot_id=line["slot_id"], after=FillerContent(**after)
            )
        line["prev_hash"] = last
        last = line["hash"] = line_hash({key: line[key] for key in line if key != "hash"})
    bot.ledger.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def test_an_edit_of_what_no_file_manages_does_not_lift_it(tmp_path: Path) -> None:
    bot = rejecting(tmp_path)
    bot.edit(CITY, **EDITS)
    done = len(bot.work)
    assert bot.apply(*OTHERS, bad()).exit_code == 3
    assert bot.statuses == {CITY: "skipped"}
    assert bot.work[done:] == []


@pytest.mark.parametrize(
    "changed", [{"regex": ALIKE[CITY]}, {"profile_key": "town"}, {"context_key": "place"}]
)
def test_a_file_that_says_something_else_lifts_it(tmp_path: Path, changed: dict[str, Any]) -> None:
    bot = rejecting(tmp_path)
    bot.apply(*OTHERS, desired_slot(CITY, **{"regex": BAD, **changed}))
    assert bot.statuses != {CITY: "skipped"}


def test_what_is_live_although_rejected_is_still_that_after_such_an_edit(tmp_path: Path) -> None:
    bot = rejecting(tmp_path, rollout=Rollout(on_failure="halt"))
    bot.edit(CITY, **EDITS)
    plan = bot.plan(*OTHERS, bad())
    assert [(each.slot_id, each.live) for each in plan.rejected] == [(CITY, True)]
    bot.edit(CITY, regex="/Berlin|Paris/")
    assert [each.live for each in bot.plan(*OTHERS, bad()).rejected] == [False]


@pytest.mark.parametrize("older", [False, True])
def test_a_change_that_passes_after_all_is_not_rejected_any_more(
    tmp_path: Path, older: bool
) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.when(ChangeStored, lambda: bot.sandbox.configure(failed_trainings=1))
    files = (*OTHERS, desired_slot(CITY, regex=ALIKE[CITY]))
    assert bot.apply(*files).exit_code == 3
    if older:
        as_older_versions_recorded_it(bot)
    bot.observer.disturbed_by = lambda event: None
    assert bot.apply(*files, retry=True).exit_code == 0
    assert (bot.history.rejected, bot.history.stuck) == ({}, {})
    assert bot.plan(*files).changes == ()


def test_what_an_older_version_rejected_stays_rejected(tmp_path: Path) -> None:
    bot = rejecting(tmp_path)
    as_older_versions_recorded_it(bot)
    done = len(bot.work)
    bot.apply(*OTHERS, bad())
    assert bot.statuses == {CITY: "skipped"}
    assert bot.work[done:] == []


def test_a_rejected_creation_is_known_again_as_an_update(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2])
    bot.apply(*OTHERS, bad())
    assert bot.statuses == {CITY: "rolled_back"}
    bot.sandbox.console.add("Orders", name=CITY, type="regex", regex="/Berlin|Paris/", **EDITS)
    bot.apply(*OTHERS, bad())
    assert bot.statuses == {CITY: "skipped"}
