"""`reconciler github compare`: the plan, compared with the one that was reviewed."""

from __future__ import annotations

import pytest

from tests.cli.github.conftest import COLOUR, FRUIT, HEAD, MERGED, SIZE, Actions
from tests.support.github import ADA, BOT


@pytest.fixture
def merged(actions: Actions) -> Actions:
    """A run after the merge of pull request 4, on which a plan was reviewed."""
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
    assert "### Plan: " in actions.summary  # the approver of the apply reads it there
    assert actions.github.writes == []
    return told


def test_the_same_plan_is_reported_as_the_same(merged: Actions) -> None:
    assert "exactly the plan that the pull request showed" in compare(merged)


def test_a_different_plan_is_reported_as_different(merged: Actions) -> None:
    merged.bot.write(COLOUR, patterns=["^red$"])
    merged.save("plan.json", "plan")
    assert "not the plan that the pull request showed" in compare(merged)


def test_a_strangers_comment_does_not_count_as_the_reviewed_plan(merged: Actions) -> None:
    merged.github.comments[4][0]["user"] = {"login": ADA, "type": "User"}
    assert "No pull request was found that shows a plan" in compare(merged)


def test_without_a_pull_request_there_is_nothing_to_compare_with(merged: Actions) -> None:
    merged.github.commit_pulls.clear()
    assert "No pull request was found that shows a plan" in compare(merged)


def test_a_failed_plan_cannot_be_compared(merged: Actions) -> None:
    merged.bot.write(SIZE, patterns=7)
    merged.save("plan.json", "plan")
    message = merged.refused("compare", "--plan", "plan.json")
    assert "holds no plan, because none could be made: slots cannot be used" in message


def test_a_plan_too_large_for_a_summary_leaves_room_for_the_differences(merged: Actions) -> None:
    patterns = [f"^{'x' * 43}{number:05}$" for number in range(18_500)]
    merged.bot.write(SIZE, patterns=patterns)
    merged.save("plan.json", "plan")
    assert "not the plan that the pull request showed" in compare(merged)
    assert len(merged.summary.encode()) < 1024 * 1024  # GitHub does not show a larger one


# What may be applied


def require_shown(actions: Actions) -> str:
    return actions.run("compare", "--plan", "plan.json", "--require-shown").stdout


def refused(actions: Actions) -> str:
    """Compare, which must be refused after the summary got the plan and the differences."""
    done = actions.bot.run("github", "compare", "--plan", "plan.json", "--require-shown")
    assert done.returncode == 4, done.stderr
    assert actions.summary.endswith(done.stdout)
    assert done.stderr.count("Error: ") == 1
    actions.require_no_secret(done)
    return str(done.stderr)


def test_a_comment_on_an_earlier_commit_than_the_last_does_not_count(merged: Actions) -> None:
    (pull,) = merged.github.commit_pulls[MERGED]
    pull["head"]["sha"] = "d" * 40  # it reverted the change, so there was no new plan
    assert f"1 slot: {SIZE}." in refused(merged)
    done = merged.run("compare", "--plan", "plan.json")
    assert (
        "The plan's comment on #4 is not of its last commit, so it does not count." in done.stderr
    )


def also_merged(actions: Actions, number: int, **fields: object) -> None:
    """Merge another pull request after its plan was shown."""
    pull = {"merged_at": "2026-03-03", "merge_commit_sha": "f" * 40, "state": "closed", **fields}
    actions.github.pulls.append(actions.github.pull(number, head="e" * 40, **pull))  # type: ignore[arg-type]
    actions.pull_request(number, head="e" * 40)
    actions.save("plan.json", "plan")
    actions.run("comment", "--plan", "plan.json")
    actions.push()


def test_the_plan_that_was_shown_may_be_applied(merged: Actions) -> None:
    assert "exactly the plan" in require_shown(merged)


def test_a_change_that_no_pull_request_has_shown_is_refused_and_named(merged: Actions) -> None:
    merged.bot.write(COLOUR, patterns=["^red$"])
    merged.save("plan.json", "plan")
    message = refused(merged)
    assert f"1 slot: {COLOUR}." in message
    assert "by hand" in message


