"""What outlives the process, in a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.v1.store import SqliteStore
from reconciler.sandbox.v2.settings import ADMIN
from reconciler.sandbox.v2.storage import SqliteStorage
from tests.sandbox.v2.caller import FLOW, ORDER, Caller, bot, content

BOT = bot(
    steps=[
        {
            "text": "AB-1234",
            "asserts": [
                {"type": "assertContext", "params": {"data": {"order": "AB-1234"}, "partial": True}}
            ],
        }
    ]
)
LISTS = ("/flows", "/locales", "/lexicons", "/playbooks", "/snapshots", "/endpoints", "/tasks")


def caller(folder: Path, **settings: Any) -> Caller:
    """A tenant that keeps its state in this folder."""
    return Caller(BOT, storage=SqliteStorage(folder / "state.db"), **settings)


def everything(of: Caller) -> dict[str, Any]:
    """All that its listings and slot fillers say."""
    found: dict[str, Any] = {path: of.items(path) for path in LISTS}
    of.user, former = ADMIN, of.user
    found["/auditevents"] = of.items("/auditevents")
    of.user = former
    found["fillers"] = [of.get(f"{of.fillers}/{each['_id']}") for each in of.items(of.fillers)]
    found["runs"] = of.items(f"{of.playbook}/runs")
    return found


def test_all_that_was_made_is_there_after_a_restart(tmp_path: Path) -> None:
    before = caller(tmp_path)
    before.patch(type="regex", regex=r"/[A-Z]{2}-\d{3,4}/")
    before.call("POST", before.fillers, {**ORDER, "name": "second"})
    before.wait(before.train())
    before.run()
    made = everything(before)
    after = caller(tmp_path)
    assert after.project == before.project
    assert everything(after) == made
    assert len(made["runs"]) == 1
    assert not after.flow["isTrainingOutOfDate"]


@pytest.mark.parametrize(
    "change",
    [
        lambda of: of.patch(type="regex", regex="/x/"),
        lambda of: of.call("DELETE", of.filler()),
        lambda of: of.call("POST", of.fillers, {**ORDER, "name": "second"}),
        lambda of: of.tenant.console.edit(FLOW, "order", regex="/x/"),
        lambda of: of.tenant.console.add(FLOW, **{**ORDER, "name": "second"}),
    ],
)
def test_each_change_is_kept_at_once(tmp_path: Path, change: Callable[[Caller], object]) -> None:
    before = caller(tmp_path)
    change(before)
    after = caller(tmp_path)
    assert everything(after) == everything(before)
    assert after.flow["isTrainingOutOfDate"]


def test_what_was_trained_and_not_what_is_stored_is_extracted(tmp_path: Path) -> None:
    before = caller(tmp_path)
    before.patch(type="regex", regex="/x/")
    after = caller(tmp_path)
    assert after.run()["status"] == "successful"
    after.wait(after.train())
    assert caller(tmp_path).run()["status"] == "failed"


def test_a_snapshot_can_be_restored_in_another_process(tmp_path: Path) -> None:
    before = caller(tmp_path)
    whole = before.get(before.filler())
    before.patch(type="regex", regex="/x/")
    before.wait(before.train())
    after = caller(tmp_path)
    after.user = ADMIN
    path = f"/snapshots/{after.items('/snapshots')[0]['_id']}/restore"
    after.wait(content(after.call("POST", path, {"projectId": after.project})))
    assert after.get(after.filler())["regex"] == whole["regex"]
    assert after.run()["status"] == "successful"


def test_no_id_is_given_twice(tmp_path: Path) -> None:
    made = []
    for number in range(3):
        of = caller(tmp_path)
        body = {**ORDER, "name": f"new_{number}"}
        made.append(content(of.call("POST", of.fillers, body)))
    assert len({each["_id"] for each in made}) == len({each["referenceId"] for each in made}) == 3


def test_a_task_that_was_not_over_ends_with_an_error(tmp_path: Path) -> None:
    before = caller(tmp_path, training_seconds=100.0, late_run_seconds=100.0)
    tasks = [before.schedule(), before.train()]
    before.wait(tasks[0])
    after = caller(tmp_path)
    for each in tasks:
        task = after.get(f"/tasks/{each['_id']}")
        assert task["status"] == "error"
        assert "restarted" in task["failReason"]
    assert after.wait(after.train())["status"] == "done"


def test_what_was_over_before_anyone_looked_is_kept_at_the_end(tmp_path: Path) -> None:
    before = caller(tmp_path)
    task = before.train()
    before.clock.advance(60.0)
    before.tenant.keep()
    assert caller(tmp_path).get(f"/tasks/{task['_id']}")["status"] == "done"


def test_without_a_file_nothing_is_kept() -> None:
    before = Caller(BOT)
    before.patch(type="regex", regex="/x/")
    before.tenant.keep()
    assert Caller(BOT).get(Caller(BOT).filler())["regex"] == ORDER["regex"]


class TestFilesThatCannotBeUsed:
    def test_one_of_the_other_api(self, tmp_path: Path) -> None:
        SqliteStore(tmp_path / "v1.db").close()
        with pytest.raises(OSError, match="cognigy-v1"):
            SqliteStorage(tmp_path / "v1.db")
        SqliteStorage(tmp_path / "v2.db").close()
        with pytest.raises(OSError, match="cognigy-v2"):
            SqliteStore(tmp_path / "v2.db")

    def test_one_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "state.db").write_text("not a database, and long enough to be recognised" * 9)
        with pytest.raises(OSError, match="not a database"):
            SqliteStorage(tmp_path / "state.db")

    @pytest.mark.parametrize(
        ("value", "why"),
        [
            ("{", "damaged"),
            ("[]", "another version"),
            ('{"version": 2}', "another version"),
            ('{"version": 1}', "damaged"),
            (
                '{"version": 1, "given": 1, "objects": [], "trained": [], "snapshots": {}}',
                "damaged",
            ),
        ],
    )
    def test_one_with_another_state(self, tmp_path: Path, value: str, why: str) -> None:
        caller(tmp_path)
        with sqlite3.connect(tmp_path / "state.db") as connection:
            connection.execute("UPDATE facts SET value = ?", (value,))
        with pytest.raises(ValueError, match=why):
            caller(tmp_path)
