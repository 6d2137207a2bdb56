"""`reconciler github comment`: one comment on the right pull request, updated in place."""

from __future__ import annotations

import json

import pytest

from reconciler.formats.fleet import fleet_json
from reconciler.model.endpoint import Endpoint
from reconciler.reports.markers import is_marked, marker
from tests.cli.github.conftest import COLOUR, FRUIT, HEAD, MERGED, SIZE, Actions
from tests.reports.fleet_examples import APPLIED, PLANNED
from tests.support.github import ADA, BOT, TOKEN, GitHub
from tests.support.server import broken_off, serving


@pytest.fixture
def planned(actions: Actions) -> Actions:
    """A plan that changes one slot."""
    actions.bot.write(SIZE, patterns=["^small$", "^large$"])
    actions.save("plan.json", "plan")
    return actions


def test_labels_and_status_are_set_only_if_asked_for(planned: Actions) -> None:
    planned.run("comment", "--plan", "plan.json")
    assert planned.github.labels_on(7) == []
    assert planned.github.statuses == {}
    planned.run("comment", "--plan", "plan.json", "--labels")
    assert "slots: create" in planned.github.labels_on(7)
    assert planned.github.statuses == {}
    planned.run("comment", "--plan", "plan.json", "--status")
    assert planned.github.statuses[HEAD][0]["state"] == "success"


def replan(actions: Actions) -> None:
    actions.bot.write(COLOUR, patterns=["^red$"])
    actions.save("plan.json", "plan")


def plan_marker(actions: Actions, *, bot_id: str = "bot_1") -> str:
    origin = actions.bot.environment["COGNIGY_BASE_URL"]
    return marker("plan", Endpoint(origin=origin, bot_id=bot_id))


def comment_plan(actions: Actions) -> str:
    return actions.run("comment", "--plan", "plan.json").stderr


def test_a_first_push_comments_and_the_summary_gets_the_same(planned: Actions) -> None:
    assert "Commented on #7" in comment_plan(planned)
    (body,) = planned.github.bodies(7)
    assert is_marked(body, plan_marker(planned))
    assert SIZE in body
    assert "https://github.com/acme/shop/actions/runs/42" in body
    assert HEAD[:7] in body
    assert planned.summary == body.replace("\r\n", "\n") + "\n"


def test_a_second_push_updates_the_same_comment(planned: Actions) -> None:
    comment_plan(planned)
    replan(planned)
    planned.pull_request(head="b" * 40)
    assert "Updated the comment on #7" in comment_plan(planned)
    (body,) = planned.github.bodies(7)
    assert COLOUR in body
    assert "b" * 7 in body


def test_if_nothing_changed_nothing_is_written(planned: Actions) -> None:
    comment_plan(planned)
    written = list(planned.github.writes)
    assert "is up to date" in comment_plan(planned)
    assert planned.github.writes == written


def test_a_strangers_comment_with_our_marker_is_left_alone(planned: Actions) -> None:
    forged = f"{plan_marker(planned)}\nAll is well."
    for login in (ADA, "github-actions", "evil[bot]"):
        planned.github.comment(7, forged, by=login)
    assert "Commented on #7" in comment_plan(planned)
    assert planned.github.bodies(7)[:3] == [forged] * 3
    assert len(planned.github.bodies(7)) == 4


@pytest.mark.parametrize("shape", ["> {0}", " {0}", "{0} ", "{0}x", "text\n{0}", "`{0}`", "{1}"])
def test_a_marker_counts_only_as_the_exact_first_line(planned: Actions, shape: str) -> None:
    ours = plan_marker(planned)
    decoy = shape.format(ours, ours[:-5])
    planned.github.comment(7, decoy)
    comment_plan(planned)
    assert planned.github.bodies(7)[0] == decoy
    assert len(planned.github.bodies(7)) == 2


def test_a_comment_on_the_third_page_is_found(planned: Actions) -> None:
    planned.github.page_size = 2
    for number in range(5):
        planned.github.comment(7, f"talk {number}", by=ADA)
    planned.github.comment(7, f"{plan_marker(planned)}\nold")
    assert "Updated" in comment_plan(planned)
    assert len(planned.github.bodies(7)) == 6
    assert SIZE in planned.github.bodies(7)[5]


def test_each_endpoint_has_a_comment_of_its_own(planned: Actions) -> None:
    comment_plan(planned)
    first = planned.github.bodies(7)[0]
    planned.github.comment(7, f"{plan_marker(planned, bot_id='bot_2')}\nthe other bot's")
    replan(planned)
    comment_plan(planned)
    mine, other = planned.github.bodies(7)
    assert mine != first
    assert other.endswith("the other bot's")


