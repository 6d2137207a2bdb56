"""The seams of an apply: what the engine needs from the world, as Protocols.

Each has a real adapter and, in the tests, a fake. Narration is a stream of event values to an
Observer, so that an algorithm reads the same whether or not anyone listens.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from reconciler.model.chain import ChainReport
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Event
from reconciler.model.gate import Metric, Reading
from reconciler.model.github import Account, Artifact, Comment, Issue, PullRequest, Run
from reconciler.model.ledger import Entry
from reconciler.model.proposal import Proposal
from reconciler.model.slot import LiveSlot, SlotContent
from reconciler.model.state import LiveState


class Permission(Enum):
    """What a command may do to a tenant: an adapter asks for no more."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Sighting:
    """Live slots as they were from `at` on, a time of Clock.monotonic; None is absence."""

    at: float
    slots: Mapping[str, LiveSlot | None]


class Tenant(Protocol):
    """The system on the other side. Every method may raise a TenantError."""

    @property
    def trains_with_writes(self) -> bool:
        """Whether `store` trains the bot when asked to. Elsewhere `train` alone does."""
        ...

    def list_slots(self) -> LiveState:
        """Every live slot of the tenant, other teams' too."""
        ...

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """The live slot, or None once its absence is certain."""
        ...

    def read_ahead(self, slot_ids: Sequence[str], *, expected_absent: Collection[str]) -> Sighting:
        """The first of these slots, just before it is written; the others too where one listing
        shows them all for less, and no revision is lost by that.

        A write can follow at once. Of a slot in `expected_absent` a single 404 may be believed,
        where `read_slot` has it confirmed.
        """
        ...

    def await_turn(self) -> None:
        """Wait until a request would be sent at once."""
        ...

    def store(
        self, slot_id: str, content: SlotContent, *, train: bool, replaces: LiveSlot | None
    ) -> LiveSlot | None:
        """Store a slot as `content`, creating it if need be. `train` asks for training with it,
        only where `trains_with_writes`.

        Returns the slot as the tenant's answer shows it, which is what is live from then on, or
        None if the answer shows none.

        `replaces` is the slot as it was read just before (None: it was absent). A tenant with
        revisions refuses with ConflictError if the slot has changed since. Raises
        OutcomeUnknownError, or RetrainingFailedError if the training failed: either way, only a
        read shows whether the slot was stored.
        """
        ...

    def train(self, stored: LiveSlot) -> LiveSlot | None:
        """Train the bot on what it holds, this slot among it, and wait until it is trained or
        the metrics will show when it is.

        `stored` is the slot as it was read just before: where training needs a write, it is
        stored again unchanged. Returns the slot if the answer shows it. Raises ConflictError if
        it has changed since, RetrainingFailedError if it cannot be trained, and
        OutcomeUnknownError if that is not known.
        """
        ...

    def delete(self, slot_id: str) -> None:
        """Delete the slot. Raises UnsupportedError where the tenant cannot, NotFoundError where
        there is no such slot, or perhaps no such route, and OutcomeUnknownError where it may or
        may not be gone."""
        ...

    def revive(self, raw: Mapping[str, Any]) -> LiveSlot:
        """A slot as this tenant once sent it, from the ledger; sends nothing."""
        ...

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        """The rate that a metric has now; NotMeasured if the tenant has none yet.

        By `until`, a time of Clock.monotonic, the answer is there or UnavailableError is raised.
        """
        ...


@dataclass(frozen=True)
class Connection:
    """A tenant, and the endpoint that it and the bot are."""

    tenant: Tenant
    endpoint: Endpoint


class Ledger(Protocol):
    """The append-only record of every step, while one run has it to itself."""

    @property
    def lines(self) -> Sequence[Entry | None]:
        """What all runs have recorded, this one too; None is a line that cannot be read."""
        ...

    def append(self, event: str, /, **data: Any) -> None:
        """Record one event; it is on disk when this returns. Raises LedgerError."""
        ...

    @property
    def last_hash(self) -> str:
        """The hash of the last line: what anchors the chain outside the file."""
        ...


