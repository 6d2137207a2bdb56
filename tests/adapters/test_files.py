"""Files are replaced atomically and opened only if regular; paths out of the tree are detected."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.adapters.files import (
    create_itself,
    leads_out,
    open_itself,
    open_regular,
    read_regular,
    write_whole,
)

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


# Opening


READERS = [open_regular, open_itself]


@pytest.mark.parametrize("opening", READERS)
def test_a_regular_file_is_opened_and_a_missing_one_is_not_created(
    path: Path, opening: Callable[[Path], int]
) -> None:
    with pytest.raises(FileNotFoundError):
        opening(path)
    assert not path.exists()
    path.write_bytes(b"content")
    with os.fdopen(opening(path), "rb") as file:
        assert file.read() == b"content"


@posix
@pytest.mark.parametrize("opening", READERS)
def test_folders_pipes_and_devices_are_not_opened(
    path: Path, opening: Callable[[Path], int]
) -> None:
    os.mkfifo(path)
    for odd in (path, path.parent, Path("/dev/zero")):
        with pytest.raises(OSError, match="not a regular file"):
            opening(odd)


@posix
def test_a_link_is_followed_by_one_function_and_refused_by_the_other(path: Path) -> None:
    path.write_bytes(b"theirs")
    link = path.with_name("link")
    link.symlink_to(path)
    with os.fdopen(open_regular(link), "rb") as file:
        assert file.read() == b"theirs"
    with pytest.raises(OSError, match="it is a link"):
        open_itself(link)


@posix
@pytest.mark.parametrize("opening", READERS)
def test_a_pipe_that_replaces_the_file_before_it_is_opened_is_closed_again(
    path: Path, opening: Callable[[Path], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else replaces the file between the check and the opening."""
    path.write_bytes(b"content")
    os_open, opened = os.open, []

    def swapped(file: Path, flags: int) -> int:
        file.unlink()
        os.mkfifo(file)
        opened.append(os_open(file, flags))
        return opened[0]

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(OSError, match="not a regular file"):
        opening(path)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])


@posix
def test_another_file_that_replaces_it_before_it_is_opened_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"ours")
    os_open, opened = os.open, []

    def swapped(file: Path, flags: int) -> int:
        other = file.with_name("other")
        other.write_bytes(b"theirs")
        other.replace(file)
        opened.append(os_open(file, flags))
        return opened[0]

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(OSError, match="another file took its place"):
        open_itself(path)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])


def test_a_new_file_never_replaces_anything(path: Path) -> None:
    with os.fdopen(create_itself(path, os.O_WRONLY), "wb") as file:
        file.write(b"ours")
    assert path.read_bytes() == b"ours"
    with pytest.raises(FileExistsError):
        create_itself(path, os.O_WRONLY)


@posix
def test_a_new_file_is_accessible_only_to_its_owner_and_not_created_through_a_dangling_link(
    path: Path,
) -> None:
    os.close(create_itself(path, os.O_WRONLY))
    assert permissions(path) == 0o600
    link = path.with_name("link")
    link.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        create_itself(link, os.O_WRONLY)
    assert not path.with_name("nowhere").exists()


def test_reading_stops_at_the_limit(path: Path) -> None:
    path.write_bytes(b"0123456789")
    assert read_regular(path, limit=4) == b"0123"
    assert read_regular(path) == b"0123456789"


# Leading out


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, with the working directory in a folder of it."""
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / "inner").mkdir()
    (tmp_path / "theirs").mkdir()
    monkeypatch.chdir(tree / "inner")
    return tree


def test_a_plain_path_in_the_tree_does_not_lead_out(tree: Path) -> None:
    for path in ("file", "new/file", "../file", str(tree / "file")):
        assert not leads_out(Path(path))


def test_an_explicit_path_may_lead_anywhere(tree: Path) -> None:
    assert not leads_out(Path("../../theirs/file"))
    assert not leads_out(tree.parent / "theirs")
    assert not leads_out(tree / ".git" / "hooks")


@posix
def test_a_link_to_another_place_leads_out(tree: Path) -> None:
    (tree / "out").symlink_to(tree.parent / "theirs")
    (tree / "git").symlink_to(".git")
    (tree / "around").symlink_to("inner")
    (tree / "circle").symlink_to("circle")
    assert leads_out(Path("../out/file"))
    assert leads_out(Path("../git/hooks"))
    assert not leads_out(Path("../around/file"))
    assert not leads_out(Path("../circle"))


@posix
def test_without_a_repository_the_working_directory_is_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    (here / "up").symlink_to("..")
    assert leads_out(Path("up/file"))
    assert not leads_out(Path("../file"))
