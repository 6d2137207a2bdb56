"""The branch that a process follows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from reconciler.model.revision import Revision


class Upstream(Protocol):
    """A branch of a git remote, read without touching what is checked out."""

    @property
    def name(self) -> str:
        """The remote and the branch, for messages."""
        ...

    @property
    def path(self) -> str:
        """The folder of slots in the repository, "" for its root."""
        ...

    def fetch(self, *, since: str | None) -> Revision:
        """The head of the branch now. `since` is the commit that was its head before, if that is
        known. Raises GitError."""
        ...

    def last_in_sync(self, tenant: str) -> str | None:
        """The commit that was noted last for what this text identifies; None if none was, or if the
        clone no longer has it."""
        ...

    def note_in_sync(self, tenant: str, commit: str) -> None:
        """Note that everything was live there as this commit has it, for later processes too.
        Raises GitError."""
        ...

    def checkout(self, commit: str) -> AbstractContextManager[Path]:
        """The root of a temporary folder that has the slots of this commit below `path`, until the
        block ends. Raises GitError."""
        ...
