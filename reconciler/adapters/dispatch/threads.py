"""Targets worked on by threads of this process."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

from reconciler.model.fleet_run import TargetResult, Task
from reconciler.ports import Clock

_NOTICE_SECONDS = 0.1
"""How long waiting for a result may take to notice an interrupt."""


@contextmanager
def thread_dispatcher(
    work: Callable[[Task], TargetResult],
    *,
    parallel: int,
    clock: Clock,
    stop: Callable[[], None],
) -> Iterator[ThreadDispatcher]:
    """A dispatcher with at most this many threads. In the end it waits for the tasks in hand, which
    end early after an error.

    `work` does a task and never raises. `stop` has those in hand end early. `clock` is the one of
    the thread that waits for results.
    """
    pool = ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="target")
    dispatcher = ThreadDispatcher(work, pool=pool, clock=clock, stop=stop)
    try:
        yield dispatcher
    except BaseException:
        stop()
        raise
    finally:
        dispatcher.withdraw()
        pool.shutdown(wait=True)


class ThreadDispatcher:
    """`ports.Dispatcher` with the threads of a pool; created only by `thread_dispatcher`.

    Of two tasks of one origin, the second is begun when the result of the first is collected.
    """

    def __init__(
        self,
        work: Callable[[Task], TargetResult],
        *,
        pool: ThreadPoolExecutor,
        clock: Clock,
        stop: Callable[[], None],
    ) -> None:
        self._work = work
        self._clock = clock
        self._stop = stop
        self._pool = pool
        self._done: queue.SimpleQueue[tuple[Task, TargetResult]] = queue.SimpleQueue()
        self._futures: dict[str, tuple[Task, Future[None]]] = {}
        self._behind: dict[str, deque[Task]] = {}
        """For each origin that a task in hand has, the tasks that wait for it."""

    def submit(self, task: Task) -> None:
        """Queue the task, behind those of the same origin."""
        if task.origin and task.origin in self._behind:
            self._behind[task.origin].append(task)
            return
        if task.origin:
            self._behind[task.origin] = deque()
        self._begin(task)

    def ended(self, *, within: float) -> Sequence[TargetResult]:
        """The results since the last call. Raises Interrupted while waiting for the first."""
        until = self._clock.monotonic() + within
        results = self._arrived()
        while not results and self._clock.monotonic() < until:
            self._clock.sleep(0)  # notices an interrupt
            with suppress(queue.Empty):
                results = [self._taken(*self._done.get(timeout=min(within, _NOTICE_SECONDS)))]
                results += self._arrived()
        return results

    def withdraw(self) -> Sequence[str]:
        """Take back what no thread has begun."""
        names = [each.target for tasks in self._behind.values() for each in tasks]
        for tasks in self._behind.values():
            tasks.clear()
        taken_back = [name for name, (_, future) in self._futures.items() if future.cancel()]
        for name in taken_back:
            self._release(self._futures.pop(name)[0])
        return [*names, *taken_back]

    def stop(self) -> None:
        """Have those in hand end early."""
        self._stop()

    def _begin(self, task: Task) -> None:
        self._futures[task.target] = (task, self._pool.submit(self._run, task))

    def _run(self, task: Task) -> None:
        self._done.put((task, self._work(task)))

    def _arrived(self) -> list[TargetResult]:
        results = []
        with suppress(queue.Empty):
            while True:
                results.append(self._taken(*self._done.get_nowait()))
        return results

    def _taken(self, task: Task, result: TargetResult) -> TargetResult:
        self._futures.pop(task.target)
        self._release(task)
        return result

    def _release(self, task: Task) -> None:
        """Begin the next task of the origin."""
        behind = self._behind.get(task.origin)
        if behind:
            self._begin(behind.popleft())
        elif behind is not None:
            del self._behind[task.origin]
