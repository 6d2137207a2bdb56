"""The way of each process to the database, in place of the adapter's connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import pytest

from reconciler.adapters.ledger.postgres import lease, store
from reconciler.adapters.postgres import UnreachableError
from tests.simulation.fleet.database import Database
from tests.simulation.fleet.scheduler import Process, Scheduler
from tests.simulation.fleet.trouble import Trouble

ResultT = TypeVar("ResultT")


class Sessions:
    """Connections of the running process, in place of the adapter's."""

    def __init__(self, database: Database, scheduler: Scheduler, trouble: Trouble) -> None:
        self._database = database
        self._scheduler = scheduler
        self._trouble = trouble

    def __call__(self, *_about: object) -> Sessions:
        """A connection."""
        return self

    def run(self, work: Callable[[Any], ResultT], *, within: float | None = None) -> ResultT:
        """What `work` returns, a little later, or UnreachableError."""
        process = self._scheduler.current
        if process is None:  # of the test itself
            return work(self._database)
        self._trouble.step(process)
        self._require_reached(process, within)
        self._database.appended = ""
        result = work(self._database)
        self._trouble.recorded(self._database.appended, process)
        self._trouble.step(process)
        if self._trouble.loses_an_answer():
            raise UnreachableError("The ledger simulated cannot be reached: no answer.")
        self._require_reached(process, within)
        return result

    def close(self) -> None:
        """Nothing is kept."""

    def _require_reached(self, process: Process, within: float | None) -> None:
        if self._trouble.is_cut_off(process):
            process.pause(min(within or 5.0, 5.0))
            raise UnreachableError("The ledger simulated cannot be reached: timed out.")

    @contextmanager
    def renewed(self, held: lease.Lease) -> Iterator[None]:
        """Renew a lease like the adapter's thread, until the block ends."""
        owner, is_over = self._scheduler.current, False

        def renew() -> None:
            if is_over or owner is None or owner.is_dead:
                return
            if owner.is_frozen:
                self._scheduler.at(owner.frozen_until, renew)
                return
            if not self._trouble.is_cut_off(owner):
                held.renew(self._database)  # type: ignore[arg-type]
            if not held.is_lost:
                self._scheduler.after(held._terms.renewed_every, renew)

        self._scheduler.after(held._terms.renewed_every, renew)
        try:
            yield
        finally:
            is_over = True

    def take_the_place_of_the_adapters(self, patch: pytest.MonkeyPatch) -> None:
        """From now on, the adapter uses these."""
        for module in (store, lease):
            patch.setattr(module, "Session", self)

        def renewed(held: lease.Lease) -> AbstractContextManager[None]:
            return self.renewed(held)

        patch.setattr(lease.Lease, "renewed", renewed)