def test_a_change_that_differs_from_the_shown_one_is_refused(merged: Actions) -> None:
    merged.bot.write(SIZE, patterns=["^small$"])
    merged.save("plan.json", "plan")
    assert f"1 slot: {SIZE}." in refused(merged)


def test_the_rest_of_a_plan_that_was_shown_may_be_applied(merged: Actions) -> None:
    merged.bot.write(COLOUR, patterns=["^red$", "^blue$"], fill_strategy="strict")
    also_merged(merged, 4)
    merged.github.commit_pulls[MERGED] = [
        each for each in merged.github.pulls if each["number"] == 4
    ]
    assert merged.bot.run("apply", "--yes", "--target", COLOUR).returncode == 0
    merged.save("plan.json", "plan")
    assert "no longer changed" in require_shown(merged)


def test_a_change_that_another_merged_pull_request_has_shown_may_be_applied(
    merged: Actions,
) -> None:
    merged.bot.write(COLOUR, patterns=["^red$"])
    also_merged(merged, 5)
    assert f"1 slot new: `{COLOUR}`" in require_shown(merged)


@pytest.mark.parametrize(
    "fields", [{"state": "open"}, {"merged_at": None}, {"base": {"ref": "release"}}]
)
def test_a_plan_that_was_shown_but_not_merged_does_not_count(
    merged: Actions, fields: dict[str, object]
) -> None:
    merged.bot.write(COLOUR, patterns=["^red$"])
    also_merged(merged, 5, **fields)
    assert COLOUR in refused(merged)


def test_a_comment_that_someone_else_edited_does_not_count(merged: Actions) -> None:
    (comment,) = merged.github.comments[4]
    for editor in (ADA, None, "other[bot]"):
        merged.github.edit(comment, comment["body"], by=editor)
        message = refused(merged)
        assert "comment on #4 was edited by someone else" in message
        assert SIZE in message
    merged.github.edit(comment, comment["body"], by=BOT)
    assert "exactly the plan" in require_shown(merged)


def test_without_any_pull_request_a_plan_with_changes_is_refused(merged: Actions) -> None:
    merged.github.commit_pulls.clear()
    assert SIZE in refused(merged)


def test_a_plan_without_changes_need_not_have_been_shown(merged: Actions) -> None:
    merged.github.commit_pulls.clear()
    assert merged.bot.run("apply", "--yes").returncode == 0
    merged.save("plan.json", "plan")
    require_shown(merged)


def test_a_plan_too_large_to_be_stored_may_be_applied_only_as_a_whole(actions: Actions) -> None:
    for number in range(400):
        actions.bot.write(f"slot_{number:03}_{'long' * 10}")
    actions.save("plan.json", "plan")
    actions.run("comment", "--plan", "plan.json")
    actions.github.commit_pulls[MERGED] = [
        actions.github.pull(7, head=HEAD, merged_at="2026-03-02", merge_commit_sha=MERGED)
    ]
    actions.push()
    require_shown(actions)
    actions.bot.write(SIZE)
    actions.save("plan.json", "plan")
    assert "401 slots: " in refused(actions)


def test_a_change_that_a_run_left_open_is_due_although_nothing_differs(actions: Actions) -> None:
    actions.bot.write(FRUIT, patterns=["^apple$", "^pear$", "^plum$"])
    assert actions.bot.run("apply", "--yes").returncode == 0
    lines = actions.ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    actions.save("plan.json", "plan")
    actions.push()
    actions.run("compare", "--plan", "plan.json")
    assert actions.output.splitlines()[-1] == "due=false"
    (stored,) = [number for number, line in enumerate(lines) if '"change_applied"' in line]
    actions.ledger.write_text("".join(lines[: stored + 1]), encoding="utf-8")
    actions.run("compare", "--plan", "plan.json")
    assert actions.output.splitlines()[-1] == "due=true"
