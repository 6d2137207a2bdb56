"""What a process that follows a branch does, on standard error: a line per thing that happens."""

from __future__ import annotations

from reconciler.cli.log import logs_json
from reconciler.cli.options import is_verbose
from reconciler.cli.output import say, warn
from reconciler.cli.progress import Progress, progress_of_a_pass
from reconciler.formats.events import event_name
from reconciler.model.event import Event, Warned
from reconciler.model.watch import (
    Applied,
    BranchMoved,
    DriftChecked,
    PassBegun,
    PassEnded,
    WatchEvent,
)
from reconciler.ports import Clock
from reconciler.reports.watch import watch_level, watch_text


class Passes:
    """Shows each pass. As a `ports.Observer`, it also shows the steps of an apply, and what is
    waited for; between two passes it is silent."""

    def __init__(self, clock: Clock, *, environment: str | None) -> None:
        self._clock = clock
        self._environment = environment
        self._progress: Progress | None = None
        self._warnings: set[str] = set()

    def notice(self, event: Event) -> None:
        """Show an event of an operation; a warning only once, until something changes."""
        if isinstance(event, Warned):
            if event.message in self._warnings:
                return
            self._warnings.add(event.message)
        if self._progress is not None:
            self._progress.notice(event)
        elif isinstance(event, Warned):
            warn(event.message, event="warned")

    def stopping(self) -> tuple[str, ...]:
        """What to say on the first interrupt. It is safe to call in a signal handler."""
        if self._progress is not None:
            return self._progress.stopping()
        return ("Stopping. Press again to stop immediately.",)

    def tell(self, event: WatchEvent) -> None:
        """Show what the process does."""
        if isinstance(event, PassBegun):
            self._progress = progress_of_a_pass()
        elif isinstance(event, PassEnded):
            self.close()
        if isinstance(event, (BranchMoved, Applied, DriftChecked)):
            self._warnings.clear()
        if isinstance(event, PassEnded) and not (event.failures or is_verbose()):
            return
        text = watch_text(event, environment=self._environment)
        if text:
            self._say(text, event)

    def stop(self) -> None:
        """Say that the process was asked to stop, and does."""
        self.close()
        say(f"{self._time}Stopped.")

    def close(self) -> None:
        """Show no more of the steps."""
        if self._progress is not None:
            self._progress.close()
            self._progress = None

    def _say(self, text: str, event: WatchEvent) -> None:
        if self._progress is not None:
            self._progress.flush()
        said = f"{self._time}{text}"
        say(said, level=watch_level(event), event=event_name(type(event)))

    @property
    def _time(self) -> str:
        """The beginning of a line; a log says the time in another place."""
        return "" if logs_json() else f"{self._clock.now():%H:%M:%S}Z "
