"""The lock allows one apply at a time and names its holder; file systems without locks."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from pathlib import Path

import filelock
import pytest

from reconciler.adapters.ledger.file import open_ledger
from reconciler.adapters.ledger.file.lock import hold, holder
from reconciler.errors import LedgerError
from tests.support.clock import VirtualClock

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="flock is POSIX only")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def test_the_holder_is_reported_only_while_an_apply_is_running(path: Path) -> None:
    assert holder(path) is None
    assert list(path.parent.iterdir()) == []
    with open_ledger(path, run_id="run_1", clock=VirtualClock()):
        description = holder(path)
        assert description is not None
        assert description.startswith(f"pid {os.getpid()}, run run_1, on ")
    assert holder(path) is None
    with open_ledger(path, run_id="run_2", clock=VirtualClock()):
        description = holder(path)
        assert description is not None
        assert "run run_2" in description


@POSIX
@pytest.mark.parametrize(
    ("number", "message", "hint"),
    [
        (errno.ENOSYS, "does not support locks", "local disk"),
        (errno.ENOLCK, "does not support locks", "local disk"),
        (errno.EOPNOTSUPP, "does not support locks", "local disk"),
        (errno.EIO, "Input/output error", "network file system"),
        (errno.EROFS, "Read-only file system", "permissions"),
    ],
)
def test_a_lock_that_cannot_be_acquired_is_reported_with_a_fitting_hint(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str, hint: str
) -> None:
    def fail(_descriptor: int, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", fail)
    for _ in range(2):  # the first failure leaves nothing behind that would hold the lock
        with (
            warnings.catch_warnings(record=True) as warned,
            pytest.raises(LedgerError, match=message) as caught,
            open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger,
        ):
            raise AssertionError(ledger)
        assert hint in caught.value.hint
        assert warned == []
    assert not path.exists()
    monkeypatch.undo()
    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        ledger.append("run_started")


@POSIX
@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "Free some disk space"),
        (errno.EIO, "Have it checked"),
        (errno.EDQUOT, "Free some disk space"),
    ],
)
def test_a_line_that_cannot_be_flushed_is_reported_with_a_fitting_hint(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(LedgerError, match="cannot be written") as caught:
            ledger.append("run_started")
    assert hint in caught.value.hint


def test_the_description_of_a_holder_replaces_a_longer_one_completely(path: Path) -> None:
    with hold(path, run_id="r" * 200):
        assert "r" * 200 in str(holder(path))
    with hold(path, run_id="run_2"):
        description = holder(path)
        assert description is not None
        assert "\n" not in path.with_name("audit.jsonl.lock").read_text(encoding="utf-8").strip()
        assert "rrr" not in description


def test_a_long_description_is_shortened(path: Path) -> None:
    lock_path = path.with_name("audit.jsonl.lock")
    with filelock.FileLock(lock_path):
        lock_path.write_bytes(b"x" * 1000)
        assert holder(path) == "x" * 300


def test_the_lock_is_released_when_the_apply_ends_not_when_it_is_garbage_collected(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filelock.BaseFileLock, "__del__", lambda _lock: None)
    with hold(path, run_id="run_1"):
        pass
    assert holder(path) is None
    with pytest.raises(RuntimeError), hold(path, run_id="run_2"):
        raise RuntimeError
    with hold(path, run_id="run_3"):
        pass


@POSIX
def test_no_holder_is_reported_if_the_lock_cannot_be_checked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hold(path, run_id="run_1"):
        pass

    def fail(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", fail)
    assert holder(path) is None
