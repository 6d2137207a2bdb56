"""A branch of a clone's remote, and the slots in a commit of it.

Nothing that is checked out is read or changed: the branch is fetched into a ref of our own, and the
slots of a commit are written to a temporary folder. So a clone that a person works in can be
followed too, and so can one without a working tree.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from reconciler.adapters.git.command import NETWORK_PATIENCE, Git
from reconciler.errors import GitError
from reconciler.model.revision import Revision

_REFS = "refs/reconciler"
_LINK, _BLOB = "120000", "blob"
_SUFFIXES = (".yaml", ".yml")
_MOST_BYTES = 256 * 1024 * 1024
_NOT_AN_ANCESTOR = 1


@dataclass(frozen=True)
class RemoteBranch:
    """`ports.Upstream` for a branch of a remote that the clone is configured with. `path` is that
    of the slots in the repository, "" for its root."""

    git: Git
    remote: str
    branch: str
    path: str

    @property
    def name(self) -> str:
        """The remote and the branch."""
        return f"{self.remote}/{self.branch}"

    def fetch(self, *, since: str | None) -> Revision:
        """The head of the branch now. Costs one connection, and another one if it has moved."""
        commit = self._head()
        if not self._has(commit):
            self._fetch(commit)
        shown = self.git.run("show", "--no-patch", "--no-show-signature", "--format=%s", commit)
        return Revision(
            commit=commit,
            subject=shown.text,
            is_rewritten=since is not None and self._is_rewritten(since, commit),
        )

    def last_in_sync(self, tenant: str) -> str | None:
        """The commit that our ref for this tenant has."""
        wanted = f"{_in_sync(tenant)}^{{commit}}"
        done = self.git.run("rev-parse", "--verify", "--quiet", wanted)
        return done.text if done.code == 0 else None

    def note_in_sync(self, tenant: str, commit: str) -> None:
        """Set our ref for this tenant, so that git keeps the commit too."""
        done = self.git.run("update-ref", _in_sync(tenant), commit)
        if done.code:
            raise GitError(f"The clone cannot be written to: {done.words}.")

    @contextmanager
    def checkout(self, commit: str) -> Iterator[Path]:
        """The files below `path` that the reader of slots looks at. Raises GitError."""
        tree = f"{commit}:{self.path}"
        kind = self.git.run("cat-file", "-t", tree)
        if kind.text != "tree":
            what = "has no folder" if kind.code else "has a file, and no folder,"
            raise GitError(
                f"The commit {commit[:10]} of {self.name} {what} {self.path!r}.",
                hint="Run this in the folder that contains slots/, or pass --slots DIR.",
            )
        entries = self._entries(tree)
        with TemporaryDirectory(prefix="reconciler-") as folder:
            root = Path(folder)
            try:
                _write(entries, self._contents(entries), root / self.path)
            except OSError as error:
                raise GitError(
                    f"The slots of {commit[:10]} cannot be written to {folder}: {error.strerror}.",
                    hint="TMPDIR names another folder for temporary files.",
                ) from error
            yield root

    def _head(self) -> str:
        ref = f"refs/heads/{self.branch}"
        listed = self.git.run(
            "ls-remote", "--quiet", "--", self.remote, ref, patience=NETWORK_PATIENCE
        )
        if listed.code:
            raise GitError(
                f"{self.remote} cannot be reached: {listed.words}.",
                hint=f"`git ls-remote {self.remote}` in the clone says more. Nobody is asked for a "
                "password: git needs a key, a token or a credential helper.",
            )
        heads = dict(line.split("\t", 1)[::-1] for line in listed.text.splitlines())
        if ref not in heads:
            raise GitError(
                f"{self.remote} has no branch {self.branch}.",
                hint="--branch names the one to follow.",
            )
        return heads[ref]

    def _has(self, commit: str) -> bool:
        return self.git.run("cat-file", "-e", f"{commit}^{{commit}}").code == 0

    def _fetch(self, commit: str) -> None:
        own = f"{_REFS}/fetched/{self.remote}/{self.branch}"
        done = self.git.run(
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--refmap=",  # otherwise it would move the user's remote-tracking branch too
            "--",
            self.remote,
            f"+refs/heads/{self.branch}:{own}",
            patience=NETWORK_PATIENCE,
        )
        if done.code:
            raise GitError(f"{self.name} cannot be fetched: {done.words}.")
        if not self._has(commit):
            raise GitError(f"{self.name} was rewritten while it was fetched.", hint="Try again.")

    def _is_rewritten(self, before: str, commit: str) -> bool:
        done = self.git.run("merge-base", "--is-ancestor", before, commit)
        return done.code == _NOT_AN_ANCESTOR

    def _entries(self, tree: str) -> list[_Entry]:
        listed = self.git.run("ls-tree", "-r", "-z", "-l", "--full-tree", tree)
        if listed.code:
            raise GitError(f"{tree} cannot be listed: {listed.words}.")
        found = [_entry(each) for each in listed.output.split(b"\0") if each]
        if not any(each.is_link for each in found):  # a link may lead to a file of any name
            found = [each for each in found if each.is_named_as_slot]
        entries = [each for each in found if each.kind == _BLOB]
        size = sum(each.size for each in entries)
        if size > _MOST_BYTES:
            raise GitError(
                f"The slots of {tree} have {size:,} bytes, over the limit of {_MOST_BYTES:,}."
            )
        return entries

    def _contents(self, entries: list[_Entry]) -> Iterator[bytes]:
        """The content of each entry."""
        asked = "".join(f"{each.blob}\n" for each in entries).encode()
        done = self.git.run("cat-file", "--batch", given=asked, patience=NETWORK_PATIENCE)
        if done.code:
            raise GitError(f"The slots of {self.name} cannot be read: {done.words}.")
        rest = memoryview(done.output)
        for each in entries:
            head = f"{each.blob} {_BLOB} {each.size}\n".encode()
            if rest[: len(head)] != head:
                raise GitError(
                    f"{each.path} cannot be read: the clone is damaged.", hint="Clone it again."
                )
            yield bytes(rest[len(head) : len(head) + each.size])
            rest = rest[len(head) + each.size + 1 :]


def remote_branch(
    slots: Path, *, remote: str, branch: str, environment: Mapping[str, str]
) -> RemoteBranch:
    """The branch, in the clone that `slots` belongs to, which need not be checked out. Nothing is
    sent yet; git runs with these variables of `environment`. Raises GitError."""
    wanted = Path(os.path.abspath(slots))  # noqa: PTH100 - removes ".." without following links
    closest = next(each for each in (wanted, *wanted.parents) if each.is_dir())
    git = Git(closest, environment)
    place = git.run("rev-parse", "--git-dir", "--show-prefix")
    if place.code:
        raise GitError(
            f"{slots} is not in a git repository that can be used: {place.words}.",
            hint="Run this in a clone of the repository, or pass --slots DIR.",
        )
    if git.run("check-ref-format", f"refs/heads/{branch}").code:
        raise GitError(f"{branch!r} is not the name of a branch.", hint="Correct --branch.")
    if git.run("remote", "get-url", "--", remote).code:
        raise GitError(
            f"The clone has no remote {remote!r}.",
            hint="`git remote` lists those that it has; --remote names the one to follow.",
        )
    _, _, prefix = place.output.decode("utf-8", errors="surrogateescape").partition("\n")
    inside = PurePosixPath(prefix.rstrip("\n")) / wanted.relative_to(closest).as_posix()
    return RemoteBranch(git, remote, branch, path="" if inside == PurePosixPath() else str(inside))


def _in_sync(tenant: str) -> str:
    """The ref for a tenant. Only a digest of its text can be part of a ref's name as it is."""
    return f"{_REFS}/in-sync/{hashlib.sha256(tenant.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class _Entry:
    """A line of `git ls-tree`."""

    mode: str
    kind: str
    blob: str
    size: int
    path: str

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link; its content is the path that it leads to."""
        return self.mode == _LINK

    @property
    def is_named_as_slot(self) -> bool:
        """Whether the reader of slots looks at a file of this name."""
        return PurePosixPath(self.path).suffix.lower() in _SUFFIXES


def _entry(line: bytes) -> _Entry:
    about, _, path = line.partition(b"\t")
    mode, kind, blob, size = about.decode().split()
    known = int(size) if size.isdecimal() else 0  # a folder has none, nor has a damaged file
    return _Entry(mode, kind, blob, size=known, path=os.fsdecode(path))


def _write(entries: list[_Entry], contents: Iterator[bytes], folder: Path) -> None:
    """Write the files, and then the links, so that nothing is written through a link."""
    links = []
    for entry, content in zip(entries, contents, strict=True):
        path = PurePosixPath(entry.path)
        if path.is_absolute() or ".." in path.parts:
            raise GitError(f"The commit has a file with the path {entry.path!r}.")
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if entry.is_link:
            links.append((place, content))
        else:
            place.write_bytes(content)
    folder.mkdir(parents=True, exist_ok=True)
    for place, target in links:
        place.symlink_to(os.fsdecode(target))
