"""Regular files, opened without waiting; and whether a path leads out of the working tree.

Reading a device or a pipe may never end, or never begin; and a link that came with a repository
could make a command write to, or show, one of the user's files.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NOT_THROUGH_A_LINK = getattr(os, "O_NOFOLLOW", 0)


def open_regular(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of a regular file that is there, perhaps through links. Raises OSError."""
    _require_regular(path.stat())  # opening a device can do something already
    return _checked(os.open(path, flags | _AT_ONCE))


def open_itself(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of a regular file that is there, never through a link. Raises OSError."""
    before = path.lstat()
    _require_regular(before)
    descriptor = _checked(os.open(path, flags | _AT_ONCE | _NOT_THROUGH_A_LINK))
    if not os.path.samestat(before, os.fstat(descriptor)):
        os.close(descriptor)
        raise OSError(errno.ELOOP, "another file took its place")
    return descriptor


def create_itself(path: Path, flags: int) -> int:
    """A descriptor of a new file that only its owner may read. Raises OSError where there is
    anything by that name, be it a link that leads nowhere."""
    return os.open(path, flags | os.O_CREAT | os.O_EXCL | _AT_ONCE, 0o600)


def read_regular(path: Path, *, limit: int = -1) -> bytes:
    """The content, or its first `limit` bytes. Raises OSError."""
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read(limit)


def leads_out(path: Path) -> bool:
    """Whether a path that is written as one inside the working tree leads out of it through a link,
    or into git's own folder.

    The tree is the repository around the working directory, or the directory alone.
    """
    tree = _working_tree()
    written = Path(os.path.abspath(path))  # noqa: PTH100 - links are what this must not follow
    real, git = real_path(path), tree / ".git"
    if written.is_relative_to(git) or not written.is_relative_to(tree):
        return False
    return real.is_relative_to(real_path(git)) or not real.is_relative_to(real_path(tree))


def real_path(path: Path) -> Path:
    """Where a path leads, its links followed as far as they do."""
    return Path(os.path.realpath(path))  # unlike `resolve`, also where they lead in a circle


def _working_tree() -> Path:
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / ".git").exists()), here)


def _checked(descriptor: int) -> int:
    try:
        _require_regular(os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _require_regular(found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, "it is a link")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
