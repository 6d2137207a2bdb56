"""Files are replaced atomically, with the right permissions."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.adapters.files import write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions and links")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.txt"


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_created_or_replaced_without_leaving_other_files(path: Path) -> None:
    for content in (b"much longer than the next", b"new"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_that_has_the_file_open_still_sees_the_former_content(path: Path) -> None:
    path.write_bytes(b"former")
    with path.open("rb") as file:
        write_whole(path, b"new")
        assert file.read() == b"former"


@posix
@pytest.mark.usefixtures("umask")
def test_a_new_file_gets_the_permissions_of_the_umask_and_a_replaced_one_keeps_its_own(
    path: Path,
) -> None:
    write_whole(path, b"new")
    assert permissions(path) == 0o640
    path.chmod(0o646)
    write_whole(path, b"newer")
    assert permissions(path) == 0o646


@posix
@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("is_there", [False, True])
def test_a_file_gets_the_requested_permissions(path: Path, is_there: bool) -> None:
    if is_there:
        path.write_bytes(b"former")
    write_whole(path, b"new", mode=0o606)
    assert permissions(path) == 0o606


@posix
def test_a_link_is_replaced_and_its_target_is_unchanged(path: Path) -> None:
    real = path.with_name("real.txt")
    real.write_bytes(b"former")
    path.symlink_to(real)
    write_whole(path, b"new")
    assert not path.is_symlink()
    assert (path.read_bytes(), real.read_bytes()) == (b"new", b"former")


def test_a_failure_leaves_the_former_file_and_no_other(path: Path) -> None:
    path.mkdir()
    with pytest.raises(OSError, match=r"file\.txt"):
        write_whole(path, b"new")
    assert list(path.parent.iterdir()) == [path]
