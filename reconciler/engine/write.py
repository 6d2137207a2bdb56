"""A write whose outcome is always determined.

send ── answered ── with the former slot ── still read back after a while ──> NotStoredAsSentError
  │        │                         └───── read back as sent ──────────────> done
  │        └─────── with anything else ──> done; the slot in the answer is live
  │
  └─ outcome unknown, or refused by revision ── read back ─┐
                                                           │
        ┌──────────────────────────────────────────────────┘
        ├─ as sent, perhaps beside someone else's edit of
        │     fields that were not sent ─────────────────> done
        ├─ as sent, and this or an earlier attempt did not train: someone else stored the same
        │     │     slot, or the retraining failed
        │     └─ send again, at most max_attempts; if that is refused, training stays owed
        ├─ as before
        │     └─ send again, at most max_attempts; after the last attempt or a refusal, read for
        │        a while, because reads may lag behind a write of unknown outcome
        └─ anything else ────────────────────────────────> ForeignEditError

If the slot reads as intended even before the write (a rollback on a tenant whose reads lag), a
read-back proves nothing: such a write is done when it is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reconciler.engine.mismatch import cleared_in_vain, differing, foreign_edit
from reconciler.engine.reading import await_lag, look_closely_until
from reconciler.errors import (
    ConflictError,
    NotFoundError,
    NotStoredAsSentError,
    OutcomeUnknownError,
    RequestRejectedError,
    RetrainingFailedError,
    TenantError,
    UnavailableError,
    UnsupportedError,
)
from reconciler.model.change import Action
from reconciler.model.content import CanonicalSlot, SlotContent
from reconciler.model.event import Warned, WriteBegun, WriteInDoubt, WriteRepeated
from reconciler.model.listed import listed
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Ports

IN_DOUBT = (OutcomeUnknownError, ConflictError, RetrainingFailedError)
"""The errors after which only a read shows what is live, before anything is sent again."""
UNTRAINING = (RetrainingFailedError, ConflictError)
"""The errors after which the bot may not have been trained, even if the slot reads as sent: after a
conflict, someone else has stored the same."""
BACKOFF_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 30.0


@dataclass(frozen=True)
class Write:
    """One slot from `before`, as it was just read, to `after`; None is absence on either side.

    `undoes` is the write that this one rolls back, so that what it stored may be replaced too.
    """

    slot_id: str
    before: LiveSlot | None
    after: SlotContent | None
    train: bool
    undoes: Write | None = None

    @property
    def action(self) -> Action:
        """What it does to the live slot."""
        if self.after is None:
            return Action.DELETE
        return Action.CREATE if self.before is None else Action.UPDATE

    @property
    def expected(self) -> CanonicalSlot | None:
        """What a read-back shows once the write has been stored."""
        return self.after.canonical() if self.after else None

    @property
    def former(self) -> CanonicalSlot | None:
        """What a read-back shows while it has not."""
        return canonical(self.before)

    @property
    def replaceable(self) -> tuple[CanonicalSlot | None, ...]:
        """What the write was made to replace."""
        return (self.former, self.undoes.expected) if self.undoes else (self.former,)

    def beside(self, live: SlotContent | None) -> Write:
        """The same update, as made beside someone else's edit of fields that it does not send: from
        what the slot would be without it, to `live`. This very write if `live` is not that."""
        if self.before is None or self.after is None or live is None:
            return self
        base = self.before.content.rebased(sent=self.after, live=live)
        if base is None:
            return self
        return replace(self, before=replace(self.before, content=base), after=live)

    def is_beside(self, live: LiveSlot | None) -> bool:
        """Whether it is live next to such an edit."""
        return live is not None and self.beside(live.content) is not self

    def is_stored_in(self, live: LiveSlot | None) -> bool:
        """Whether the live slot has all that was sent."""
        return canonical(live) == self.expected or self.is_beside(live)


def carry_out(write: Write, *, ports: Ports, max_attempts: int) -> SlotContent | None:
    """Make the write; when this returns it is stored.

    Returns the slot in the tenant's response, which is live from then on, whatever was sent, or the
    one that is read next to someone else's edit of other fields; None if no response contained one.

    Raises ForeignEditError if someone else wrote; NotStoredAsSentError if the tenant accepted the
    write and kept the former slot; RetrainingFailedError if the slot is stored but cannot be
    trained; OutcomeUnknownError if the read-back failed too, or if training the stored slot could
    not be requested again; and any other TenantError if the slot is not stored.
    """
    ports.observer.notice(
        WriteBegun(slot_id=write.slot_id, action=write.action, trains=write.train)
    )
    return _Sending(write, ports=ports, max_attempts=max_attempts).carry_out()


class _Sending:
    """One write in progress: what is live as far as is known, and how each attempt ended."""

    def __init__(self, write: Write, *, ports: Ports, max_attempts: int) -> None:
        self._write = write
        self._ports = ports
        self._max_attempts = max_attempts
        self._current = write.before
        self._is_in_doubt = False
        """Whether an attempt may have been stored without a read having shown it."""
        self._may_be_untrained = False
        """Whether an attempt did not train: no later one of unknown outcome is known to have cured
        that."""

    def carry_out(self) -> SlotContent | None:
        """See the function of this name."""
        write = self._write
        error: TenantError | None = None
        stored = False
        for attempt in range(1, self._max_attempts + 1):
            if error is not None:
                self._ports.observer.notice(
                    WriteRepeated(slot_id=write.slot_id, reason=error.message)
                )
            try:
                return self._send()
            except IN_DOUBT as unknown:
                error = unknown
                self._is_in_doubt |= not isinstance(unknown, ConflictError)
                self._may_be_untrained |= write.train and isinstance(unknown, UNTRAINING)
            except TenantError as refused:
                self._end_refused(refused, stored=stored)
                return self._beside
            pause_after(attempt, slot_id=write.slot_id, error=error, ports=self._ports)
            self._read_back(error)
            stored = self._is_stored()
            if stored and not self._may_be_untrained:
                return self._beside
        self._end_exhausted(error, stored=stored)
        return self._beside

    def _send(self) -> SlotContent | None:
        """Raises a TenantError."""
        write = self._write
        if write.after is None:
            self._delete()
            return None
        answered = self._ports.tenant.store(
            write.slot_id, write.after, train=write.train, replaces=self._current
        )
        if answered is None:
            return None
        if answered.canonical == write.expected or answered.canonical not in write.replaceable:
            return answered.content
        self._require_stored(answered.content)
        return self._beside

    def _require_stored(self, answered: SlotContent) -> None:
        """After an answer that carries the former slot. Some tenants answer so whatever they
        store, so only a read shows."""
        kept = NotStoredAsSentError(
            f"The tenant accepted {self._write.slot_id}, but its answer shows the slot as it was "
            "before, and so does a read: nothing was changed "
            f"({differing(sent=self._write.after, stored=answered)}).",
            hint=_way_out(sent=self._write.after, stored=answered),
        )
        self._read_until(self._write.is_stored_in, error=kept)
        if not self._is_stored():
            raise kept

    def _delete(self) -> None:
        """A 404 may mean that there is no such slot, or no such route. A read tells them apart once
        it can no longer lag."""
        slot_id, tenant = self._write.slot_id, self._ports.tenant
        try:
            tenant.delete(slot_id)
        except NotFoundError as error:
            await_lag(slot_id, clock=self._ports.clock, observer=self._ports.observer)
            if tenant.read_slot(slot_id) is not None:
                raise UnsupportedError(
                    f"Deleting {slot_id}: this tenant cannot delete a slot over its API.",
                    hint="Delete it in the console.",
                ) from error

    def _read_back(self, error: TenantError) -> None:
        """What is live now. While reads lag, a third content may be an edit that this write has
        replaced since; and after a conflict, reads may lag behind the edit that caused it. If the
        slot still has the revision that was refused, the next attempt goes without it, so that the
        content decides."""
        write = self._write
        if not isinstance(error, ConflictError):
            self._read_until(
                lambda live: write.is_stored_in(live) or canonical(live) in write.replaceable,
                error=error,
            )
            return
        refused = _revision(self._current)
        live = self._read_until(lambda live: _revision(live) != refused, error=error)
        if live is not None and live.revision is not None and live.revision == refused:
            self._ports.observer.notice(
                Warned(
                    message=f"The tenant refused the revision {refused} of {write.slot_id}, "
                    "although the slot still has it. It is written without that check: an edit "
                    "made at this very moment would be overwritten."
                )
            )
            self._current = replace(live, revision=None)

    def _read_until(
        self, is_expected: Callable[[LiveSlot | None], bool], *, error: TenantError
    ) -> LiveSlot | None:
        """What is live from then on, as far as is known. Raises OutcomeUnknownError if it cannot be
        read, so that `error` remains unexplained."""
        try:
            self._current = look_closely_until(is_expected, self._write.slot_id, ports=self._ports)
        except TenantError as unreadable:
            raise OutcomeUnknownError(
                f"{error.message} Reading it back failed too: {unreadable.message}",
                status=None,
                hint="The ledger holds the change as open.",
            ) from unreadable
        return self._current

    def _is_stored(self) -> bool:
        write, live = self._write, canonical(self._current)
        if live == write.expected:
            return write.former != write.expected
        if live in write.replaceable:
            return False
        if write.is_beside(self._current):
            return True
        raise foreign_edit(write.slot_id, former=write.former, ours=write.expected, live=live)

    @property
    def _beside(self) -> SlotContent | None:
        """What is live, if that is the write next to someone else's edit."""
        live = self._current
        return live.content if live is not None and self._write.is_beside(live) else None

    def _is_stored_after_all(self, error: TenantError) -> bool:
        """Whether an attempt of unknown outcome shows as stored within the time that reads lag."""
        write = self._write
        if not self._is_in_doubt or write.former == write.expected:
            return False
        self._read_until(write.is_stored_in, error=error)
        return self._is_stored()

    def _end_refused(self, refused: TenantError, *, stored: bool) -> None:
        """Raises what the refusal means, unless the write is stored anyway."""
        if not stored and not self._is_stored_after_all(refused):
            raise refused
        if self._may_be_untrained:
            raise _untrained(self._write, refused) from refused

    def _end_exhausted(self, error: TenantError | None, *, stored: bool) -> None:
        """Raises the error for a write that no attempt got answered, unless it is stored."""
        late = not stored and error is not None and self._is_stored_after_all(error)
        if stored or (late and self._may_be_untrained):
            raise retraining_failed(self._max_attempts, error)
        if not late:
            raise UnavailableError(
                f"{self._write.slot_id} could not be written in {self._max_attempts} attempts. "
                f"{error.message if error else ''}",
                hint="It was read back unchanged. Run apply again later.",
            )


