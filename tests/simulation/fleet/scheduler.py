"""Several processes on several machines, one step at a time, in virtual time.

Each process is a thread, because the code under test blocks; but only one of them runs at any
moment, and it runs until it pauses. So a seed replays exactly.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from itertools import count

from reconciler.errors import Interrupted


class Death(BaseException):
    """The process ends here: no handler of ours may catch this."""


class Scheduler:
    """Runs what is due next: a process that goes on, or an event such as an answer that arrives."""

    def __init__(self) -> None:
        self.now = 0.0
        self.current: Process | None = None
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.processes: list[Process] = []

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Call `act` then."""
        heapq.heappush(self._due, (max(moment, self.now), next(self._order), act))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Call `act` after so many seconds."""
        self.at(self.now + seconds, act)

    def start(self, name: str, run: Callable[[Process], None]) -> Process:
        """A process that begins now."""
        process = Process(name, run, scheduler=self)
        self.processes.append(process)
        self.at(self.now, process.resume)
        return process

    def run(self, *, until: Callable[[], bool]) -> None:
        """Go on until this holds, or nothing is due. An error in a process is raised here."""
        while self._due and not until():
            moment, _, act = heapq.heappop(self._due)
            self.now = max(self.now, moment)
            act()

    def end(self) -> None:
        """End every process."""
        for process in self.processes:
            process.die()


class Process:
    """One process. `frozen_until` is until when its machine is suspended. It `is_stopping` once it
    got a SIGTERM, and `is_aborted` says whether what it has in hand is to end early; neither is
    noticed while it has `shields`."""

    def __init__(self, name: str, run: Callable[[Process], None], *, scheduler: Scheduler) -> None:
        self.name = name
        self.is_dead = False
        self.has_ended = False
        self.is_stopping = False
        self.is_aborted: Callable[[], bool] = lambda: False
        self.shields = 0
        self.frozen_since, self.frozen_until = 0.0, 0.0
        self._run = run
        self._scheduler = scheduler
        self._error: BaseException | None = None
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()

    @property
    def is_frozen(self) -> bool:
        """Whether nothing in it runs now."""
        return self._scheduler.now < self.frozen_until

    def freeze(self, seconds: float) -> None:
        """Suspend it for so long, once it pauses."""
        self.frozen_since = self._scheduler.now
        self.frozen_until = self._scheduler.now + seconds

    def pause(self, seconds: float = 0.0) -> None:
        """Let others run for so long, and for as long as this is frozen. Raises Death."""
        self.require_alive()
        self._scheduler.after(seconds, self.resume)
        self.wait()

    def wait(self) -> None:
        """Let others run until somebody calls `resume`. Raises Death."""
        self.require_alive()
        self._yield()
        while self.is_frozen:
            self._scheduler.at(self.frozen_until, self.resume)
            self._yield()

    def notice_interrupt(self) -> None:
        """Raises Interrupted if it is to stop."""
        if not self.shields and (self.is_stopping or self.is_aborted()):
            raise Interrupted

    def resume(self) -> None:
        """Run until it pauses; called by the scheduler only."""
        if self.has_ended:
            return
        self._scheduler.current = self
        self._go.release()
        self._back.acquire()
        self._scheduler.current = None
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def die(self) -> None:
        """End it, at once: nothing that it does from now on has any effect."""
        self.is_dead = True
        if self._scheduler.current is self:
            raise Death
        self.resume()

    def require_alive(self) -> None:
        """Raises Death if it is dead."""
        if self.is_dead:
            raise Death

    def _yield(self) -> None:
        self._back.release()
        self._go.acquire()
        self.require_alive()

    def _live(self) -> None:
        self._go.acquire()
        try:
            if not self.is_dead:
                self._run(self)
        except Death:
            pass
        except BaseException as error:  # noqa: BLE001 - for whoever runs the scheduler
            self._error = error
        finally:
            self.has_ended = True
            self._back.release()
