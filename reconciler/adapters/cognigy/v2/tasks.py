"""What the tenant does in the background: looked at until it has ended."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.v2.calls import Calls, Document, Purpose
from reconciler.adapters.cognigy.v2.listing import PAGE_SIZE
from reconciler.errors import NotFoundError, UnavailableError
from reconciler.ports import Clock

RUNNING = frozenset({"queued", "active", "cancelling"})
ENDED = frozenset({"done", "error", "cancelled"})
_SHORTEST_PAUSE_SECONDS = 0.25


class Tasks:
    """The tasks of one project."""

    def __init__(self, calls: Calls, *, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock

    def recent(self) -> Sequence[Document]:
        """The newest tasks, a hundred at least, in no order; one or two requests.

        A project keeps thousands. In which order they come is not documented, so both ends of the
        list are read.
        """
        purpose = Purpose(about="Listing the tasks", right="read tasks")
        first = self._calls.page("/tasks", purpose=purpose)
        if first.total <= len(first.items):
            return first.items
        skip = max(len(first.items), first.total - PAGE_SIZE)
        return [*first.items, *self._calls.page("/tasks", purpose=purpose, skip=skip).items]

    def read(self, task_id: str, *, about: str, until: float = math.inf) -> Document | None:
        """The task, or None if it cannot be read now: a new one may be answered 404."""
        purpose = Purpose(about=about, right="read tasks")
        params = {"projectId": self._calls.project_id}
        path = f"/tasks/{segment(task_id)}"
        try:
            return self._calls.get(path, purpose=purpose, params=params, until=until)
        except (NotFoundError, UnavailableError):
            return None

    def pause(self, every: float, *, until: float) -> bool:
        """Wait before another look; False once none fits in before `until`."""
        remaining = until - self._clock.monotonic()
        if remaining <= _SHORTEST_PAUSE_SECONDS:
            return False
        self._clock.sleep(min(every, max(remaining / 2, _SHORTEST_PAUSE_SECONDS)))
        return True

    def ended(self, task_id: str, *, about: str, every: float, until: float) -> Document | None:
        """The task once it has ended, looked at every so many seconds; None if it has not by
        `until`, a time of Clock.monotonic."""
        while self.pause(every, until=until):
            task = self.read(task_id, about=about, until=until)
            if task is not None and task.get("status") in ENDED:
                return task
        return None


def reason_of(task: Document) -> str:
    """How a task ended, with its reason if it has one, and without a full stop."""
    reason = task.get("failReason")
    return f"{task.get('status')}: {reason}".rstrip(".") if reason else str(task.get("status"))
