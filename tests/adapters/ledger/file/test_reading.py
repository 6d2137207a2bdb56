"""Which files may be a ledger: a regular file that starts like one, and never a link."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.adapters.ledger.file import open_ledger, read_lines, require_usable, restore
from reconciler.adapters.ledger.file.reading import read_bytes, way_out
from reconciler.errors import LedgerError
from tests.support.clock import VirtualClock

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")
USERS_CONTENT = b"export PATH=/usr/bin\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder / "audit.jsonl"


@pytest.fixture
def users_file(tmp_path: Path) -> Path:
    file = tmp_path / "users_file"
    file.write_bytes(USERS_CONTENT)
    return file


def use(path: Path) -> None:
    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        ledger.append("run_started")


USES: list[Callable[[Path], object]] = [require_usable, use]


def refusal(path: Path, by: Callable[[Path], object]) -> str:
    with pytest.raises(LedgerError) as caught:
        by(path)
    assert caught.value.hint
    return caught.value.message


@POSIX
@pytest.mark.parametrize("suffix", ["", ".lock", ".torn"])
@pytest.mark.parametrize("by", USES)
def test_the_ledger_its_lock_and_its_torn_lines_are_never_followed_as_links(
    path: Path, users_file: Path, suffix: str, by: Callable[[Path], object]
) -> None:
    path.with_name(path.name + suffix).symlink_to(users_file)
    assert "is a symbolic link, which is not followed" in refusal(path, by)
    assert users_file.read_bytes() == USERS_CONTENT


@POSIX
@pytest.mark.parametrize("by", [*USES, read_bytes, lambda path: restore(path, b"{}\n")])
def test_a_dangling_link_does_not_create_a_file(
    path: Path, tmp_path: Path, by: Callable[[Path], object]
) -> None:
    path.symlink_to(tmp_path / "nowhere")
    assert "is a symbolic link" in refusal(path, by)
    assert not (tmp_path / "nowhere").exists()


@POSIX
def test_a_ledger_with_two_names_is_refused_because_it_would_have_two_locks(path: Path) -> None:
    use(path)
    os.link(path, path.with_name("second.jsonl"))
    for name in ("audit.jsonl", "second.jsonl"):
        assert "has 2 names (hard links)" in refusal(path.with_name(name), use)


@pytest.mark.parametrize(
    "content",
    [
        USERS_CONTENT,
        USERS_CONTENT.rstrip(b"\n"),
        b"\n",
        b"\x00\x00\x00",
        b"{}",
        b"{}\n",
        b'{"name":"a"}',
        b'{"name": "a"',
        b'{\n "name": "a"\n}\n',
        b'["a"]\n',
        b"1\n",
        USERS_CONTENT + b'{"half',
        b"[" * 100_000 + b"\n",
    ],
)
@pytest.mark.parametrize("by", USES)
def test_a_file_that_does_not_start_like_a_ledger_is_left_unchanged(
    path: Path, content: bytes, by: Callable[[Path], object]
) -> None:
    path.write_bytes(content)
    assert "does not start like a ledger" in refusal(path, by)
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_ledger_whose_first_line_was_changed_is_still_a_ledger(path: Path) -> None:
    use(path)
    line = json.loads(path.read_bytes())
    path.write_bytes(json.dumps({**line, "timestamp": "yesterday"}).encode() + b"\n")
    require_usable(path)
    use(path)


def test_an_empty_file_may_become_a_ledger(path: Path) -> None:
    path.touch()
    use(path)
    assert path.read_bytes().count(b"\n") == 1


@POSIX
@pytest.mark.parametrize(
    ("suffix", "subject"),
    [
        ("", "The ledger {} is"),
        (".lock", "{}, which belongs to the ledger, is"),
        (".torn", "{}, which belongs to the ledger, is"),
    ],
)
def test_a_refusal_says_whether_it_is_about_the_ledger_or_a_file_that_belongs_to_it(
    path: Path, suffix: str, subject: str
) -> None:
    beside = path.with_name(path.name + suffix)
    beside.symlink_to("elsewhere")
    assert refusal(path, require_usable).startswith(subject.format(beside))
    beside.unlink()
    beside.mkdir()
    assert refusal(path, require_usable).startswith(subject.format(beside))


def test_a_ledger_that_cannot_be_read_is_reported_with_a_fitting_hint(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(path)

    def denied(*_arguments: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    for by in (require_usable, read_bytes, read_lines):
        with pytest.raises(LedgerError) as caught:
            by(path)
        assert caught.value.message == f"The ledger {path} cannot be read: Permission denied."
        assert "permissions" in caught.value.hint


def test_an_unknown_error_has_a_hint_too() -> None:
    assert way_out(OSError(errno.EMFILE, "Too many open files")).startswith("Check COGNIGY")
    assert way_out(OSError("without a number")).startswith("Check COGNIGY")
