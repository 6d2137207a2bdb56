"""Time, confirmation, notifications and events, and all ports that a run needs together."""

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
        """Show the proposal, and return if it may be carried out, without asking if it changes
        nothing. Raises ReconcilerError if it is declined or nobody can be asked."""
        ...


class Notifier(Protocol):
    """Notifies other systems of what happened. It never fails an apply."""

    def notify(
        self, event: str, *, slot_id: str, content: SlotContent | None, retrain: bool
    ) -> None:
        """Send one event, in the background."""
        ...

    def close(self) -> list[str]:
        """Wait a bounded time for pending events; returns a message per failure."""
        ...


class Clock(Protocol):
    """Time as a port: nothing outside `adapters.clock` reads a clock or sleeps.

    An interrupt is a property of waiting: `sleep` raises Interrupted if one has arrived, even if it
    waits for zero seconds, except within `shielded()`.
    """

    def now(self) -> datetime:
        """The wall-clock time, aware and in UTC, for records that people read."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go backwards, for durations and windows."""
        ...

    def boottime(self) -> float:
        """Seconds that never go backwards and go on while the machine is suspended, as far as it
        can say; for what ends at another machine too."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait at least `seconds`. Raises Interrupted."""
        ...

    def shielded(self) -> AbstractContextManager[None]:
        """Inside the block, `sleep` does not raise Interrupted; a later sleep does."""
        ...

    def interruptible(self) -> AbstractContextManager[None]:
        """Inside the block, the first interrupt is left to `sleep`, and the second raises
        KeyboardInterrupt at once. Outside it, the first does."""
        ...


class Observer(Protocol):
    """Receives the events of the engine and its adapters."""

    def notice(self, event: Event) -> None:
        """Receive one event when it happens, in the same thread, which waits until this returns.
        It must not raise: an exception ends the run like any other defect."""
        ...


class _Silent:
    def notice(self, event: Event) -> None:
        """Ignore the event."""


SILENT: Observer = _Silent()
"""An observer that ignores all events."""


@dataclass(frozen=True)
class Ports:
    """All ports of one run."""

    tenant: Tenant
    ledger: Ledger
    notifier: Notifier
    clock: Clock
    observer: Observer
