"""A commit of the branch that is followed."""

from __future__ import annotations

from reconciler.model.base import Frozen

_SHORT = 10


class Revision(Frozen):
    """The head of a branch. `subject` is the first line of its message. `is_rewritten` says that
    the branch no longer contains the commit that was its head before: someone has forced a push."""

    commit: str
    subject: str = ""
    is_rewritten: bool = False

    @property
    def short(self) -> str:
        """The beginning of the commit, for people."""
        return self.commit[:_SHORT]
