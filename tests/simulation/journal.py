"""The real ledger, where the process may end and the disk may be full."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.adapters.ledger.file import FileLedger, FileLedgerStore
from reconciler.errors import LedgerError
from reconciler.model.ledger import Entry
from reconciler.ports import Clock, Unshared
from tests.simulation.fuse import Ending, Fuse
from tests.simulation.trace import Trace

HALF_A_LINE = b'{"action":"create","after":{"depende'


class Journal(Unshared):
    """`ports.Ledger` over the real one. `recorded` is called after each line."""

    def __init__(
        self,
        ledger: FileLedger,
        *,
        path: Path,
        dice: random.Random,
        fuse: Fuse,
        trace: Trace,
        recorded: Callable[[], None],
        full_at: int | None,
    ) -> None:
        self._ledger = ledger
        self._path = path
        self._dice = dice
        self._fuse = fuse
        self._trace = trace
        self._recorded = recorded
        self._room = full_at
        self._has_unnoticed_line = False

    @property
    def lines(self) -> tuple[Entry | None, ...]:
        lines = self._ledger.lines
        return lines[:-1] if self._has_unnoticed_line else lines

    @property
    def last_hash(self) -> str:
        return self._ledger.last_hash

    def append(self, event: str, /, **data: Any) -> None:
        if self._dice.random() < 0.5:
            self._fuse.step("before a line", event)
        else:
            self._fuse.step(
                "in the middle of a line",
                event,
                last_act=lambda ending: self._write_unnoticed(ending, event, data),
            )
        self._take_room(event)
        self._ledger.append(event, **data)
        self._recorded()
        self._fuse.step("after a line", event)

    def _write_unnoticed(self, ending: Ending, event: str, data: dict[str, Any]) -> None:
        """A power cut leaves half a line; a second Ctrl-C interrupts when the whole line is on
        disk but not in memory."""
        if ending is Ending.CRASH:
            self._write_half_a_line()
            return
        self._ledger.append(event, **data)
        self._has_unnoticed_line = True
        self._recorded()

    def _take_room(self, event: str) -> None:
        if self._room is None:
            return
        self._room -= 1
        if self._room == 0:
            self._trace.count("disk full")
            self._trace.say("DISK", f"full at {event}")
            if self._dice.random() < 0.5:
                self._write_half_a_line()
        if self._room <= 0:
            raise LedgerError(f"The ledger {self._path} cannot be written: no space left.")

    def _write_half_a_line(self) -> None:
        with self._path.open("ab") as file:
            file.write(HALF_A_LINE)


class JournalStore(FileLedgerStore):
    """The file store, with a Journal as its ledger."""

    def __init__(self, path: Path, *, clock: Clock, **disturbances: Any) -> None:
        super().__init__(path, clock=clock)
        self._disturbances = disturbances

    @contextmanager
    def open(self, run_id: str) -> Iterator[Journal]:  # type: ignore[override]
        with super().open(run_id) as ledger:
            yield Journal(ledger, path=self.path, **self._disturbances)
