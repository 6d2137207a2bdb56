"""plan.yml: one up-to-date comment per pull request; forks are validated without secrets."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.support.world import document
from tests.workflows.bash import Process, run_in_bash
from tests.workflows.conftest import COLOUR, COLOURS, FRUIT, SECRETS, SIZE, SIZES, Shop
from tests.workflows.documents import steps
from tests.workflows.results import WorkflowRun


def annotated(run: WorkflowRun) -> list[str]:
    return re.findall(r"^::(?:error|warning) .*$", run.log, flags=re.MULTILINE)


def test_a_first_push_comments_annotates_and_summarises(shop: Shop) -> None:
    shop.write(SIZE, patterns=[*SIZES, *SIZES[:1]])
    run = shop.run("plan", shop.propose())
    assert run.succeeded, run.log
    assert run.jobs["validate"].conclusion == "skipped"
    assert SIZE in shop.comment()
    assert f"https://github.com/acme/shop/actions/runs/{run.trigger.run_id}" in shop.comment()
    assert run.trigger.payload["pull_request"]["head"]["sha"][:7] in shop.comment()
    assert run.jobs["plan"].summary == shop.comment() + "\n"
    (annotation,) = annotated(run)
    assert annotation.startswith(f"::warning file=slots/{SIZE}.yaml,line=1,col=")
    assert json.loads((run.jobs["plan"].workspace / "plan.json").read_text())["changes"]
    assert [each["name"] for each in shop.github.artifacts] == ["plan"]
    assert shop.written == []


def test_a_pull_request_gets_labels_and_a_status(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    run = shop.run("plan", shop.propose())
    assert shop.github.labels_on(7) == ["slots: create"]
    head = run.trigger.payload["pull_request"]["head"]["sha"]
    (status,) = shop.github.statuses[head]
    assert status["description"] == "1 to create, 0 to update, 0 to delete"


def test_a_variable_of_the_repository_turns_labels_or_the_status_off(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    off = {"RECONCILER_LABELS": "false", "RECONCILER_STATUS": "false"}
    shop.runner.variables = {**shop.runner.variables, **off}
    assert shop.run("plan", shop.propose()).succeeded
    assert SIZE in shop.comment()
    assert shop.github.labels_on(7) == []
    assert shop.github.statuses == {}


def test_a_second_push_updates_the_comment_and_a_re_run_writes_nothing(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    first = shop.comment()
    shop.write(COLOUR, patterns=["^red$"])
    second = shop.propose()
    assert shop.run("plan", second).succeeded
    assert shop.comment() != first
    assert COLOUR in shop.comment()
    written = [each for each in shop.github.writes if "/comments" in each]
    assert len(written) == 2
    again = shop.run("plan", second)
    assert again.succeeded
    assert "is up to date" in again.log
    assert [each for each in shop.github.writes if "/comments" in each] == written


def test_the_comment_for_a_plan_without_changes_is_one_line(shop: Shop) -> None:
    shop.write(FRUIT, patterns=["^apple$", "^pear$"], description="What one eats")
    assert shop.run("plan", shop.propose()).succeeded
    assert "No changes" in shop.comment()


def test_only_the_slots_come_from_the_pull_request_and_the_tool_comes_from_its_base(
    shop: Shop,
) -> None:
    action = shop.origin.folder / ".github" / "actions" / "reconciler" / "action.yml"
    action.write_text("evil")
    (shop.origin.folder / "evil.py").write_text("evil")
    shop.write(SIZE, patterns=SIZES)
    run = shop.run("plan", shop.propose())
    assert run.succeeded, run.log
    job = run.jobs["plan"]
    assert job.tool_commit == shop.origin.head("main")
    assert sorted(path.name for path in (job.workspace / "head").iterdir()) == [".git", "slots"]
    assert (
        "evil" not in (job.workspace / "base" / action.relative_to(shop.origin.folder)).read_text()
    )


def test_a_weakened_gate_is_reported_in_the_comment(shop: Shop) -> None:
    shop.bot.configure(gate={"max_drop": 0.9})
    assert shop.run("plan", shop.propose()).succeeded
    assert "max_drop" in shop.comment()


def test_slots_are_planned_as_they_would_be_merged(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.propose()
    shop.origin.switch("main")
    shop.write(COLOUR, patterns=["^red$"])
    shop.push()
    shop.origin.switch("topic")
    assert shop.run("plan", shop.propose()).succeeded
    assert SIZE in shop.comment()
    assert COLOUR in shop.comment()


def test_a_plan_that_fails_is_explained_in_the_comment_and_fails_the_job(shop: Shop) -> None:
    shop.write(SIZE, patterns=["("])
    run = shop.run("plan", shop.propose())
    job = run.jobs["plan"]
    assert job.conclusion == "failure"
    assert (job.step("Validate").code, job.step("Plan").code) == (1, 1)
    assert job.step("Comment").outcome == job.step("Keep the plan").outcome == "success"
    assert "No plan could be made" in shop.comment()
    assert f"slots/{SIZE}.yaml:1:" in shop.comment()
    (annotation,) = annotated(run)
    assert annotation.startswith(f"::error file=slots/{SIZE}.yaml,line=1,col=")


def test_a_tenant_that_refuses_the_client_fails_the_plan_and_the_comment_says_so(
    shop: Shop,
) -> None:
    shop.runner.secrets = {"reconciler-plan": {"COGNIGY_CLIENT_ID": "sandbox-reader"}}
    shop.write(SIZE, patterns=SIZES)
    run = shop.run("plan", shop.propose())
    assert run.jobs["plan"].step("Validate").outcome == "success"
    assert run.jobs["plan"].conclusion == "failure"
    assert "COGNIGY_CLIENT_SECRET is missing" in shop.comment()


def test_an_oversized_plan_is_shortened_and_links_to_the_run(shop: Shop) -> None:
    for number in range(400):
        name = f"slot_{number:03}_{'long_name_' * 8}"
        shop.write(name, patterns=[f"^{number:03}{'x' * 40}$"], description="y" * 200)
    run = shop.run("plan", shop.propose())
    assert run.succeeded, run.log
    assert 30_000 < len(shop.comment()) <= 65_000
    assert f"https://github.com/acme/shop/actions/runs/{run.trigger.run_id}" in shop.comment()
    saved = json.loads((run.jobs["plan"].workspace / "plan.json").read_text())
    assert len(saved["changes"]) == 400
    assert len(re.findall(r"slot_\d{3}_", shop.comment())) < 400


def test_a_fork_is_validated_offline_without_any_secret(shop: Shop) -> None:
    shop.write(SIZE, patterns=["("])
    run = shop.run("plan", shop.propose("fork-topic", owner="eve"))
    assert run.jobs["plan"].conclusion == "skipped"
    job = run.jobs["validate"]
    assert job.conclusion == "failure"
    for step in job.steps:
        values = " ".join(step.environment.values())
        assert not [secret for secret in SECRETS if secret in values]
        assert not [name for name in step.environment if name.startswith("COGNIGY_")]
        assert "GITHUB_TOKEN" not in step.environment
    assert [each["name"] for each in shop.github.artifacts] == ["validation"]
    assert annotated(run)[0].startswith(f"::error file=slots/{SIZE}.yaml,line=1,col=")
    assert job.tool_commit == shop.origin.head("main")
    assert shop.github.received == []
    assert not shop.bot.tenant.requests


def test_two_pull_requests_each_have_their_own_comment(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose("one")).succeeded
    shop.origin.switch("main")
    shop.write(COLOUR, patterns=COLOURS[:1])
    assert shop.run("plan", shop.propose("two")).succeeded
    assert "1 to create, 0 to update" in shop.comment(7)
    assert "0 to create, 1 to update" in shop.comment(8)
    assert shop.bot.live(FRUIT) == document(FRUIT)


def test_a_pull_request_that_removes_all_slots_gets_a_comment_why_there_is_no_plan(
    shop: Shop,
) -> None:
    for path in (shop.origin.folder / "slots").iterdir():
        path.unlink()
    run = shop.run("plan", shop.propose())
    job = run.jobs["plan"]
    assert (job.step("Validate").code, job.step("Plan").code) == (1, 1)
    assert job.step("Comment").outcome == "success"
    assert "No plan could be made" in shop.comment()
    assert "does not exist" in shop.comment()


def require_done_at_once(shop: Shop, run: WorkflowRun) -> None:
    """The run succeeded without installing, requesting or reporting anything."""
    assert run.succeeded, run.log
    ran = [
        step.name for job in run.jobs.values() for step in job.steps if step.outcome != "skipped"
    ]
    assert ran[-1] == "Check whether they change"
    assert len(ran) == 3
    assert "slots/ is unchanged" in run.log
    assert shop.github.received == []
    assert not shop.bot.tenant.requests


@pytest.mark.parametrize("owner", ["acme", "eve"])
def test_a_pull_request_that_does_not_change_the_slots_succeeds_at_once(
    shop: Shop, owner: str
) -> None:
    (shop.origin.folder / "README.md").write_text("Slots of the shop.")
    require_done_at_once(shop, shop.run("plan", shop.propose(owner=owner)))


def test_a_repository_without_slots_succeeds_at_once(shop: Shop) -> None:
    shutil.rmtree(shop.origin.folder / "slots")
    shop.push()
    (shop.origin.folder / "README.md").write_text("Slots of the shop.")
    require_done_at_once(shop, shop.run("plan", shop.propose()))


def test_slots_are_planned_even_if_many_other_files_changed(shop: Shop) -> None:
    for number in range(350):
        (shop.origin.folder / f"a{number:03}.txt").write_text("x")
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    assert SIZE in shop.comment()


def test_a_new_base_branch_updates_the_plan_in_the_same_comment(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    assert "1 to create, 0 to update" in shop.comment()
    shop.origin.switch("main")
    shop.origin.switch("release")
    shop.write(COLOUR, patterns=COLOURS, fill_strategy="strict")
    shop.origin.commit("Change the release")
    assert shop.run("plan", shop.retarget(base="release")).succeeded
    assert "1 to create, 1 to update" in shop.comment()


def test_an_edit_of_a_closed_pull_request_is_ignored(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.propose()
    run = shop.run("plan", shop.retarget(base="main", state="closed"))
    assert {job.conclusion for job in run.jobs.values()} == {"skipped"}


def test_in_a_merge_queue_the_slots_are_planned_and_nothing_is_commented(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.propose()
    run = shop.run("plan", shop.queued())
    assert run.succeeded, run.log
    assert run.jobs["validate"].conclusion == "skipped"
    job = run.jobs["plan"]
    assert job.tool_commit == shop.origin.head("main")
    assert json.loads((job.workspace / "plan.json").read_text())["summary"]["create"] == 1
    assert shop.github.received == []


def test_in_a_merge_queue_a_failing_plan_fails_the_run(shop: Shop) -> None:
    shop.write(SIZE, patterns=["("])
    shop.propose()
    assert not shop.run("plan", shop.queued()).succeeded


def test_in_a_merge_queue_unchanged_slots_succeed_at_once(shop: Shop) -> None:
    (shop.origin.folder / "README.md").write_text("Slots of the shop.")
    shop.propose()
    require_done_at_once(shop, shop.run("plan", shop.queued()))


def test_the_check_fails_if_git_cannot_compare_the_slots(tmp_path: Path) -> None:
    output = tmp_path / "output"
    for step in (each for each in steps("plan") if each.get("id") == "slots"):
        code, _log = run_in_bash(
            step["run"],
            script=tmp_path / "step.sh",
            folder=tmp_path,
            environment={"GITHUB_OUTPUT": str(output), "GIT_CEILING_DIRECTORIES": str(tmp_path)},
            path=[],
            process=Process(),
        )
        assert code != 0
        assert not output.exists()