def test_the_first_of_several_comments_of_ours_is_updated_and_the_others_are_reported(
    planned: Actions,
) -> None:
    for text in ("one", "two"):
        planned.github.comment(7, f"{plan_marker(planned)}\n{text}")
    assert "1 more of our comments" in comment_plan(planned)
    first, second = planned.github.bodies(7)
    assert SIZE in first
    assert second.endswith("two")


def test_a_lost_response_leads_to_no_second_comment(planned: Actions) -> None:
    planned.github.lose("POST", "/comments")
    comment_plan(planned)
    assert len(planned.github.bodies(7)) == 1


def test_a_comment_that_never_arrived_is_sent_again(planned: Actions) -> None:
    planned.github.lose("POST", "/comments", carried_out=False)
    assert "Commented" in comment_plan(planned)
    assert len(planned.github.bodies(7)) == 1
    assert len(planned.github.writes) == 2


def test_a_server_error_is_retried(planned: Actions) -> None:
    planned.github.fail("GET", "/comments", 502)
    planned.github.fail("POST", "/comments", 500)
    planned.github.fail("POST", "/graphql", 503)
    planned.github.comment(7, plan_marker(planned), by=ADA)
    comment_plan(planned)
    assert len(planned.github.bodies(7)) == 2


def test_a_server_that_hangs_up_is_reported(planned: Actions) -> None:
    with serving(broken_off) as server:
        planned.bot.environment["GITHUB_API_URL"] = server.url
        planned.bot.environment["GITHUB_REPOSITORY"] = "acme/shop"
        message = planned.refused("comment", "--plan", "plan.json")
    assert "could not be reached, or the connection broke" in message


def test_a_gate_weaker_than_on_the_base_is_reported(planned: Actions) -> None:
    base = planned.folder / "base"
    base.mkdir()
    (base / "reconciler.yaml").write_text('{"gate": {"min_success_rate": 0.99}}')
    (base / "fruit.yaml").write_text((planned.folder / "slots" / f"{FRUIT}.yaml").read_text())
    planned.run("comment", "--plan", "plan.json", "--base", "base")
    (told,) = planned.github.bodies(7)
    planned.run("comment", "--plan", "plan.json")
    (untold,) = planned.github.bodies(7)
    assert "gate" in told
    assert told != untold


def test_a_base_that_cannot_be_read_is_reported_in_the_comment(planned: Actions) -> None:
    base = planned.folder / "base"
    base.mkdir()
    (base / "fruit.yaml").write_text("patterns: [")
    planned.run("comment", "--plan", "plan.json", "--base", "base")
    assert "own files cannot be read" in planned.github.bodies(7)[0]


def test_a_base_without_slots_is_compared_with_the_defaults(planned: Actions) -> None:
    planned.run("comment", "--plan", "plan.json", "--base", "nothing")
    with_base = planned.github.bodies(7)[0]
    assert "cannot be read" not in with_base
    planned.run("comment", "--plan", "plan.json")
    assert planned.github.bodies(7)[0] != with_base


def test_files_other_than_those_of_the_plan_are_reported(planned: Actions) -> None:
    assert "not the ones that this plan was made from" not in comment_plan(planned)
    planned.bot.write(COLOUR, patterns=["^red$"])
    assert "not the ones that this plan was made from" in comment_plan(planned)


def test_the_comment_on_a_failed_plan_has_the_reason_and_a_later_plan_replaces_it(
    planned: Actions,
) -> None:
    planned.bot.write(SIZE, patterns=7)
    assert planned.save("plan.json", "plan").returncode == 1
    comment_plan(planned)
    (body,) = planned.github.bodies(7)
    assert is_marked(body, plan_marker(planned))
    assert "cannot be used as it is" in body
    assert f"{SIZE}.yaml:1:" in body
    planned.bot.write(SIZE)
    planned.save("plan.json", "plan")
    assert "Updated" in comment_plan(planned)


def test_a_failed_plan_is_reported_even_without_a_tenant(planned: Actions) -> None:
    planned.bot.write(SIZE, patterns=7)
    planned.save("plan.json", "plan")
    for name in [name for name in planned.bot.environment if name.startswith("COGNIGY_")]:
        del planned.bot.environment[name]
    comment_plan(planned)
    assert is_marked(planned.github.bodies(7)[0], marker("plan", Endpoint(origin="")))


# The pull request


def merge(github: GitHub, number: int, *, as_commit: str) -> dict[str, object]:
    return github.pull(
        number, head=HEAD, state="closed", merged_at="2026-03-02", merge_commit_sha=as_commit
    )


