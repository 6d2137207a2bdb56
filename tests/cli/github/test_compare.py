"""`reconciler github compare`: what is planned now, against what was reviewed."""

from __future__ import annotations

import pytest

from tests.cli.github.conftest import COLOUR, HEAD, MERGED, SIZE, Actions
from tests.support.github import ADA


@pytest.fixture
def merged(actions: Actions) -> Actions:
    """A plan was reviewed on pull request 4, which is merged now."""
    actions.bot.write(SIZE, patterns=["^small$", "^large$"])
    actions.save("plan.json", "plan")
    actions.pull_request(4)
    actions.run("comment", "--plan", "plan.json")
    (actions.folder / "summary.md").unlink()
    actions.github.received.clear()
    actions.push()
    actions.github.commit_pulls[MERGED] = [
        actions.github.pull(
            4, head=HEAD, state="closed", merged_at="2026-03-02", merge_commit_sha=MERGED
        )
    ]
    return actions


def compare(actions: Actions) -> str:
    told = actions.run("compare", "--plan", "plan.json").stdout
    assert actions.summary.endswith(told)
    assert "### Plan: " in actions.summary  # whoever approves the apply reads it there
    assert actions.github.writes == []
    return told


def test_the_same_plan_is_said_to_be_the_same(merged: Actions) -> None:
    assert "exactly the plan that the pull request showed" in compare(merged)


def test_another_plan_is_said_to_be_another(merged: Actions) -> None:
    merged.bot.write(COLOUR, patterns=["^red$"])
    merged.save("plan.json", "plan")
    assert "not the plan that the pull request showed" in compare(merged)


def test_a_strangers_comment_is_not_what_was_reviewed(merged: Actions) -> None:
    merged.github.comments[4][0]["user"] = {"login": ADA, "type": "User"}
    assert "No plan shown in a pull request was found" in compare(merged)


def test_without_a_pull_request_there_is_none_to_compare_with(merged: Actions) -> None:
    merged.github.commit_pulls.clear()
    assert "No plan shown in a pull request was found" in compare(merged)


def test_a_failed_plan_cannot_be_compared(merged: Actions) -> None:
    merged.bot.write(SIZE, patterns=7)
    merged.save("plan.json", "plan")
    message = merged.refused("compare", "--plan", "plan.json")
    assert "holds no plan, for none could be made: slots cannot be used" in message


def test_a_plan_too_large_for_a_summary_leaves_room_for_what_differs(merged: Actions) -> None:
    patterns = [f"^{'x' * 40}{number}$" for number in range(25_000)]
    merged.bot.write(SIZE, patterns=patterns)
    merged.save("plan.json", "plan")
    assert "not the plan that the pull request showed" in compare(merged)
    assert len(merged.summary.encode()) < 1024 * 1024  # GitHub shows none that is larger
