"""The ledger of the running apply, the only one that writes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.adapters.files import create_itself, open_itself
from reconciler.adapters.ledger.file.lock import hold
from reconciler.adapters.ledger.file.reading import (
    require_begun,
    require_files,
    require_usable,
    torn_path,
    way_out,
    whole_lines,
)
from reconciler.adapters.ledger.lines import Lines
from reconciler.errors import LedgerError
from reconciler.model.ledger import Entry
from reconciler.ports import Clock, Unshared


class FileLedger(Unshared):
    """`ports.Ledger` for one open file; created only by `open_ledger`."""

    def __init__(
        self, descriptor: int, *, path: Path, content: bytes, run_id: str, clock: Clock
    ) -> None:
        self._descriptor = descriptor
        self._path = path
        lines = whole_lines(content)
        self._size = len(content)
        self._tail = content[content.rfind(b"\n") + 1 :]
        readable = [line for line in lines if line is not None]
        self._lines = Lines(lines, location=str(path), run_id=run_id, clock=clock)
        self._lines.seq = max(len(lines), readable[-1].seq if readable else 0)
        self._lines.last_hash = readable[-1].hash if readable else ""
        self._failure: LedgerError | None = None

    @property
    def lines(self) -> tuple[Entry | None, ...]:
        """The lines of all runs, including this one; None is an invalid line."""
        return self._lines.entries

    @property
    def last_hash(self) -> str:
        """The hash of the last line, "" before the first."""
        return self._lines.last_hash

    def append(self, event: str, /, **data: Any) -> None:
        """Write one line and wait until it is on disk. Raises LedgerError.

        After a failure no more lines are written, because they would follow a half-written one.
        """
        if self._failure is not None:
            raise self._failure
        line, recorded = self._lines.next(event, data)
        try:
            self._write(line + b"\n")
            self._require_in_place()
        except OSError as error:
            self._failure = LedgerError(
                f"The ledger {self._path} cannot be written: {error.strerror}.",
                hint=f"Nothing more is sent to the tenant. {way_out(error)} Then run apply again.",
            )
            raise self._failure from error
        except LedgerError as error:
            self._failure = error
            raise
        self._lines.grow(recorded)

    def _write(self, line: bytes) -> None:
        if self._tail:
            self._move_torn_tail()
        written = os.write(self._descriptor, line)
        if written != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._descriptor)
        self._size += len(line)

    def _move_torn_tail(self) -> None:
        """Done only with our first line: until then, the run may not have been confirmed."""
        torn = torn_path(self._path)
        flags = os.O_WRONLY | os.O_APPEND
        try:
            descriptor = open_itself(torn, flags)
        except FileNotFoundError:
            descriptor = create_itself(torn, flags)
        with os.fdopen(descriptor, "ab") as file:
            file.write(self._tail + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._size -= len(self._tail)
        os.ftruncate(self._descriptor, self._size)
        self._tail = b""

    def _require_in_place(self) -> None:
        """Raises LedgerError unless the file at the ledger's path is the one that was written."""
        ours = os.fstat(self._descriptor)
        try:
            in_place = os.path.samestat(ours, self._path.lstat())
        except FileNotFoundError:
            in_place = False
        if in_place and ours.st_size == self._size:
            return
        what = (
            f"truncated or written by someone else (it has {ours.st_size} bytes instead of "
            f"{self._size})"
            if in_place
            else "removed or replaced"
        )
        raise LedgerError(
            f"The ledger {self._path} was {what} while this apply was running.",
            hint="Nothing more is sent to the tenant. Restore the ledger from a backup. This run's "
            "output lists its changes, which the backup may lack.",
        )


@contextmanager
def open_ledger(path: Path, *, run_id: str, clock: Clock) -> Iterator[FileLedger]:
    """Open the ledger for appending, and hold its lock. The first line moves a torn tail away.

    Raises LockHeldError while another apply is running, and LedgerError if the file cannot be used.
    """
    require_usable(path)
    path = path.parent.resolve() / path.name
    with hold(path, run_id=run_id):
        try:
            descriptor = _opened(path)
            content = _content(descriptor)
        except OSError as error:
            raise LedgerError(
                f"The ledger {path} cannot be opened: {error.strerror}.", hint=way_out(error)
            ) from error
        try:
            require_begun(path, content)
            yield FileLedger(descriptor, path=path, content=content, run_id=run_id, clock=clock)
        finally:
            os.close(descriptor)


def restore(path: Path, content: bytes) -> None:
    """Create a ledger with the content that an earlier run has saved. Raises LedgerError, also if
    there already is a ledger: it is never overwritten."""
    require_files(path)
    try:
        descriptor = create_itself(path, os.O_WRONLY)
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
            f"The ledger cannot be restored to {path}: {error.strerror}.", hint=way_out(error)
        ) from error


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_APPEND
    try:
        return open_itself(path, flags)
    except FileNotFoundError:
        descriptor = create_itself(path, flags)
    _sync_folder(path.parent)
    return descriptor


def _content(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return file.read()


def _sync_folder(folder: Path) -> None:
    """Until a new file's folder is on disk, a power cut can lose the file with all its content."""
    if os.name != "posix":  # other systems cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