def test_an_outcome_goes_to_the_pull_request_that_was_merged(actions: Actions) -> None:
    actions.save("outcome.json", "apply", "--yes")
    actions.push()
    other = merge(actions.github, 3, as_commit="e" * 40)
    actions.github.commit_pulls[MERGED] = [other, merge(actions.github, 4, as_commit=MERGED)]
    actions.run("comment", "--outcome", "outcome.json")
    (body,) = actions.github.bodies(4)
    assert "reconciler:outcome:" in body
    assert actions.github.bodies(3) == []
    assert actions.summary == body.replace("\r\n", "\n") + "\n"


def test_the_commit_can_be_another_one_than_the_events(actions: Actions) -> None:
    actions.save("outcome.json", "apply", "--yes")
    actions.push(commit="e" * 40)
    actions.github.commit_pulls["e" * 40] = [merge(actions.github, 3, as_commit="e" * 40)]
    actions.github.commit_pulls[MERGED] = [merge(actions.github, 4, as_commit=MERGED)]
    actions.run("comment", "--outcome", "outcome.json", "--commit", MERGED)
    assert len(actions.github.bodies(4)) == 1
    assert actions.github.bodies(3) == []


def test_a_push_without_a_pull_request_writes_only_the_summary(actions: Actions) -> None:
    actions.save("outcome.json", "apply", "--yes")
    actions.push()
    done = actions.run("comment", "--outcome", "outcome.json")
    assert f"No pull request belongs to {MERGED}" in done.stderr
    assert actions.github.writes == []
    assert "reconciler:outcome:" in actions.summary


def test_a_refused_apply_has_a_comment_too(actions: Actions) -> None:
    actions.save("outcome.json", "apply")
    assert actions.save("outcome.json", "apply", "--slots", "none").returncode == 1
    actions.run("comment", "--outcome", "outcome.json")
    actions.save("outcome.json", "apply", "--yes")
    actions.run("comment", "--outcome", "outcome.json")
    assert len(actions.github.bodies(7)) == 1


def test_an_outcome_with_its_plan_shows_the_diff_of_what_does_not_stand(actions: Actions) -> None:
    (actions.folder / ".git").mkdir()
    actions.bot.write(FRUIT, patterns=["^nothing$"])
    actions.save("plan.json", "plan")
    assert actions.save("outcome.json", "apply", "plan.json").returncode == 3
    actions.run("comment", "--outcome", "outcome.json", "--plan", "plan.json")
    body = actions.github.bodies(7)[0].replace("\r\n", "\n")
    assert f"[`{FRUIT}`](https://github.com/acme/shop/blob/{HEAD}/slots/" in body
    assert "\n  +   ^nothing$\n" in body
    assert f"**Quarantined**: `{FRUIT}`." in body


def test_an_outcome_is_shown_even_if_its_plan_is_damaged(actions: Actions) -> None:
    actions.save("outcome.json", "apply", "--yes")
    (actions.folder / "plan.json").write_text("{}")
    done = actions.run("comment", "--outcome", "outcome.json", "--plan", "plan.json")
    assert "neither diffs nor links" in done.stderr
    assert len(actions.github.bodies(7)) == 1


def run_of_a_fork(actions: Actions, *, head: str = HEAD) -> None:
    actions.happened(
        workflow_run={
            "head_sha": head,
            "head_branch": "topic/x",
            "head_repository": {"id": 2, "owner": {"login": "eve"}},
            "pull_requests": [],
        }
    )


def test_a_forks_validation_goes_to_the_pull_request_of_the_runs_head(actions: Actions) -> None:
    lying = {"valid": True, "slots": 2, "problems": [], "number": 1, "pull_request": {"number": 1}}
    (actions.folder / "validation.json").write_text(json.dumps(lying))
    actions.github.pulls = [
        actions.github.pull(1, head="f" * 40, branch="topic/x", owner="eve"),
        actions.github.pull(2, head=HEAD, branch="topic/x", owner="mallory"),
        actions.github.pull(3, head=HEAD, branch="topic/x", owner="eve"),
    ]
    run_of_a_fork(actions)
    actions.run("comment", "--validation", "validation.json")
    assert {number: len(found) for number, found in actions.github.comments.items()} == {3: 1}
    assert "reconciler:validation:" in actions.github.bodies(3)[0]
    assert HEAD[:7] in actions.github.bodies(3)[0]


def test_a_fork_that_was_pushed_to_since_gets_no_comment(actions: Actions) -> None:
    actions.save("validation.json", "validate")
    actions.github.pulls = [actions.github.pull(3, head="b" * 40, branch="topic/x", owner="eve")]
    run_of_a_fork(actions)
    done = actions.run("comment", "--validation", "validation.json")
    assert "No pull request belongs to" in done.stderr
    assert actions.github.writes == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b" " * 1_000_001, "larger than 1,000,000 bytes"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff", "is not JSON"),
        (b'{"valid": NaN}', "is not JSON"),
        (b"[]", "holds no JSON object"),
        (b"{}", "not the result that was expected"),
        (b'{"valid": "yes", "slots": "many", "problems": 7}', "not the result that was expected"),
    ],
)
def test_a_hostile_validation_is_refused_with_one_message(
    actions: Actions, content: bytes, message: str
) -> None:
    (actions.folder / "validation.json").write_bytes(content)
    assert message in actions.refused("comment", "--validation", "validation.json")
    assert actions.github.received == []
    assert actions.summary == ""


