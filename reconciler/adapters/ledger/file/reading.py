"""What may be a ledger, its lines, and the way out of the system's errors about its files."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from reconciler.adapters.files import open_itself
from reconciler.errors import LedgerError
from reconciler.model.ledger import Entry, begins_as_ledger, parse_line

_ELSEWHERE = "Put the ledger on a local disk: set COGNIGY_AUDIT_LOG to a file there."
_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP})
_WAYS_OUT = {
    **dict.fromkeys(_NO_LOCKS, _ELSEWHERE),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "Make room."),
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS), "Check the permissions of the file and folder."
    ),
    errno.EIO: "The disk, or the server of a network file system, is failing: have it checked. "
    + _ELSEWHERE,
}


def files_of(path: Path) -> tuple[Path, Path, Path]:
    """The ledger, its lock and its torn tail."""
    return path, path.with_name(f"{path.name}.lock"), torn_path(path)


def torn_path(path: Path) -> Path:
    """Where half-written last lines are set aside."""
    return path.with_name(f"{path.name}.torn")


def require_usable(path: Path) -> None:
    """Raises LedgerError unless the file is a ledger, or could become one, and so are the two
    beside it. Reads only its beginning, and touches nothing."""
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
    """Raises LedgerError unless the ledger, its lock and its torn tail are regular files under
    one name, or are not there, in a folder that is."""
    try:
        if not path.parent.is_dir():
            raise LedgerError(
                f"The ledger's folder {path.parent} does not exist.",
                hint="Create it, or set COGNIGY_AUDIT_LOG elsewhere.",
            )
        for each in files_of(path):
            _require_file(each, is_ledger=each == path)
    except OSError as error:  # a name too long, or a folder that we may not enter
        raise LedgerError(
            f"The ledger {path} cannot be used: {error.strerror}.",
            hint="Set COGNIGY_AUDIT_LOG elsewhere.",
        ) from error


def _require_file(path: Path, *, is_ledger: bool) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    subject = f"The ledger {path}" if is_ledger else f"{path}, which belongs to the ledger,"
    if stat.S_ISLNK(found.st_mode):
        raise LedgerError(
            f"{subject} is a link, and is not followed.",
            hint="Set COGNIGY_AUDIT_LOG to the file that is meant, or remove the link.",
        )
    if not stat.S_ISREG(found.st_mode):
        raise LedgerError(
            f"{subject} is not a regular file.", hint="Set COGNIGY_AUDIT_LOG to a file."
        )
    if found.st_nlink > 1:
        raise LedgerError(
            f"{subject} has {found.st_nlink} names (hard links), and each would have a lock of "
            "its own.",
            hint="Leave it one name: copy it, and move the copy over it.",
        )


def require_begun(path: Path, content: bytes) -> None:
    """Raises LedgerError unless this is empty or begins as a ledger does."""
    if content and not begins_as_ledger(content):
        raise LedgerError(
            f"{path} does not begin as a ledger does, and is left as it is.",
            hint="If it is a ledger, restore its first line from a copy, or move it away. If not, "
            "set COGNIGY_AUDIT_LOG to another file.",
        )


def read_lines(path: Path) -> tuple[Entry | None, ...]:
    """Every whole line, None for one that cannot be read; empty where there is no ledger.

    Raises LedgerError where there is one and it cannot be opened.
    """
    return whole_lines(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """The ledger as it is on disk; empty where there is none. Raises LedgerError."""
    require_files(path)
    try:
        with os.fdopen(open_itself(path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise unreadable(path, error) from error


def whole_lines(content: bytes) -> tuple[Entry | None, ...]:
    """Every line that has its end, None for one that cannot be read."""
    return tuple(parse_line(line) for line in content.split(b"\n")[:-1])


def unreadable(path: Path, error: OSError) -> LedgerError:
    """The error where the ledger cannot be read."""
    return LedgerError(f"The ledger {path} cannot be read: {error.strerror}.", hint=way_out(error))


def way_out(error: OSError) -> str:
    """What to do about an error of the system."""
    known = _WAYS_OUT.get(error.errno) if error.errno is not None else None
    return known or "Check COGNIGY_AUDIT_LOG, and the file."


def has_no_locks(error: OSError) -> bool:
    """Whether it is the file system that cannot lock."""
    return error.errno in _NO_LOCKS
