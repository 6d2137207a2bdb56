"""plan-fork.yml: the comment on a fork's pull request, made from an untrusted artifact."""

from __future__ import annotations

import json

import pytest

from tests.support.github import FORK_ID, zipped
from tests.workflows.conftest import SECRETS, SIZE, SIZES, Shop
from tests.workflows.results import Trigger, WorkflowRun

LIE = {
    "valid": True,
    "slots": 1,
    "pull_request": 1,
    "number": 1,
    "problems": [
        {
            "file": "slots/a.yaml",
            "line": 1,
            "column": 1,
            "slot_id": None,
            "rule": "x",
            "severity": "warning",
            "message": "`` ` @ada <img src=x> [here](https://evil.example) | <!-- --> ::error::no",
            "hint": "\n\n# Approved by @ada",
        }
    ],
}


def from_a_fork(shop: Shop) -> Trigger:
    shop.write(SIZE, patterns=SIZES)
    return shop.propose("fork-topic", owner="eve")


def left(shop: Shop, trigger: Trigger, archive: bytes | None) -> WorkflowRun:
    """Run our workflow after a fork's own run that left this artifact, in spite of plan.yml."""
    head = trigger.payload["pull_request"]["head"]
    if archive is not None:
        made = shop.github.artifact(
            None,
            name="validation",
            run_id=trigger.run_id,
            home=FORK_ID,
            commit=head["sha"],
            branch=head["ref"],
            event="pull_request",
        )
        shop.github.archives[made["id"]] = archive
    return shop.run("plan-fork", shop.completed(WorkflowRun(trigger)))


def validation(document: object) -> bytes:
    return zipped({"validation.json": json.dumps(document).encode()})


def test_the_result_of_the_forks_run_is_commented_and_then_updated(shop: Shop) -> None:
    shop.write(SIZE, patterns=["("])
    planned = shop.run("plan", shop.propose("fork-topic", owner="eve"))
    commented = shop.run("plan-fork", shop.completed(planned))
    assert commented.succeeded, commented.log
    assert "Not valid" in shop.comment()
    assert f"slots/{SIZE}.yaml:1:" in shop.comment()
    job = commented.jobs["comment"]
    assert job.tool_commit == shop.origin.head("main")
    assert not (job.workspace / "slots" / f"{SIZE}.yaml").exists()
    for step in job.steps:
        assert not [secret for secret in SECRETS[:2] if secret in step.environment.values()]
    planned = shop.run("plan", from_a_fork(shop))
    assert shop.run("plan-fork", shop.completed(planned)).succeeded
    assert "✅ Valid" in shop.comment()


def test_a_run_of_our_own_branch_is_ignored(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    run = shop.run("plan-fork", shop.completed(WorkflowRun(shop.propose())))
    assert run.jobs["comment"].conclusion == "skipped"


def test_an_artifact_that_lies_is_shown_as_text_on_the_pull_request_of_the_run(shop: Shop) -> None:
    shop.github.pulls.append(shop.github.pull(1, head="f" * 40, owner="ada"))
    run = left(shop, from_a_fork(shop), validation(LIE))
    assert run.succeeded, run.log
    assert list(shop.github.comments) == [7]
    # The text itself has its own property tests; this checks that it is the one that is used.
    assert "``` `` ` @ada <img src=x>" in shop.comment()
    assert "\n# Approved" not in shop.comment()
    assert not [line for line in run.log.splitlines() if line.startswith("::")]


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (zipped({"validation.json": b" " * 6_000_000}), "larger than"),
        (zipped({"validation.json": b"\xff\xfe"}), "validation.json"),
        (zipped({"validation.json": b"[" * 100_000}), "validation.json"),
        (validation({"valid": "yes", "problems": 7}), "not the result that was expected"),
        (zipped({"../../validation.json": b"{}", "other.txt": b"x"}), "validation.json"),
    ],
    ids=["huge", "not text", "nested too deeply", "another shape", "other files"],
)
def test_an_invalid_artifact_gives_one_message_and_no_comment(
    shop: Shop, archive: bytes, message: str
) -> None:
    run = left(shop, from_a_fork(shop), archive)
    assert run.jobs["comment"].conclusion == "failure"
    assert message in run.jobs["comment"].step("Comment").log
    assert shop.github.writes == []
    assert shop.github.comments == {}


def test_without_an_artifact_there_is_no_comment(shop: Shop) -> None:
    run = left(shop, from_a_fork(shop), None)
    assert run.succeeded
    assert run.jobs["comment"].step("Download").outcome == "failure"
    assert run.jobs["comment"].step("Comment").outcome == "skipped"
    assert shop.github.received == []


def test_an_old_run_does_not_comment_on_a_pull_request_that_was_pushed_to_since(shop: Shop) -> None:
    old = from_a_fork(shop)
    shop.write(SIZE, patterns=SIZES[:1])
    shop.propose("fork-topic", owner="eve")
    run = left(shop, old, validation(LIE))
    assert run.succeeded, run.log
    assert shop.github.comments == {}
