"""Rules for all workflows: least privilege, pinned actions, few secrets."""

from __future__ import annotations

import re

import pytest

from tests.workflows.documents import (
    ACTION,
    NAMES,
    OF_ENVIRONMENTS,
    action,
    jobs,
    mentions,
    steps,
    text_of,
    workflow,
)
from tests.workflows.expressions import holds, interpolated

PINNED = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/cache": ("27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
}
"""Read from the actions' own tags."""
OURS = ("plan", "plan-fork", "apply", "drift", *OF_ENVIRONMENTS)
SECRET = r"secrets\.\w+"
every_workflow = pytest.mark.parametrize("name", NAMES)


@pytest.mark.parametrize("text", [*map(text_of, NAMES), ACTION.read_text(encoding="utf-8")])
def test_every_third_party_action_is_pinned_by_commit_and_names_its_version(text: str) -> None:
    used = re.findall(r"\buses: (\S+)(?: # (.*))?$", text, flags=re.MULTILINE)
    assert len(used) == len(re.findall(r"\buses:", text))
    for what, comment in used:
        if not what.startswith("./"):
            name, _, commit = what.partition("@")
            assert (commit, comment) == PINNED[name]


@every_workflow
def test_workflows_have_no_permissions_and_each_job_declares_its_own(name: str) -> None:
    assert workflow(name)["permissions"] == {}
    for job_id, job in jobs(name):
        assert job["permissions"], job_id
        assert "timeout-minutes" in job or "uses" in job, job_id


def test_jobs_may_write_only_comments_issues_a_status_and_one_branch() -> None:
    written = {
        (name, job_id, scope)
        for name in NAMES
        for job_id, job in jobs(name)
        for scope, access in job["permissions"].items()
        if access != "read"
    }
    assert written == {
        ("plan", "plan", "pull-requests"),
        ("plan", "plan", "statuses"),
        ("plan-fork", "comment", "pull-requests"),
        ("apply", "apply", "pull-requests"),
        ("drift", "drift", "issues"),
        ("drift", "revert", "contents"),
        ("drift", "revert", "pull-requests"),
        ("environments/plan", "plan", "pull-requests"),
        ("environments/plan", "plan", "statuses"),
        ("environments/apply", "apply", "pull-requests"),
        ("environments/apply-environment", "apply", "pull-requests"),
        ("environments/drift", "drift", "issues"),
        ("environments/drift", "revert", "contents"),
        ("environments/drift", "revert", "pull-requests"),
    }


@pytest.mark.parametrize("name", ["drift", "environments/drift"])
def test_the_job_that_may_push_is_off_by_default_and_reaches_no_tenant(name: str) -> None:
    job = dict(jobs(name))["revert"]
    runs = {
        (switch, kind): holds(
            job["if"],
            {
                "vars": {"RECONCILER_REVERT": switch, "RECONCILER_LEDGER": kind},
                "needs": {"environments": {"result": "success"}},
            },
            succeeded=True,
            cancelled=False,
        )
        for switch in (None, "", "false", "true")
        for kind in (None, "", "file", "shared")
    }
    assert {each for each, is_on in runs.items() if is_on} == {
        ("true", None),
        ("true", ""),
        ("true", "file"),
    }
    assert "environment" not in job
    assert not mentions(job, SECRET)
    assert not mentions(job, r"COGNIGY\w+")
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert [each.split()[:3] for each in commands] == [
        ["reconciler", "github", "restore-ledger"],
        ["reconciler", "github", "revert"],
    ]


@every_workflow
def test_no_script_contains_an_expression(name: str) -> None:
    assert not [step for step in steps(name) if "${{" in step.get("run", "")]
    assert not [step for step in action()["runs"]["steps"] if "${{" in step.get("run", "")]


def test_no_environment_variable_contains_event_data() -> None:
    for name in NAMES:
        for _, job in jobs(name):
            for part in (job, *job.get("steps", ())):
                assert mentions(part.get("env", {}), r"github\.[\w.]+") <= {"github.token"}


def test_only_the_second_job_of_apply_has_the_writing_client() -> None:
    holders = [
        (name, job_id)
        for name in NAMES
        for job_id, job in jobs(name)
        if job.get("environment") == "reconciler-apply"
    ]
    assert holders == [("apply", "apply")]
    callers = [
        (name, job_id)
        for name in OF_ENVIRONMENTS
        for job_id, job in jobs(name)
        if mentions(job, r"apply_environment")
    ]
    assert callers == [
        ("environments/apply", "apply"),
        ("environments/apply-environment", "apply"),
    ]
    code = "".join(re.sub(r"#.*", "", text_of(name)) for name in NAMES)
    assert code.count("reconciler-apply") == 1


