"""An artifact's archive must contain a single file."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.github import only_member
from reconciler.errors import GitHubError
from tests.support.github import zipped

NAME = "ledger.jsonl"


def test_the_file_is_extracted_unchanged() -> None:
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
    with pytest.raises(GitHubError, match=r"must contain 'ledger\.jsonl' and nothing else"):
        only_member(zipped(members), name=NAME, limit=100)


def test_the_same_name_twice_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(NAME, b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(NAME, b"two")
    with pytest.raises(GitHubError, match="nothing else"):
        only_member(content.getvalue(), name=NAME, limit=100)


def test_a_decompression_bomb_is_refused() -> None:
    with pytest.raises(GitHubError, match="larger than 1,000 bytes"):
        only_member(zipped({NAME: bytes(1_000_000)}), name=NAME, limit=1000)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("is_damaged", [True, False])
def test_a_compression_method_that_github_never_uses_is_refused(
    method: int, is_damaged: bool
) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr(NAME, b"ledger" * 1000)
    packed = bytearray(content.getvalue())
    start = packed.index(NAME.encode()) + len(NAME)
    if is_damaged:
        packed[start : start + 12] = b"\xff" * 12
    with pytest.raises(GitHubError, match=f"compression method {method}"):
        only_member(bytes(packed), name=NAME, limit=10_000)


@given(st.binary(max_size=200))
def test_anything_but_an_archive_is_refused(content: bytes) -> None:
    with pytest.raises(GitHubError, match="not a complete zip archive"):
        only_member(content, name=NAME, limit=100)


METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@pytest.mark.parametrize("method", METHODS)
@given(data=st.data())
def test_a_damaged_archive_yields_its_file_or_an_error(method: int, data: st.DataObject) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr(NAME, b"ledger" * 20)
    damaged = bytearray(content.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    try:
        extracted = only_member(bytes(damaged), name=NAME, limit=1000)
    except GitHubError:
        return
    assert len(extracted) <= 1000


def test_an_archive_with_an_impossible_offset_is_refused() -> None:
    archive = zipped({NAME: b"{}"})
    end = archive.rfind(b"PK\5\6")
    listing = archive.rfind(b"PK\1\2")
    # A Zip64 end record that puts the central directory at the largest possible offset.
    big_end = struct.pack(
        "<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, end - listing, 2**64 - 1
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    small_end = archive[end : end + 10] + b"\xff\xff" + archive[end + 12 : end + 16]
    crafted = archive[:end] + big_end + locator + small_end + b"\xff" * 4 + archive[end + 20 :]

    with pytest.raises(GitHubError, match="not a complete zip archive"):
        only_member(crafted, name=NAME, limit=100)
