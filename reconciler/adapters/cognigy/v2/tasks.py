"""What the tenant does in the background: looked at until it has ended."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.transport import Answer
from reconciler.adapters.cognigy.v2.calls import Calls, Document, Purpose, Right
from reconciler.adapters.cognigy.v2.listing import PAGE_SIZE
from reconciler.errors import NotFoundError, OutcomeUnknownError, UnavailableError
from reconciler.ports import Clock

RUNNING = frozenset({"queued", "active", "cancelling"})
ENDED = frozenset({"done", "error", "cancelled"})
_SHORTEST_PAUSE_SECONDS = 0.25


def begun_by(answer: Answer, *, about: str) -> str:
    """The id of the task that a write has begun. Raises OutcomeUnknownError if the answer has
    none."""
    task_id = answer.body.get("_id") if isinstance(answer.body, dict) else None
    if not isinstance(task_id, str):
        raise OutcomeUnknownError(
            f"{about}: the tenant answered {answer.status}, but without a task.",
            status=answer.status,
        )
    return task_id


class Tasks:
    """The tasks of one project."""

    def __init__(self, calls: Calls, *, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock

    def recent(self) -> Sequence[Document]:
        """The newest tasks, a hundred at least, in no order; one or two requests, or more where
        the tenant's pages are smaller than we ask for.

        A project keeps thousands. In which order they come is not documented, so both ends of the
        list are read.
        """
        first, total = self._stretch(0, most=PAGE_SIZE)
        if total <= len(first):
            return first
        last, _ = self._stretch(max(len(first), total - PAGE_SIZE), most=math.inf)
        return [*first, *last]

    def _stretch(self, skip: int, *, most: float) -> tuple[list[Document], int]:
        """So many tasks from this place on, if there are; and how many there are in all."""
        purpose = Purpose(about="Listing the tasks", right=Right.READ_TASKS)
        items: list[Document] = []
        while True:
            page = self._calls.page("/tasks", purpose=purpose, skip=skip + len(items))
            items += page.items
            if not page.items or len(items) >= min(most, page.total - skip):
                return items, page.total

    def read(self, task_id: str, *, about: str, until: float = math.inf) -> Document:
        """The task as it is now. A new one may be answered 404 for a while."""
        purpose = Purpose(about=about, right=Right.READ_TASKS)
        params = {"projectId": self._calls.project_id}
        path = f"/tasks/{segment(task_id)}"
        return self._calls.get(path, purpose=purpose, params=params, until=until)

    def pause(self, every: float, *, until: float) -> bool:
        """Wait before another look; False once none fits in before `until`."""
        remaining = until - self._clock.monotonic()
        if remaining <= _SHORTEST_PAUSE_SECONDS:
            return False
        self._clock.sleep(min(every, max(remaining / 2, _SHORTEST_PAUSE_SECONDS)))
        return True

    def from_now(self, seconds: float) -> float:
        """So many seconds from now, as a time of Clock.monotonic."""
        return self._clock.monotonic() + seconds

    def ended(self, task_id: str, *, about: str, every: float, until: float) -> Document | None:
        """The task once it has ended, looked at every so many seconds; None if it has not by
        `until`, a time of Clock.monotonic.

        Raises OutcomeUnknownError if it could not be read any more by then.
        """
        unreadable: UnavailableError | None = None
        while self.pause(every, until=until):
            try:
                task = self.read(task_id, about=about, until=until)
            except NotFoundError:
                continue
            except UnavailableError as error:
                unreadable = error
                continue
            unreadable = None
            if task.get("status") in ENDED:
                return task
        if unreadable is not None:
            raise OutcomeUnknownError(unreadable.message, status=None, hint=unreadable.hint)
        return None


def reason_of(task: Document) -> str:
    """How a task ended, with its reason if it has one, and without a full stop."""
    reason = task.get("failReason")
    return f"{task.get('status')}: {reason}".rstrip(".") if reason else str(task.get("status"))
