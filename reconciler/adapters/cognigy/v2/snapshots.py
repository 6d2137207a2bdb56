"""Snapshots of a project: taken when asked for, and never restored or deleted here.

list ── as many as a project may have ──> refused, nothing is sent
  │
create ── answer lost ──┐
  │                     │
task ─┬─ done ──────────┴─> look for it in the list, by its name, which no other has
      └─ error, cancelled, or not ended in time: no snapshot
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.adapters.cognigy.v2.calls import Calls, Document, Purpose, Right
from reconciler.adapters.cognigy.v2.tasks import Tasks, begun_by, reason_of
from reconciler.errors import OutcomeUnknownError, RequestRejectedError, UnavailableError

MAKE_ROOM = (
    "Delete one that no endpoint serves, under Deploy, Snapshots in the console; or, if the tenant "
    "keeps more, raise snapshot.max_snapshots."
)
_EVERY_SECONDS = 3.0
_LONGEST_SEARCH_SECONDS = 60.0
"""From when the snapshot should be in the list."""


class Snapshots:
    """The snapshots of one project."""

    def __init__(self, calls: Calls, *, tasks: Tasks, most: int) -> None:
        """`most` are kept of a project."""
        self._calls = calls
        self._tasks = tasks
        self._most = most

    def take(self, name: str, *, description: str, until: float) -> None:
        """Take one, and wait until it is in the list, at most until then.

        Raises RequestRejectedError if there is no room or the tenant fails to take it, and
        UnavailableError if it takes too long; it may then appear later.
        """
        about = f"Taking the snapshot {name}"
        total = len(present(self._calls))
        if total >= self._most:
            raise RequestRejectedError(
                f"{about}: the project has {total} of at most {self._most} already.",
                hint=MAKE_ROOM,
            )
        try:
            task_id = self._started(name, description, about=about)
        except OutcomeUnknownError:
            if not self._appears(name, until=until):
                raise
            return
        self._await_task(task_id, about=about, until=until)
        if not self._appears(name, until=until):
            raise UnavailableError(f"{about}: its task {task_id} is done, but it is not listed.")

    def _started(self, name: str, description: str, *, about: str) -> str:
        """The id of the task."""
        answer = self._calls.send(
            "POST",
            "/snapshots",
            purpose=Purpose(about=about, right=Right.CREATE_SNAPSHOTS),
            # The tenant refuses one without a description.
            json={
                "projectId": self._calls.project_id,
                "name": name,
                "description": description,
            },
        )
        return begun_by(answer, about=about)

    def _await_task(self, task_id: str, *, about: str, until: float) -> None:
        task = self._tasks.ended(task_id, about=about, every=_EVERY_SECONDS, until=until)
        if task is None:
            raise UnavailableError(
                f"{about}: the task {task_id} has not ended in time.",
                hint="Look at the task manager in the console, or raise snapshot.timeout_seconds.",
            )
        if task["status"] != "done":
            raise RequestRejectedError(f"{about} ended with {reason_of(task)}.")

    def _appears(self, name: str, *, until: float) -> bool:
        """Whether the list shows it before `until`, and within a minute."""
        until = min(until, self._tasks.from_now(_LONGEST_SEARCH_SECONDS))
        while True:
            if any(each.get("name") == name for each in present(self._calls)):
                return True
            if not self._tasks.pause(_EVERY_SECONDS, until=until):
                return False


def present(calls: Calls) -> Sequence[Document]:
    """The snapshots that the project has."""
    purpose = Purpose(
        about="Listing the snapshots", right=Right.READ_SNAPSHOTS, check=calls.check_project
    )
    return calls.all("/snapshots", purpose=purpose)
