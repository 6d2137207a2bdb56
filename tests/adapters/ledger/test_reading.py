"""What may be a ledger: a file of its own that begins as one, and never a link."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.adapters.ledger.file import open_ledger, require_usable, restore
from reconciler.adapters.ledger.file.reading import read_bytes
from reconciler.errors import LedgerError
from tests.support.clock import VirtualClock

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")
THEIRS = b"export PATH=/usr/bin\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder / "audit.jsonl"


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    file = tmp_path / "theirs"
    file.write_bytes(THEIRS)
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
def test_neither_the_ledger_nor_what_lies_beside_it_is_followed_as_a_link(
    path: Path, theirs: Path, suffix: str, by: Callable[[Path], object]
) -> None:
    path.with_name(path.name + suffix).symlink_to(theirs)
    assert "is a link, and is not followed" in refusal(path, by)
    assert theirs.read_bytes() == THEIRS


@POSIX
@pytest.mark.parametrize("by", [*USES, read_bytes, lambda path: restore(path, b"{}\n")])
def test_a_link_that_leads_nowhere_makes_no_file_there(
    path: Path, tmp_path: Path, by: Callable[[Path], object]
) -> None:
    path.symlink_to(tmp_path / "nowhere")
    assert "is a link" in refusal(path, by)
    assert not (tmp_path / "nowhere").exists()


@POSIX
def test_a_ledger_with_two_names_would_have_two_locks_and_is_refused(path: Path) -> None:
    use(path)
    os.link(path, path.with_name("second.jsonl"))
    for name in ("audit.jsonl", "second.jsonl"):
        assert "has 2 names (hard links)" in refusal(path.with_name(name), use)


@pytest.mark.parametrize(
    "content",
    [
        THEIRS,
        THEIRS.rstrip(b"\n"),
        b"\n",
        b"\x00\x00\x00",
        b"{}",
        b"{}\n",
        b'{"name":"a"}',
        b'{"name": "a"',
        b'{\n "name": "a"\n}\n',
        b'["a"]\n',
        b"1\n",
        THEIRS + b'{"half',
        b"[" * 100_000 + b"\n",
    ],
)
@pytest.mark.parametrize("by", USES)
def test_a_file_that_does_not_begin_as_a_ledger_is_left_as_it_is(
    path: Path, content: bytes, by: Callable[[Path], object]
) -> None:
    path.write_bytes(content)
    assert "does not begin as a ledger does" in refusal(path, by)
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_ledger_whose_first_line_was_changed_is_a_ledger_still(path: Path) -> None:
    use(path)
    line = json.loads(path.read_bytes())
    path.write_bytes(json.dumps({**line, "timestamp": "yesterday"}).encode() + b"\n")
    require_usable(path)
    use(path)


def test_an_empty_file_may_become_a_ledger(path: Path) -> None:
    path.touch()
    use(path)
    assert path.read_bytes().count(b"\n") == 1
