"""The pull request that undoes a run, whatever its ledger and files contain."""

from __future__ import annotations

import pytest

from reconciler.model.reversal import Rejected, RevertReport
from reconciler.model.written import WriteResult, Written
from reconciler.reports.comment.revert import (
    is_revert_message,
    revert_body,
    revert_branch,
    revert_digest,
    revert_message,
    revert_title,
)
from reconciler.reports.markers import LIMIT, read_hidden
from tests.support.build import ENDPOINT


@pytest.mark.parametrize(
    ("run_id", "branch"),
    [
        ("20260302T090000Z-1a2b3c", "reconciler/revert-20260302T090000Z-1a2b3c"),
        ("a..b~1^{}:x/../@{u}.lock", "reconciler/revert-a--b-1----x------u--lock"),
        ("x" * 200, f"reconciler/revert-{'x' * 100}"),
    ],
)
def test_a_branch_has_a_name_that_git_allows(run_id: str, branch: str) -> None:
    assert revert_branch(run_id) == branch


def test_a_title_is_no_markdown() -> None:
    assert revert_title("#1 @ada <b>") == "Revert run -1--ada--b-"


def test_a_commit_of_ours_is_recognised_by_its_last_line() -> None:
    message = revert_message("run_1", digest="abc")
    assert is_revert_message(message)
    assert is_revert_message(message.strip())
    assert not is_revert_message("Better\n")
    assert not is_revert_message(f"{message}\nAnd more")


def test_the_digest_is_that_of_the_files() -> None:
    assert revert_digest({"a": "1", "b": "2"}) == revert_digest({"b": "2", "a": "1"})
    assert revert_digest({"a": "1"}) != revert_digest({"a": "2"})


def body(*rejected: Rejected, **report: object) -> str:
    made = RevertReport(run_id="run_1", environment=None, commit=None, **report)  # type: ignore[arg-type]
    return revert_body(made, rejected, endpoint=ENDPOINT, digest="abc", link="https://x.example/1")


def test_it_says_why_and_what_else_to_know() -> None:
    note = "without examples that contradict what was there before: 'x'"
    text = body(
        Rejected(slot_id="slot_a", reason="fell to 0.4"),
        written=(Written(WriteResult.REFRESHED, "slots/a.yaml", "slot_a", note),),
        also=("staging",),
    )
    assert read_hidden(text, "revert") == {"digest": "abc"}
    assert "what 1 slot had before run `run_1`" in text
    assert "- `slot_a`: `fell to 0.4`\n" in text
    assert f"- `slots/a.yaml` is `{note}`\n" in text
    assert "- The same values hold in `staging`.\n" in text
    assert text.endswith("[The drift report](https://x.example/1).")


def test_it_is_never_too_long_and_holds_any_text() -> None:
    hostile = "`</details>@ada #1 ::error::\n" * 50
    many = [Rejected(slot_id=f"slot_{n}{hostile}", reason=hostile) for n in range(500)]
    files = tuple(
        Written(WriteResult.REFRESHED, f"slots/{n}{hostile}", "a", hostile) for n in range(500)
    )
    text = body(*many, written=files)
    assert len(text) <= LIMIT
    assert "\n::error::" not in text