class LedgerStore(Protocol):
    """Where the ledger is kept. Every method may raise a LedgerError."""

    def require_usable(self) -> None:
        """Returns if this is a ledger, or could become one; touches nothing."""
        ...

    @property
    def location(self) -> str:
        """Where it is kept, for messages."""
        ...

    @property
    def paths(self) -> Collection[Path]:
        """The files that belong to it, which nothing else may write."""
        ...

    def exists(self) -> bool:
        """Whether a run has begun one."""
        ...

    def lines(self) -> Sequence[Entry | None]:
        """What all runs have recorded, read without the lock; None is a line that cannot be
        read. Empty where there is no ledger yet."""
        ...

    def verify(self) -> ChainReport:
        """Whether the lines are the ones that were written, in the order in which they were."""
        ...

    def holder(self) -> str | None:
        """What the lock says of the apply that holds it, "" where it cannot be read; None where
        none does."""
        ...

    def open(self, run_id: str) -> AbstractContextManager[Ledger]:
        """Take the lock for this run, and append. Raises LockHeldError while another has it."""
        ...


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


class Repository(Protocol):
    """One repository on GitHub. Every method may raise a GitHubError; those that create raise
    UnconfirmedWriteError where what they create may or may not be there now."""

    def viewer(self) -> Account:
        """Who this token is."""
        ...

    def comments(self, number: int) -> list[Comment]:
        """Every comment on an issue or pull request, oldest first."""
        ...

    def editor_of(self, comment: Comment) -> Account | None:
        """Who edited a comment last: its author where nobody did, None where the account is
        gone."""
        ...

    def create_comment(self, number: int, body: str) -> None:
        """Comment on an issue or pull request."""
        ...

    def update_comment(self, comment_id: int, body: str) -> None:
        """Let a comment say something else."""
        ...

    def pull_requests_with(self, commit: str) -> list[PullRequest]:
        """The pull requests that hold a commit."""
        ...

    def open_pull_requests(self, *, owner: str, branch: str) -> list[PullRequest]:
        """The open pull requests from a branch of this owner's repository."""
        ...

    def closed_pull_requests(self, *, base: str) -> list[PullRequest]:
        """Some hundred pull requests to a branch, closed or merged: those that changed last."""
        ...

    def issues(self, *, label: str | None = None) -> list[Issue]:
        """Every issue, closed ones too; of those with a label alone where one is given."""
        ...

    def closer_of(self, number: int) -> Account | None:
        """Who closed an issue; None where that is not known."""
        ...

    def create_issue(self, *, title: str, body: str, label: str) -> None:
        """Open an issue; where the token may not label it, GitHub leaves the label out."""
        ...

    def label_issue(self, number: int, *, label: str) -> None:
        """Give an issue one more label."""
        ...

    def update_issue(self, number: int, *, title: str, body: str) -> None:
        """Let an issue say something else."""
        ...

    def reopen_issue(self, number: int, *, title: str, body: str) -> None:
        """Open it again, and let it say this."""
        ...

    def close_issue(self, number: int) -> None:
        """Close it as completed."""
        ...

    def default_branch(self) -> str:
        """The name of the branch that pull requests go to."""
        ...

    def head_of(self, branch: str) -> str:
        """The commit that the branch, and no tag of its name, ends with."""
        ...

    def contains(self, *, head: str, commit: str) -> bool:
        """Whether the commit is in the history of the commit `head`."""
        ...

    def artifacts(self, name: str) -> list[Artifact]:
        """What workflow runs have left under this name."""
        ...

    def run(self, run_id: int) -> Run:
        """One workflow run."""
        ...

    def download(self, artifact_id: int, *, limit: int) -> bytes:
        """An artifact's zip archive, of at most `limit` bytes."""
        ...


class Observer(Protocol):
    """Whoever listens to what the engine and its adapters do."""

    def notice(self, event: Event) -> None:
        """Take one event, as it happens and in the thread that it happens in: whatever goes on
        waits until this returns."""
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
