"""The windows of all origins that this process sends requests to."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.window import Window
from reconciler.ports import Clock, Observer

_ENOUGH_TO_TIDY = 64


class Rates:
    """Lets all connections to an origin share its window, one after the other or at the same time,
    from any thread.

    A window is remembered for as long as it matters: while a connection takes part, a request of
    the last minute counts, or the tenant has asked for a pause.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, Window] = {}
        self._tidy_at = _ENOUGH_TO_TIDY

    @property
    def origins(self) -> Collection[str]:
        """Those whose windows are remembered."""
        return tuple(self._windows)

    @contextmanager
    def limiter(
        self,
        origin: str,
        *,
        limit: int,
        clock: Clock,
        observer: Observer,
        inherited: Iterable[float] = (),
    ) -> Iterator[Limiter]:
        """A limiter that takes part in the origin's window inside the block. `inherited` says how
        many seconds ago requests ended that another process sent."""
        with self._lock:  # so that no other connection forgets the window before this one joins it
            self._tidy(clock.monotonic())
            window = self._windows.setdefault(origin, Window())
            limiter = Limiter(
                limit=limit, clock=clock, observer=observer, inherited=inherited, window=window
            )
        try:
            yield limiter
        finally:
            limiter.leave()

    def _tidy(self, now: float) -> None:
        """Forget the windows that do not matter, each time they have doubled."""
        if len(self._windows) < self._tidy_at:
            return
        kept = {
            origin: window
            for origin, window in self._windows.items()
            if not window.is_forgettable(at=now)
        }
        self._windows = kept
        self._tidy_at = max(_ENOUGH_TO_TIDY, 2 * len(kept))