def _way_out(*, sent: SlotContent | None, stored: SlotContent) -> str:
    """What to do about a write that left the slot as it was."""
    kept = cleared_in_vain(sent=sent, stored=stored)
    if not kept:
        return "Check the file against what the tenant allows."
    return (
        f"The tenant does not unset {listed(kept)}. Clear it in the console, or leave it out of "
        "the file, so that it is not managed."
    )


def _revision(live: LiveSlot | None) -> str | None:
    """The slot that a condition of the write requires; None is absence."""
    return (live.revision or "") if live else None


def retraining_failed(attempts: int, error: TenantError | None) -> RetrainingFailedError:
    """The error after so many attempts to train, of which the last ended with `error`."""
    reason = error.message if error else ""
    return RetrainingFailedError(f"The retraining failed {attempts} times. {reason}")


def pause_after(attempt: int, *, slot_id: str, error: TenantError, ports: Ports) -> None:
    """Wait after the attempt of this number, from 1, which ended with this error."""
    seconds = min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2 ** (attempt - 1))
    ports.observer.notice(
        WriteInDoubt(
            slot_id=slot_id,
            reason=error.message,
            seconds=seconds,
            until=ports.clock.monotonic() + seconds,
        )
    )
    ports.clock.sleep(seconds)


def _untrained(write: Write, refused: TenantError) -> TenantError:
    """The error for a stored slot whose retraining failed and could not be requested again."""
    if isinstance(refused, RequestRejectedError):
        return RetrainingFailedError(f"The retraining failed, then: {refused.message}")
    return OutcomeUnknownError(
        f"{write.slot_id} is stored, but its retraining failed and could not be requested again. "
        f"{refused.message}",
        status=None,
        hint="The ledger holds the change as open.",
    )