@every_workflow
def test_secrets_are_used_only_in_single_steps_of_jobs_with_an_environment(name: str) -> None:
    for _, job in jobs(name):
        if mentions(job, SECRET):
            assert job["environment"] in (
                *("reconciler-plan", "reconciler-apply"),
                *("${{ inputs.plan_environment }}", "${{ inputs.apply_environment }}"),
                "${{ matrix.plan_environment }}",
            )
        used = mentions({**job, "steps": []}, SECRET)
        assert not used
        for step in job.get("steps", ()):
            assert "uses" not in step or not mentions(step, SECRET)
    assert len(mentions(workflow(name), r"secrets\b(?!\.\w)")) == 0


def test_only_the_steps_that_talk_to_github_get_the_token() -> None:
    for name in OURS:
        for step in steps(name):
            speaks = "reconciler github" in step.get("run", "")
            assert bool(mentions(step.get("env", {}), r"github\.token")) == speaks
            assert not (speaks and mentions(step, SECRET))


def test_apply_and_drift_are_never_cancelled_or_replaced() -> None:
    for name in ("apply", "drift"):
        concurrency = workflow(name)["concurrency"]
        assert concurrency["cancel-in-progress"] is False
        # By default, GitHub keeps only one pending run per group and cancels the others.
        assert concurrency["queue"] == "max"


def test_drift_waits_for_an_apply_unless_the_ledger_is_shared() -> None:
    apply, drift = (workflow(name)["concurrency"]["group"] for name in ("apply", "drift"))
    waits = {
        kind: interpolated(drift, {"vars": {"RECONCILER_LEDGER": kind} if kind else {}}) == apply
        for kind in (None, "", "file", "shared")
    }
    assert waits == {None: True, "": True, "file": True, "shared": False}


def test_what_changes_an_environment_waits_in_its_own_queue() -> None:
    for name, job_id in (("apply", "apply"), ("drift", "drift")):
        job = dict(jobs(f"environments/{name}"))[job_id]
        assert job["concurrency"] == {
            "group": "${{ matrix.concurrency }}",
            "cancel-in-progress": False,
            "queue": "max",
        }


def test_one_environment_is_applied_after_the_other_and_none_stops_another() -> None:
    strategy = dict(jobs("environments/apply"))["apply"]["strategy"]
    assert (strategy["max-parallel"], strategy["fail-fast"]) == (1, False)


def test_what_forks_run_is_the_same_with_and_without_environments() -> None:
    fork = [dict(jobs(name))["validate"] for name in ("plan", "environments/plan")]
    assert fork[0] == fork[1]


def test_the_workflows_have_the_right_triggers() -> None:
    assert workflow("plan")["on"] == {
        # No filter by path: a required check that never runs blocks its pull request.
        "pull_request": {"types": ["opened", "reopened", "synchronize", "edited"]},
        "merge_group": None,
    }
    apply = workflow("apply")["on"]
    assert apply.keys() == {"push", "workflow_dispatch"}
    assert apply["push"] == {"branches": ["main"], "paths": ["slots/**"]}
    assert apply["workflow_dispatch"]["inputs"]["unshown"]["default"] is False
    assert workflow("drift")["on"].keys() == {"schedule", "workflow_dispatch"}
    assert workflow("plan-fork")["on"] == {
        "workflow_run": {"workflows": [workflow("plan")["name"]], "types": ["completed"]}
    }


def test_no_checkout_persists_its_token() -> None:
    for name in NAMES:
        for step in steps(name):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_each_exemption_from_zizmor_has_a_reason() -> None:
    for name in NAMES:
        for exemption in re.findall(r"zizmor: ignore\[[a-z-]+\](.*)", text_of(name)):
            assert len(exemption.split()) > 4, name


def test_an_apply_that_times_out_leaves_time_to_keep_its_ledger() -> None:
    job = dict(jobs("apply"))["apply"]
    (step,) = [each for each in job["steps"] if each.get("id") == "apply"]
    rest = [each["name"] for each in job["steps"][job["steps"].index(step) + 1 :]]
    assert rest == [
        "Keep the ledger",
        "Keep the page of the run",
        "Link it",
        "Comment on the merged pull request",
    ]
    assert step["timeout-minutes"] <= job["timeout-minutes"] - 20
