"""Opening regular files without blocking, and checking whether a path leaves the working tree.

Reading a device or a pipe may block or never end. A symbolic link that came with a repository could
make a command overwrite, or print, one of the user's own files.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NOT_THROUGH_A_LINK = getattr(os, "O_NOFOLLOW", 0)


def open_regular(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of an existing regular file; links are followed. Raises OSError."""
    _require_regular(path.stat())  # merely opening a device can have an effect
    return _checked(os.open(path, flags | _AT_ONCE))


def open_itself(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of an existing regular file; links are not followed. Raises OSError."""
    before = path.lstat()
    _require_regular(before)
    descriptor = _checked(os.open(path, flags | _AT_ONCE | _NOT_THROUGH_A_LINK))
    if not os.path.samestat(before, os.fstat(descriptor)):
        os.close(descriptor)
        raise OSError(errno.ELOOP, "another file took its place")
    return descriptor


def create_itself(path: Path, flags: int) -> int:
    """A descriptor of a new file that only its owner may read. Raises OSError if anything of that
    name exists, including a dangling link."""
    return os.open(path, flags | os.O_CREAT | os.O_EXCL | _AT_ONCE, 0o600)


def read_regular(path: Path, *, limit: int = -1) -> bytes:
    """The content, or its first `limit` bytes. Raises OSError."""
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read(limit)


def write_whole(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Create or replace `path` atomically: readers see the old content or the new, and a failure
    keeps the old. Raises OSError.

    A link itself is replaced, not its target. The file gets the permissions `mode`; without it, a
    replaced file keeps its own, and a new one gets those of the umask. The file is not flushed to
    disk, so a power cut may lose it.
    """
    if mode is None and path.exists():
        mode = stat.S_IMODE(path.stat().st_mode)
    # With a leading dot, the name is not taken for a slot file.
    temporary = path.with_name(f".reconciler-{secrets.token_hex(6)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AT_ONCE
    descriptor = os.open(temporary, flags, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def leads_out(path: Path) -> bool:
    """Whether a path that looks as if it were inside the working tree leads out of it through a
    link, or into git's own folder.

    The working tree is the repository around the working directory, or without a repository the
    working directory itself.
    """
    tree = _working_tree()
    written = Path(os.path.abspath(path))  # noqa: PTH100 - this must not follow links
    real, git = real_path(path), tree / ".git"
    if written.is_relative_to(git) or not written.is_relative_to(tree):
        return False
    return real.is_relative_to(real_path(git)) or not real.is_relative_to(real_path(tree))


def real_path(path: Path) -> Path:
    """The path with all its links followed, as far as they lead anywhere."""
    return Path(os.path.realpath(path))  # unlike `resolve`, it accepts links in a circle


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


def _require_regular(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise OSError(errno.ELOOP, "it is a link")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
