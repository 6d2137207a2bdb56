"""Whatever comments exist and whichever responses are lost, one comment is published, and none of
other people is touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import UnconfirmedWriteError
from reconciler.github.comments import publish
from reconciler.github.unconfirmed import MAX_ATTEMPTS
from reconciler.model.github import Account, Comment
from reconciler.ports import Repository
from tests.support.clock import VirtualClock

US = Account(login="github-actions[bot]", is_bot=True)
AUTHORS = st.sampled_from([US, Account(login="ada"), Account(login="github-actions"), None])
BODIES = st.sampled_from(["M\nold", "M\nnew", " M\nold", "talk", ""])
LOST_BEFORE, LOST_AFTER, ANSWERED = "lost before", "lost after", "answered"


class Talk:
    """The comments on a pull request, over a connection that loses requests and responses."""

    def __init__(self, comments: list[tuple[Account | None, str]], *, losses: list[str]) -> None:
        self.listed = [
            Comment(id=number, node_id=str(number), author=author, body=body)
            for number, (author, body) in enumerate(comments)
        ]
        self._losses: Iterator[str] = iter(losses)
        self.writes = 0

    def viewer(self) -> Account:
        return US

    def comments(self, number: int) -> list[Comment]:
        return list(self.listed)

    def create_comment(self, number: int, body: str) -> None:
        self.writes += 1
        loss = next(self._losses, ANSWERED)
        if loss != LOST_BEFORE:
            self.listed.append(Comment(id=len(self.listed), node_id="new", author=US, body=body))
        if loss != ANSWERED:
            raise UnconfirmedWriteError(loss)

    def update_comment(self, comment_id: int, body: str) -> None:
        self.writes += 1
        self.listed[comment_id] = self.listed[comment_id].model_copy(update={"body": body})


def marked(body: str) -> bool:
    return body.startswith("M\n")


def is_ours(comment: Comment) -> bool:
    return comment.author == US and marked(comment.body)


def say(talk: Talk) -> None:
    publish(
        "M\nnew",
        number=7,
        repository=cast("Repository", talk),
        clock=VirtualClock(),
        marked=marked,
    )


@given(
    comments=st.lists(st.tuples(AUTHORS, BODIES), max_size=6),
    losses=st.lists(st.sampled_from([LOST_BEFORE, LOST_AFTER]), max_size=MAX_ATTEMPTS - 1),
)
def test_our_first_comment_has_the_text_and_publishing_again_writes_nothing(
    comments: list[tuple[Account | None, str]], losses: list[str]
) -> None:
    talk = Talk(comments, losses=losses)
    before = list(talk.listed)
    say(talk)
    ours = [comment for comment in talk.listed if is_ours(comment)]
    assert ours[0].body == "M\nnew"
    assert len(ours) == max(1, sum(map(is_ours, before)))
    others = [comment for comment in before if not is_ours(comment)]
    assert [comment for comment in talk.listed if not is_ours(comment)] == others
    written = talk.writes
    say(talk)
    assert talk.writes == written
