"""`reconciler environments`: the matrix of the workflows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Shell


@pytest.fixture
def project(shell: Shell) -> Shell:
    """A project with environments, and without any credentials."""
    shell.write("slot_a")
    shell.configure(
        environments={
            "production": {"promote_from": "staging", "soak_hours": 24},
            "staging": {},
        }
    )
    return shell


def matrix(shell: Shell, *arguments: str) -> list[dict[str, Any]]:
    done = shell.run("environments", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1, "it would not fit in a step's output"
    document = json.loads(done.stdout)
    assert document.keys() == {"include"}
    rows: list[dict[str, Any]] = document["include"]
    return rows


def test_the_json_is_a_matrix_in_the_order_of_promotion(project: Shell) -> None:
    assert matrix(project) == [
        {
            "name": "staging",
            "promote_from": None,
            "soak_hours": 0,
            "plan_environment": "reconciler-plan-staging",
            "apply_environment": "reconciler-apply-staging",
            "ledger": "reconciler-ledger-staging",
            "evidence": None,
            "concurrency": "reconciler-staging",
        },
        {
            "name": "production",
            "promote_from": "staging",
            "soak_hours": 24,
            "plan_environment": "reconciler-plan-production",
            "apply_environment": "reconciler-apply-production",
            "ledger": "reconciler-ledger-production",
            "evidence": "reconciler-ledger-staging",
            "concurrency": "reconciler-production",
        },
    ]


def test_the_text_says_what_each_waits_for(project: Shell) -> None:
    assert project.run("environments").stdout == (
        "staging\nproduction  promoted from staging, after 24 h\n"
    )


def test_one_environment_can_be_chosen_and_must_be_declared(project: Shell) -> None:
    assert [row["name"] for row in matrix(project, "--env", "production")] == ["production"]
    done = project.run("environments", "--format", "json", "--env", "prod")
    assert done.returncode == 1
    assert "declares no environment 'prod'" in json.loads(done.stdout)["error"]["message"]


def test_without_environments_there_is_one_row_with_the_names_of_today(shell: Shell) -> None:
    shell.write("slot_a")
    assert matrix(shell) == [
        {
            "name": "",
            "promote_from": None,
            "soak_hours": 0,
            "plan_environment": "reconciler-plan",
            "apply_environment": "reconciler-apply",
            "ledger": "reconciler-ledger",
            "evidence": None,
            "concurrency": "reconciler",
        }
    ]
    assert shell.run("environments").stdout == "reconciler.yaml declares no environments.\n"
