"""Time, the people and programs that follow a run, and everything that a run needs together."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reconciler.model.content import SlotContent
from reconciler.model.event import Event
from reconciler.model.proposal import Proposal
from reconciler.ports.ledger import Ledger
from reconciler.ports.tenant import Tenant


class Confirmation(Protocol):
    """Asks for agreement before anything is sent."""

    def confirm(self, proposal: Proposal) -> None:
        """Show the proposal, and return if it may be carried out. Nothing is asked where it would
        change nothing. Raises ReconcilerError where it is declined or nobody can be asked."""
        ...


class Notifier(Protocol):
    """Tells the outside what happened. Never fails an apply."""

    def notify(
        self, event: str, *, slot_id: str, content: SlotContent | None, retrain: bool
    ) -> None:
        """Send one event, in the background."""
        ...

    def close(self) -> list[str]:
        """Wait, within bounds, for what is still under way; returns a message per failure."""
        ...


class Clock(Protocol):
    """Time as a port: nothing outside `adapters.clock` reads a clock or sleeps.

    An interrupt is a property of waiting: `sleep` raises Interrupted when one has arrived,
    even for zero seconds, except within `shielded()`.
    """

    def now(self) -> datetime:
        """The wall-clock time, aware, in UTC: for records that people read."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go backwards: for durations and windows."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait at least `seconds`. Raises Interrupted."""
        ...

    def shielded(self) -> AbstractContextManager[None]:
        """Within it, an interrupt is remembered and `sleep` does not raise it."""
        ...

    def interruptible(self) -> AbstractContextManager[None]:
        """Within it, the first interrupt is left to `sleep`, and the second raises
        KeyboardInterrupt at once; elsewhere, the first does."""
        ...


class Observer(Protocol):
    """Whoever listens to what the engine and its adapters do."""

    def notice(self, event: Event) -> None:
        """Take one event, as it happens and in the thread that it happens in: whatever goes on
        waits until this returns. Must not raise; a run ends by that as by any other defect."""
        ...


class _Silent:
    def notice(self, event: Event) -> None:
        """Nobody listens."""


SILENT: Observer = _Silent()
"""Hears everything, and tells nobody."""


@dataclass(frozen=True)
class Ports:
    """The world of one run."""

    tenant: Tenant
    ledger: Ledger
    notifier: Notifier
    clock: Clock
    observer: Observer
