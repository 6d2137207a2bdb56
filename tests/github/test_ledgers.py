"""Which artifacts a ledger may be restored from."""

from __future__ import annotations

import pytest

from reconciler.github.ledgers import is_ours, plausible
from reconciler.model.github import Artifact, WorkflowRun


def artifact(number: int, **fields: object) -> Artifact:
    return Artifact.model_validate(
        {
            "id": number,
            "name": "ledger",
            "created_at": f"2026-03-0{number}T00:00:00Z",
            "expired": False,
            "run_id": number,
            "head_branch": "main",
            "is_of_a_fork": False,
            **fields,
        }
    )


def test_only_artifacts_of_the_branch_are_considered_newest_first() -> None:
    listed = [
        artifact(1),
        artifact(3),
        artifact(2),
        artifact(4, expired=True),
        artifact(5, is_of_a_fork=True),
        artifact(6, head_branch="topic"),
        artifact(7, head_branch=None),
    ]
    assert [each.id for each in plausible(listed, branch="main")] == [3, 2, 1]


@pytest.mark.parametrize(
    ("fields", "trusted"),
    [
        ({}, True),
        ({"event": "schedule"}, True),
        ({"event": "workflow_dispatch"}, True),
        ({"workflow": ".github/workflows/drift.yml"}, True),
        ({"workflow": ".github/workflows/apply.yml@main"}, True),
        ({"workflow": ".github/workflows/apply.yml@refs/heads/main"}, True),
        ({"workflow": ".github/workflows/ci.yml"}, False),
        ({"workflow": ".github/workflows/plan.yml"}, False),
        ({"workflow": ".github/workflows/apply.yml@topic"}, False),
        ({"workflow": ".github/workflows/apply.yml@refs/tags/main"}, False),
        ({"workflow": "eve/shop/.github/workflows/apply.yml@main"}, False),
        ({"workflow": "dynamic/apply.yml"}, False),
        ({"event": "pull_request"}, False),
        ({"event": "pull_request_target"}, False),
        ({"event": "workflow_run"}, False),
        ({"head_branch": "topic"}, False),
        ({"head_branch": None}, False),
        ({"is_of_a_fork": True}, False),
    ],
)
def test_a_run_is_trusted_only_if_it_is_of_our_workflow_on_the_branch(
    fields: dict[str, object], trusted: bool
) -> None:
    whole = {
        "id": 1,
        "workflow": ".github/workflows/apply.yml",
        "event": "push",
        "head_branch": "main",
        "head_sha": "a" * 40,
        "is_of_a_fork": False,
    }
    assert is_ours(WorkflowRun.model_validate({**whole, **fields}), branch="main") is trusted
