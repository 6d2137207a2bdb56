"""Checking whether a file may be a ledger, reading its lines, and hints for file system errors."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from reconciler.adapters.files import open_itself
from reconciler.errors import LedgerError
from reconciler.model.ledger import Entry, begins_as_ledger, parse_line

_ELSEWHERE = "Put the ledger on a local disk: set COGNIGY_AUDIT_LOG to a path there."
_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP})
_WAYS_OUT = {
    **dict.fromkeys(_NO_LOCKS, _ELSEWHERE),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "Free some disk space."),
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS), "Check the permissions of the file and folder."
    ),
    errno.EIO: "The disk, or the network file system's server, is failing. Have it checked. "
    + _ELSEWHERE,
}


def files_of(path: Path) -> tuple[Path, Path, Path]:
    """The paths of the ledger, its lock and its torn lines."""
    return path, path.with_name(f"{path.name}.lock"), torn_path(path)


def torn_path(path: Path) -> Path:
    """Where half-written last lines are moved to."""
    return path.with_name(f"{path.name}.torn")


def require_usable(path: Path) -> None:
    """Raises LedgerError unless the file is a ledger, or could become one, and its lock and torn
    lines are usable too. Reads only the first line, and changes nothing."""
    require_files(path)
    if not path.exists():
        return
    try:
        with os.fdopen(open_itself(path), "rb") as file:
            first = file.readline()
    except OSError as error:
        raise unreadable(path, error) from error
    require_begun(path, first)


def require_files(path: Path) -> None:
    """Raises LedgerError unless the folder exists and the ledger, its lock and its torn lines are
    each absent or a regular file without a second name."""
    try:
        if not path.parent.is_dir():
            raise LedgerError(
                f"The ledger's folder {path.parent} does not exist.",
                hint="Create it, or set COGNIGY_AUDIT_LOG to another path.",
            )
        for each in files_of(path):
            _require_file(each, is_ledger=each == path)
    except OSError as error:  # the name is too long, or we may not enter the folder
        raise LedgerError(
            f"The ledger {path} cannot be used: {error.strerror}.",
            hint="Set COGNIGY_AUDIT_LOG to another path.",
        ) from error


def _require_file(path: Path, *, is_ledger: bool) -> None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    subject = f"The ledger {path}" if is_ledger else f"{path}, which belongs to the ledger,"
    if stat.S_ISLNK(status.st_mode):
        raise LedgerError(
            f"{subject} is a symbolic link, which is not followed.",
            hint="Replace the link by the file, or set COGNIGY_AUDIT_LOG to another path.",
        )
    if not stat.S_ISREG(status.st_mode):
        raise LedgerError(
            f"{subject} is not a regular file.", hint="Set COGNIGY_AUDIT_LOG to another path."
        )
    if status.st_nlink > 1:
        raise LedgerError(
            f"{subject} has {status.st_nlink} names (hard links), and each name would have its own "
            "lock.",
            hint="Replace it by a copy, which has a single name: copy the file, then move the copy "
            "over it.",
        )


def require_begun(path: Path, content: bytes) -> None:
    """Raises LedgerError unless the content is empty or starts like a ledger."""
    if content and not begins_as_ledger(content):
        raise LedgerError(
            f"{path} does not start like a ledger, so it is left unchanged.",
            hint="If it is a ledger, restore its first line from a backup, or move the file away. "
            "If not, set COGNIGY_AUDIT_LOG to another path.",
        )


def read_lines(path: Path) -> tuple[Entry | None, ...]:
    """Every complete line, None for an invalid one; empty if there is no ledger.

    Raises LedgerError if the ledger cannot be opened.
    """
    return whole_lines(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """The ledger's bytes; empty if there is no ledger. Raises LedgerError."""
    require_files(path)
    try:
        with os.fdopen(open_itself(path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise unreadable(path, error) from error


def whole_lines(content: bytes) -> tuple[Entry | None, ...]:
    """Every complete line, None for an invalid one."""
    return tuple(parse_line(line) for line in content.split(b"\n")[:-1])


def unreadable(path: Path, error: OSError) -> LedgerError:
    """The error for a ledger that cannot be read."""
    return LedgerError(f"The ledger {path} cannot be read: {error.strerror}.", hint=way_out(error))


def way_out(error: OSError) -> str:
    """The hint for a file system error."""
    known = _WAYS_OUT.get(error.errno) if error.errno is not None else None
    return known or "Check COGNIGY_AUDIT_LOG and the file."


def has_no_locks(error: OSError) -> bool:
    """Whether the error means that the file system does not support locks."""
    return error.errno in _NO_LOCKS
