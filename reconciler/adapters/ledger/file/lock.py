"""The ledger's lock: allows one apply at a time, and records which."""

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
    """Hold the lock of the ledger `path`. Raises LockHeldError if another apply holds it, and
    LedgerError if it cannot be acquired."""
    lock_path = files_of(path)[1]
    lock = _lock(lock_path)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        description = _read_holder(lock_path)
        raise LockHeldError(
            f"Another run holds {lock_path}{f' ({description})' if description else ''}.",
            hint="Wait for it to finish. The lock is released when that process ends.",
        ) from None
    except OSError as error:
        raise LedgerError(
            f"The file system of {lock_path} does not support locks, so two applies could run at "
            "once."
            if has_no_locks(error)
            else f"The lock {lock_path} cannot be acquired: {error.strerror}.",
            hint=way_out(error),
        ) from error
    try:
        _write_holder(lock_path, f"pid {os.getpid()}, run {run_id}, on {socket.gethostname()}\n")
        yield
    finally:
        lock.release()


def holder(path: Path) -> str | None:
    """The lock's description of the apply that holds it, "" if it cannot be read; None if no apply
    holds it."""
    lock_path = files_of(path)[1]
    if not lock_path.exists():
        return None
    lock = _lock(lock_path)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return _read_holder(lock_path)
    except OSError:  # without permission, or without locks, it is impossible to say
        return None
    lock.release()
    return None


def _lock(lock_path: Path) -> filelock.BaseFileLock:
    # A soft lock is a file that stays behind if its holder is killed.
    return filelock.FileLock(lock_path, fallback_to_soft=False)


def _write_holder(lock_path: Path, text: str) -> None:
    # For information only: on Windows a locked file cannot be written, and the lock still holds.
    with (
        suppress(OSError),
        os.fdopen(open_itself(lock_path, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file,
    ):
        file.write(text)


def _read_holder(lock_path: Path) -> str:
    with (
        suppress(OSError, UnicodeDecodeError),
        os.fdopen(open_itself(lock_path), "r", encoding="utf-8") as file,
    ):
        text = file.read(300).strip()
        return text if text.isprintable() else ""
    return ""