# What is refused


@pytest.mark.parametrize(
    "content",
    ['{"format_version": "9.0"}', "{}", "[]", "", '{"error": 7}', '{"error": {"message": 7}}'],
)
@pytest.mark.parametrize("command", ["comment", "compare"])
def test_anything_but_a_plan_is_refused_with_one_message(
    actions: Actions, content: str, command: str
) -> None:
    (actions.folder / "plan.json").write_text(content)
    assert "plan.json" in actions.refused(command, "--plan", "plan.json")
    assert actions.github.received == []


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--plan", "a", "--validation", "b"),
        ("--validation", "a", "--labels"),
        ("--outcome", "a", "--plan", "b", "--status"),
        ("--plan", "a", "--commit", "main"),
    ],
)
def test_a_usage_error_exits_1(actions: Actions, options: tuple[str, ...]) -> None:
    assert actions.bot.run("github", "comment", *options).returncode == 1
    assert actions.github.received == []


def test_one_message_names_every_missing_variable(planned: Actions) -> None:
    for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_EVENT_PATH"):
        del planned.bot.environment[name]
    planned.bot.environment["GITHUB_API_URL"] = "http://10.0.0.1"
    message = planned.refused("comment", "--plan", "plan.json")
    for name in (
        "GITHUB_TOKEN is missing",
        "GITHUB_REPOSITORY is missing",
        "GITHUB_EVENT_PATH is missing",
        "GITHUB_API_URL must begin with https://",
    ):
        assert name in message


@pytest.mark.parametrize("fails", ["", "GET", "POST"])
def test_the_token_is_never_shown_even_in_verbose_output(planned: Actions, fails: str) -> None:
    if fails:
        body = {"message": f"no {TOKEN}"}
        planned.github.fail(fails, "/comments", 422, body=body)
    done = planned.bot.run("-vv", "github", "comment", "-vv", "--plan", "plan.json")
    assert done.returncode == (1 if fails else 0)
    planned.require_no_secret(done)
    assert "/repos/acme/shop/issues/7/comments" in done.stderr


def test_a_separate_process_does_the_same(planned: Actions) -> None:
    process = planned.bot.spawn("github", "comment", "--plan", "plan.json")
    _stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert len(planned.github.bodies(7)) == 1
    assert planned.github.comments[7][0]["user"]["login"] == BOT


def test_of_a_project_without_environments_the_only_plan_is_commented_on(planned: Actions) -> None:
    folder = planned.folder / "plans" / "plan-"
    folder.mkdir(parents=True)
    (planned.folder / "plan.json").rename(folder / "plan.json")
    planned.run("comment", "--plans", "plans", "--labels", "--status")
    assert is_marked(planned.github.bodies(7)[0], plan_marker(planned))
    assert [each["context"] for each in planned.github.statuses[HEAD]] == ["slots"]


def fleet_of(actions: Actions) -> None:
    """The plan of a fleet, saved from a repository in which no tenant is configured."""
    (actions.folder / "fleet.json").write_text(fleet_json(PLANNED), encoding="utf-8")
    for name in ("COGNIGY_BASE_URL", "COGNIGY_BOT_ID"):
        actions.bot.environment.pop(name, None)


def test_the_plan_of_a_fleet_is_one_comment_that_is_updated(actions: Actions) -> None:
    fleet_of(actions)
    assert "Commented on #7" in actions.run("comment", "--fleet", "fleet.json").stderr
    (body,) = actions.github.bodies(7)
    assert "33 targets differ, by 3 different plans" in body
    assert HEAD[:7] in body
    assert "https://github.com/acme/shop/actions/runs/42" in body
    actions.pull_request(head="b" * 40)
    assert "Updated the comment on #7" in actions.run("comment", "--fleet", "fleet.json").stderr
    (body,) = actions.github.bodies(7)
    assert "b" * 7 in body


def test_another_run_of_a_fleet_is_not_commented_as_its_plan(actions: Actions) -> None:
    fleet_of(actions)
    (actions.folder / "fleet.json").write_text(fleet_json(APPLIED), encoding="utf-8")
    assert "not a plan of the fleet" in actions.refused("comment", "--fleet", "fleet.json")
    assert actions.github.bodies(7) == []
