"""The ledger's lock: one apply at a time, and who that is."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from reconciler.adapters.files import open_itself
from reconciler.adapters.ledger.file.reading import files_of, has_no_locks, way_out
from reconciler.errors import LedgerError, LockHeldError


@contextmanager
def hold(path: Path, *, run_id: str) -> Iterator[None]:
    """Hold the lock of the ledger `path`. Raises LockHeldError while another apply does, and
    LedgerError where it cannot be taken."""
    lock_path = files_of(path)[1]
    lock = _lock(lock_path)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        told = _told(lock_path)
        raise LockHeldError(
            f"Another apply holds {lock_path}{f' ({told})' if told else ''}.",
            hint="Wait until it has finished. The lock frees itself when its holder ends.",
        ) from None
    except OSError as error:
        raise LedgerError(
            f"The file system of {lock_path} has no locks, so two applies could be at work at once."
            if has_no_locks(error)
            else f"The lock {lock_path} cannot be taken: {error.strerror}.",
            hint=way_out(error),
        ) from error
    try:
        _tell(lock_path, f"pid {os.getpid()}, run {run_id}, on {socket.gethostname()}\n")
        yield
    finally:
        lock.release()


def holder(path: Path) -> str | None:
    """What the lock says of the apply at work on this ledger, "" where it cannot be read; None
    where no apply is."""
    lock_path = files_of(path)[1]
    if not lock_path.exists():
        return None
    lock = _lock(lock_path)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return _told(lock_path)
    except OSError:  # without permission, or without locks here, there is no telling
        return None
    lock.release()
    return None


def _lock(lock_path: Path) -> filelock.BaseFileLock:
    # A soft lock is a file that stays for ever when its holder is killed.
    return filelock.FileLock(lock_path, fallback_to_soft=False)


def _tell(lock_path: Path, text: str) -> None:
    # For information only: Windows lets nobody touch a locked file, and the lock holds anyway.
    with (
        suppress(OSError),
        os.fdopen(open_itself(lock_path, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file,
    ):
        file.write(text)


def _told(lock_path: Path) -> str:
    with (
        suppress(OSError, UnicodeDecodeError),
        os.fdopen(open_itself(lock_path), "r", encoding="utf-8") as file,
    ):
        text = file.read(300).strip()
        return text if text.isprintable() else ""
    return ""
