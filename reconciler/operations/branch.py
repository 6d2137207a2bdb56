"""The project at the head of a branch that is followed, and what was in sync before."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import ConfigurationError, GitError, ManifestError
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Warned
from reconciler.model.project import Project
from reconciler.model.revision import Revision
from reconciler.model.state import DesiredState
from reconciler.operations.project import read_project
from reconciler.ports import Observer, Upstream


@dataclass(frozen=True)
class Head:
    """The head of a branch, and the project that it has."""

    revision: Revision
    project: Project


class FollowedBranch:
    """A branch, whose commits are read once. `environment` is the project's, None if it has
    none."""

    def __init__(self, upstream: Upstream, *, environment: str | None) -> None:
        self._upstream = upstream
        self._environment = environment
        self._head: Head | None = None
        self._noted: tuple[Endpoint, str] | None = None
        self.name = upstream.name

    def fetch(self, *, since: str | None) -> Revision:
        """The head now. Raises GitError."""
        return self._upstream.fetch(since=since)

    def read(self, revision: Revision) -> Head:
        """The project there. Raises GitError, ManifestError and ConfigurationError."""
        if self._head is None or self._head.revision.commit != revision.commit:
            self._head = Head(revision, self._project(revision.commit))
        return self._head

    def note_in_sync(self, endpoint: Endpoint, commit: str) -> None:
        """Remember that everything at the endpoint was live as this commit has it. Raises
        GitError."""
        if self._noted != (endpoint, commit):
            self._upstream.note_in_sync(_text(endpoint), commit)
            self._noted = (endpoint, commit)

    def last_in_sync(self, endpoint: Endpoint, *, observer: Observer) -> DesiredState | None:
        """What the files said when that was so last; None if it never was, or, with a warning, if
        those files cannot be read any more."""
        commit = self._upstream.last_in_sync(_text(endpoint))
        if commit is None:
            return None
        if self._head is not None and self._head.revision.commit == commit:
            return self._head.project.desired
        try:
            return self._project(commit).desired
        except (GitError, ManifestError, ConfigurationError) as error:
            message = (
                f"{error.message} So an edit in the tenant of a slot that was never applied looks "
                "like a change of its file."
            )
            observer.notice(Warned(message=message))
            return None

    def _project(self, commit: str) -> Project:
        with self._upstream.checkout(commit) as root:
            slots = root / self._upstream.path
            try:
                return read_project(slots, environment=self._environment, base=root)
            except ManifestError as error:
                short = Revision(commit=commit).short
                raise error.about(f"{self._upstream.name} at {short}") from error


def _text(endpoint: Endpoint) -> str:
    return f"{endpoint.origin} {endpoint.bot_id}"
