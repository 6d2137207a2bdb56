"""The runs of a project in a test: their services, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.adapters.ledger.file import FileLedgerStore, read_lines
from reconciler.model.content import SlotContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry, History
from reconciler.model.outcome import Outcome, RunReport
from reconciler.model.project import Project
from reconciler.model.proposal import PlanProposal, Proposal
from reconciler.operations.services import Services
from reconciler.planning.history import replay
from reconciler.ports import UNSHARED, Connection, Lease, LedgerStore, Permission
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder


@dataclass
class Messages:
    """A notifier that keeps its events and reports the given `failures`."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def notify(
        self, event: str, *, slot_id: str, content: SlotContent | None, retrain: bool
    ) -> None:
        self.sent.append((event, slot_id))

    def close(self) -> list[str]:
        return self.failures


class Agreeing:
    """Agrees to everything, and calls `before_writing` when it agrees to a plan."""

    def __init__(self, before_writing: Callable[[], object] = lambda: None) -> None:
        self._before_writing = before_writing

    def confirm(self, proposal: Proposal) -> None:
        if isinstance(proposal, PlanProposal):
            self._before_writing()


class Runs:
    """Runs against one endpoint, with a real file as the ledger. `report` is the last run's."""

    clock: VirtualClock
    observer: Recorder

    def __init__(self, ledger: Path, *, endpoint: Endpoint) -> None:
        self.ledger = ledger
        self.endpoint = endpoint
        self.messages = Messages()
        self.report = RunReport(run_id="none")
        self.open_store: Callable[[], LedgerStore] = lambda: FileLedgerStore(
            ledger, clock=self.clock
        )
        self._runs = 0

    def connect(
        self, project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> AbstractContextManager[Connection]:
        """The tenant, as in `Services`."""
        raise NotImplementedError

    @property
    def services(self) -> Services:
        """Of one use case."""
        return Services(
            clock=self.clock,
            observer=self.observer,
            ledger=self.open_store(),
            connect=self.connect,
            notifier=lambda: self.messages,
            new_run_id=self._new_run_id,
            actor="tester",
        )

    def number_runs_from(self, first: int) -> None:
        """Give the next run this number, because another world's runs are in the same ledger."""
        self._runs = first - 1

    @property
    def run_id(self) -> str:
        """The last run's."""
        return self._run_id(self._runs)

    @property
    def next_run_id(self) -> str:
        """The next run's."""
        return self._run_id(self._runs + 1)

    def _new_run_id(self) -> str:
        self._runs += 1
        return self.run_id

    def _run_id(self, number: int) -> str:
        bot = f"{self.endpoint.bot_id}-" if self.endpoint.bot_id != "bot_1" else ""
        return f"{bot}run-{number}"

    def outcome(self, slot_id: str) -> Outcome:
        """What became of this slot's change in the last run."""
        return next(each for each in self.report.outcomes if each.slot_id == slot_id)

    @property
    def statuses(self) -> dict[str, str]:
        """What became of each change in the last run."""
        return {each.slot_id: each.status.value for each in self.report.outcomes}

    @property
    def entries(self) -> list[Entry]:
        """The ledger."""
        return [line for line in read_lines(self.ledger) if line is not None]

    def recorded(self, slot_id: str | None = None) -> list[str]:
        """The events in the ledger, of one slot or of all."""
        return [
            entry.event
            for entry in self.entries
            if slot_id is None or entry.data.get("slot_id") == slot_id
        ]

    @property
    def history(self) -> History:
        """What the ledger says of the past."""
        return replay(self.entries, endpoint=self.endpoint)
