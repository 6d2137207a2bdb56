"""`reconciler github revert`: a pull request that undoes what was rejected and is live."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.github.conftest import COLOUR, FRUIT, Actions
from tests.workflows.origin import git

UNTIL = "2026-03-02T09:00:00Z"


@pytest.fixture
def rejected(actions: Actions) -> Actions:
    """A checkout of main, whose last apply was rejected and left in place."""
    actions.bot.configure(rollout={"on_failure": "halt"})
    actions.bot.write(FRUIT, patterns=["^nothing$"])
    assert actions.bot.run("apply", "--yes").returncode == 3
    git(actions.folder, "init", "--quiet")
    git(actions.folder, "add", "slots")
    git(actions.folder, "commit", "--quiet", "--message", "Change the slots")
    actions.save("drift.json", "drift", "--metrics")
    return actions


def look(actions: Actions) -> str:
    return actions.run("revert", "--drift", "drift.json").stderr


def test_what_was_rejected_and_is_live_is_undone_in_one_pull_request(rejected: Actions) -> None:
    assert "A pull request from reconciler/revert-" in look(rejected)
    (pull,) = rejected.github.pulls
    files = rejected.github.files_on(pull["head"]["ref"])
    assert json.loads(files[f"slots/{FRUIT}.yaml"])["patterns"] == ["^apple$", "^pear$"]
    assert pull["body"].startswith("<!-- reconciler:revert:")
    assert "Pull request #1 was left as it is." in look(rejected)
    pull["state"] = "closed"
    assert "Pull request #1 was left as it is." in look(rejected)
    assert len(rejected.github.pulls) == 1


def test_what_was_edited_since_is_said_and_not_undone(rejected: Actions) -> None:
    rejected.bot.write(FRUIT, patterns=["^apple$"])
    said = look(rejected)
    assert "is not reverted" in said
    assert f"{FRUIT}: the file has other values than the run applied" in said
    assert rejected.github.writes == []


def test_a_failed_bake_names_the_run(rejected: Actions) -> None:
    run_id = rejected_run(rejected)
    document = json.loads((rejected.folder / "drift.json").read_text())
    bake = {"slot_id": FRUIT, "result": "failed", "run_id": run_id, "until": UNTIL}
    bake["reason"] = "0.4 after 24 h"
    changed = {**document, "bake": [bake, {**bake, "slot_id": COLOUR, "result": "passed"}]}
    (rejected.folder / "drift.json").write_text(json.dumps(changed))
    look(rejected)
    (pull,) = rejected.github.pulls
    assert pull["head"]["ref"] == f"reconciler/revert-{run_id}"
    assert "its bake failed: 0.4 after 24 h" in pull["body"]
    assert COLOUR not in pull["body"]


def rejected_run(actions: Actions) -> str:
    first = actions.ledger.read_text(encoding="utf-8").splitlines()[0]
    return str(json.loads(first)["run_id"])


def test_without_anything_rejected_nothing_is_proposed(actions: Actions) -> None:
    actions.save("drift.json", "drift", "--metrics")
    assert "nothing is proposed" in look(actions)
    assert actions.github.received == []


def test_a_drift_that_failed_is_an_error(actions: Actions) -> None:
    Path(actions.folder / "slots" / f"{FRUIT}.yaml").write_text("slot_id: [")
    actions.save("drift.json", "drift", "--metrics")
    assert "It is not known what was rejected" in actions.refused("revert", "--drift", "drift.json")
