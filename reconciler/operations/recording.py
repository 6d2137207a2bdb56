"""Remember the events of a run, for a report of it."""

from __future__ import annotations

from reconciler.model.event import Event
from reconciler.model.noticed import Noticed
from reconciler.ports import Clock, Observer


class Recording:
    """A `ports.Observer` that remembers each event with its time, and passes it on."""

    def __init__(self, observer: Observer, *, clock: Clock) -> None:
        self._observer = observer
        self._clock = clock
        self._noticed: list[Noticed] = []

    @property
    def noticed(self) -> tuple[Noticed, ...]:
        """All events so far, oldest first."""
        return tuple(self._noticed)

    def notice(self, event: Event) -> None:
        """Remember the event, and pass it on."""
        self._noticed.append(Noticed(at=self._clock.now(), event=event))
        self._observer.notice(event)
