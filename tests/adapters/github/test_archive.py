"""The one file within an artifact's archive, and nothing else."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.github import only_member
from reconciler.errors import GitHubError
from tests.support.github import zipped

NAME = "ledger.jsonl"


def test_the_file_comes_out_as_it_went_in() -> None:
    content = b'{"seq": 1}\n' * 1000
    assert only_member(zipped({NAME: content}), name=NAME, limit=len(content)) == content


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"other.jsonl": b""},
        {NAME: b"", "other": b""},
        {f"../{NAME}": b""},
        {f"/{NAME}": b""},
        {f"folder/{NAME}": b""},
        {f"{NAME}/": b""},
    ],
)
def test_anything_but_the_one_file_is_refused(members: dict[str, bytes]) -> None:
    with pytest.raises(GitHubError, match=r"must hold 'ledger\.jsonl' and nothing else"):
        only_member(zipped(members), name=NAME, limit=100)


def test_the_same_name_twice_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(NAME, b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(NAME, b"two")
    with pytest.raises(GitHubError, match="nothing else"):
        only_member(content.getvalue(), name=NAME, limit=100)


def test_a_bomb_is_refused() -> None:
    with pytest.raises(GitHubError, match="larger than 1,000 bytes"):
        only_member(zipped({NAME: bytes(1_000_000)}), name=NAME, limit=1000)


@given(st.binary(max_size=200))
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(GitHubError, match="no whole zip archive"):
        only_member(content, name=NAME, limit=100)


@given(st.data())
def test_a_damaged_archive_gives_its_file_or_an_error(data: st.DataObject) -> None:
    damaged = bytearray(zipped({NAME: b"ledger" * 20}))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    try:
        content = only_member(bytes(damaged), name=NAME, limit=1000)
    except GitHubError:
        return
    assert len(content) <= 1000
