"""The ledger on disk: append-only JSON Lines, hash-chained, flushed before the next step.

    LEDGER         one object a line
    LEDGER.lock    held by the apply at work; the operating system frees it when its holder dies
    LEDGER.torn    half-written last lines that a crash left, set aside

The chain finds accidental damage and careless edits, no more: whoever can rewrite the whole file
can rewrite the chain, so each run prints its last hash.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import filelock

from reconciler.errors import LedgerError, LockHeldError
from reconciler.model.base import canonical_json, rfc3339
from reconciler.model.ledger import Event, line_hash
from reconciler.ports import Clock


class FileLedger:
    """`ports.Ledger` over one open file; made by `open_ledger` only."""

    def __init__(
        self,
        descriptor: int,
        *,
        path: Path,
        run_id: str,
        lines: tuple[Event | None, ...],
        clock: Clock,
    ) -> None:
        self._descriptor = descriptor
        self._path = path
        self._run_id = run_id
        self._clock = clock
        self._lines = list(lines)
        readable = [line for line in lines if line is not None]
        self._seq = max(len(lines), readable[-1].seq if readable else 0)
        self._last_hash = readable[-1].hash if readable else ""
        self._failure: LedgerError | None = None

    @property
    def lines(self) -> tuple[Event | None, ...]:
        """What all runs have recorded, this one too; None is a line that cannot be read."""
        return tuple(self._lines)

    @property
    def last_hash(self) -> str:
        """The hash of the last line, "" before the first."""
        return self._last_hash

    def append(self, event: str, /, **data: Any) -> None:
        """Write one line and wait until it is on disk. Raises LedgerError.

        After a line that failed, no other is written: it would follow a half-written one.
        """
        if self._failure is not None:
            raise self._failure
        line: dict[str, Any] = {
            **data,
            "timestamp": rfc3339(self._clock.now()),
            "run_id": self._run_id,
            "seq": self._seq + 1,
            "event": event,
            "prev_hash": self._last_hash,
        }
        line["hash"] = line_hash(line)
        data_bytes = canonical_json(line) + b"\n"
        try:
            written = os.write(self._descriptor, data_bytes)
            if written != len(data_bytes):
                raise OSError(28, "No space left on device")
            os.fsync(self._descriptor)
        except OSError as error:
            self._failure = LedgerError(
                f"The ledger {self._path} cannot be written: {error.strerror}.",
                hint="Nothing more is sent to the tenant. Make room, and run apply again.",
            )
            raise self._failure from error
        self._seq += 1
        self._last_hash = line["hash"]
        self._lines.append(Event.from_line(line))


@contextmanager
def open_ledger(path: Path, *, run_id: str, clock: Clock) -> Iterator[FileLedger]:
    """Hold the ledger's lock, set a torn tail aside, and append.

    Raises LockHeldError while another apply is at work, and LedgerError where the file cannot
    be used.
    """
    require_usable(path)
    path = path.resolve()  # two names of one file are one ledger, and one lock
    with _lock(path, run_id=run_id):
        try:
            lines = _settled_lines(path)
            is_new = not path.exists()
            descriptor = os.open(
                path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600
            )
            if is_new:
                _sync_folder(path.parent)
        except OSError as error:
            raise LedgerError(
                f"The ledger {path} cannot be opened: {error.strerror}.",
                hint="Check COGNIGY_AUDIT_LOG and the file's permissions.",
            ) from error
        try:
            yield FileLedger(descriptor, path=path, run_id=run_id, lines=lines, clock=clock)
        finally:
            os.close(descriptor)


def restore(path: Path, content: bytes) -> None:
    """Begin a ledger with what an earlier run has kept. Raises LedgerError, also where there is
    one already: it is never overwritten."""
    require_usable(path)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink()
            raise
    except OSError as error:
        raise LedgerError(
            f"The ledger cannot be restored to {path}: {error.strerror}.",
            hint="Check COGNIGY_AUDIT_LOG, and the folder's permissions and room.",
        ) from error


def require_usable(path: Path) -> None:
    """Raises LedgerError unless the ledger is a regular file, or could become one."""
    try:
        if path.exists() and not path.is_file():
            raise LedgerError(
                f"The ledger {path} is not a regular file.", hint="Set COGNIGY_AUDIT_LOG to a file."
            )
        if not path.parent.is_dir():
            raise LedgerError(
                f"The ledger's folder {path.parent} does not exist.",
                hint="Create it, or set COGNIGY_AUDIT_LOG elsewhere.",
            )
    except OSError as error:  # a name too long, or a folder that we may not enter
        raise LedgerError(
            f"The ledger {path} cannot be used: {error.strerror}.",
            hint="Set COGNIGY_AUDIT_LOG elsewhere.",
        ) from error


def read_lines(path: Path) -> tuple[Event | None, ...]:
    """Every whole line, None for one that cannot be read; empty where there is no ledger.

    Raises LedgerError where there is one and it cannot be opened.
    """
    content = read_bytes(path)
    return _parse(content[: content.rfind(b"\n") + 1])


def read_bytes(path: Path) -> bytes:
    """The ledger as it is on disk; empty where there is none. Raises LedgerError."""
    require_usable(path)
    try:
        return path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise LedgerError(
            f"The ledger {path} cannot be read: {error.strerror}.",
            hint="Check the file's permissions.",
        ) from error


def torn_path(path: Path) -> Path:
    """Where half-written last lines are set aside."""
    path = path.resolve()
    return path.with_name(path.name + ".torn")


def _parse(content: bytes) -> tuple[Event | None, ...]:
    return tuple(_event(line) for line in content.split(b"\n")[:-1])


def _event(line: bytes) -> Event | None:
    try:
        return Event.from_line(json.loads(line))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _settled_lines(path: Path) -> tuple[Event | None, ...]:
    if not path.exists():
        return ()
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        with torn_path(path).open("ab") as torn:
            torn.write(content[end:] + b"\n")
            torn.flush()
            os.fsync(torn.fileno())
        with path.open("r+b") as file:
            file.truncate(end)
            os.fsync(file.fileno())
    return _parse(content[:end])


def _sync_folder(folder: Path) -> None:
    """A power cut can take a new file with all that is in it, until its folder is on disk."""
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _lock(path: Path, *, run_id: str) -> Iterator[None]:
    lock_path = path.with_name(path.name + ".lock")
    lock = filelock.FileLock(lock_path)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise LockHeldError(
            f"Another apply holds {lock_path}{_holder(lock_path)}.",
            hint="Wait until it has finished. The lock frees itself when its holder ends.",
        ) from None
    except OSError as error:
        raise LedgerError(
            f"The lock {lock_path} cannot be taken: {error.strerror}.",
            hint="Check the folder's permissions.",
        ) from error
    try:
        # For information only: Windows lets nobody touch a locked file, and the lock holds anyway.
        with suppress(OSError):
            lock_path.write_text(f"pid {os.getpid()}, run {run_id}\n", encoding="utf-8")
        yield
    finally:
        lock.release()


def _holder(lock_path: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        holder = lock_path.read_text(encoding="utf-8").strip()[:100]
        return f" ({holder})" if holder.isprintable() and holder else ""
    return ""
