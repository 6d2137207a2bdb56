"""Which comments are ours, and what is done to the first."""

from __future__ import annotations

import pytest

from reconciler.github.comments import Step, ours, step_for
from reconciler.model.github import Account, Comment

BOT = Account(login="github-actions[bot]", is_bot=True)


def marked(body: str) -> bool:
    return body.startswith("M\n")


@pytest.mark.parametrize(
    ("author", "body", "is_ours"),
    [
        (BOT, "M\nplan", True),
        (Account(login="github-actions", is_bot=True), "M\nplan", True),
        (Account(login="GitHub-Actions[bot]", is_bot=True), "M\nplan", True),
        (BOT, "> M\nplan", False),
        (Account(login="ada"), "M\nplan", False),
        (Account(login="github-actions"), "M\nplan", False),
        (Account(login="other[bot]", is_bot=True), "M\nplan", False),
        (None, "M\nplan", False),
    ],
)
def test_a_comment_is_ours_if_our_account_wrote_it_and_it_has_the_marker(
    author: Account | None, body: str, is_ours: bool
) -> None:
    comment = Comment(id=1, node_id="1", author=author, body=body)
    assert bool(ours([comment], viewer=BOT, marked=marked)) is is_ours


def test_an_apps_comment_is_not_that_of_a_person_with_the_same_name() -> None:
    comment = Comment(id=1, node_id="1", author=Account(login="ada[bot]", is_bot=True), body="M\n")
    assert ours([comment], viewer=Account(login="ada"), marked=marked) == []


@pytest.mark.parametrize(
    ("found", "step"),
    [
        ([], Step.CREATE),
        (["new"], Step.KEEP),
        (["new\n"], Step.KEEP),
        (["old", "new"], Step.UPDATE),
    ],
)
def test_the_first_comment_of_ours_decides(found: list[str], step: Step) -> None:
    comments = [Comment(id=1, node_id="1", author=BOT, body=body) for body in found]
    assert step_for(comments, body="new") is step
