"""A write whose outcome is always found out.

send ── answered ── with the former slot ── it reads so for a while ─> NotStoredAsSentError
  │        │                         └───── it reads as wanted ──────> done
  │        └─────── with anything else ────────> done; the answer's slot is what is live
  │
  └─ unknown, or refused by ETag ── read back ─┬─ as wanted ──────────> done
                                               ├─ as wanted, and the retraining failed, now or at
                                               │  an earlier attempt
                                               │     └─ send again, at most max_attempts; where
                                               │        that is refused, it stays owed
                                               ├─ as before
                                               │     └─ send again, at most max_attempts; then, and
                                               │        after a refusal, read for a while: reads
                                               │        may lag behind a write of unknown outcome
                                               └─ anything else ──────> ForeignEditError

A write of what reads as live already (a rollback, where reads lag or somebody was faster) proves
nothing by a read-back: it is done when it is answered. A PUT that only trains what is stored
already is sent again whenever its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.engine.check import look_closely
from reconciler.engine.mismatch import differing, foreign_edit
from reconciler.engine.reading import LAG_SECONDS, read_until
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
from reconciler.model.event import Warned, WriteRepeated
from reconciler.model.slot import CanonicalSlot, LiveSlot, SlotContent, canonical
from reconciler.ports import Ports

RETRAINING_FAILED_STATUS = 500
"""The vendor's status for patterns that cannot be trained; 502 to 504 come from before it."""
BACKOFF_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 30.0


@dataclass(frozen=True)
class Write:
    """One slot from `before` (as it was just read) to `after`; None is absence on either side.

    `undoes` is the write that this one takes back, so that its slot may be replaced too.
    """

    slot_id: str
    before: LiveSlot | None
    after: SlotContent | None
    retrain: bool
    undoes: Write | None = None

    @property
    def wanted(self) -> CanonicalSlot | None:
        """What a read-back shows once the write has been stored."""
        return self.after.canonical() if self.after else None

    @property
    def former(self) -> CanonicalSlot | None:
        """What a read-back shows while it has not."""
        return canonical(self.before)

    @property
    def replaceable(self) -> tuple[CanonicalSlot | None, ...]:
        """What the write was made to replace."""
        return (self.former, self.undoes.wanted) if self.undoes else (self.former,)


def carry_out(write: Write, *, ports: Ports, max_attempts: int) -> SlotContent | None:
    """Make the write; when this returns it is stored.

    Returns the slot that the tenant's answer carried: what is live from then on, whatever was
    sent. None where no answer carried one.

    Raises ForeignEditError where somebody else wrote; NotStoredAsSentError where the tenant
    accepted it and kept the former slot; RetrainingFailedError where it is stored and cannot be
    trained; OutcomeUnknownError where the read-back failed too, or the training of what is stored
    could not be asked for again, so that nobody knows; and any other TenantError where it is not
    stored.
    """
    return _Sending(write, ports=ports, max_attempts=max_attempts).carry_out()


class _Sending:
    """One write on its way: what is live as far as is known, and what became of each attempt."""

    def __init__(self, write: Write, *, ports: Ports, max_attempts: int) -> None:
        self._write = write
        self._ports = ports
        self._max_attempts = max_attempts
        self._current = write.before
        self._is_in_doubt = False
        """Whether an attempt may have been stored without our having seen it."""
        self._has_failed_to_train = False
        """Whether an attempt has: no later one of unknown outcome is known to have cured it."""

    def carry_out(self) -> SlotContent | None:
        """As the function of this name."""
        write = self._write
        error: TenantError | None = None
        stored = False
        for attempt in range(1, self._max_attempts + 1):
            try:
                return self._send()
            except (OutcomeUnknownError, ConflictError) as unknown:
                error = unknown
                self._is_in_doubt |= isinstance(unknown, OutcomeUnknownError)
                self._has_failed_to_train |= _retraining_failed(unknown)
            except TenantError as refused:
                self._end_refused(refused, stored=stored)
                return None
            _pause(attempt, ports=self._ports)
            self._read_back(error)
            stored = self._is_stored()
            if stored and not self._may_be_untrained:
                return None
            self._ports.observer.notice(WriteRepeated(slot_id=write.slot_id, reason=error.message))
        self._end_exhausted(error, stored=stored)
        return None

    def _send(self) -> SlotContent | None:
        """Raises a TenantError."""
        write = self._write
        if write.after is None:
            self._delete()
            return None
        answered = self._ports.tenant.put_slot(
            write.slot_id, write.after, retrain=write.retrain, replaces=self._current
        )
        if answered is None:
            return None
        if answered.canonical == write.wanted or answered.canonical not in write.replaceable:
            return answered.content
        self._require_stored(answered.content)
        return None

    def _require_stored(self, answered: SlotContent) -> None:
        """After an answer with the former slot, which is what some tenants answer with whatever
        they store: only a read tells."""
        kept = NotStoredAsSentError(
            f"The tenant accepted {self._write.slot_id}, but its answer shows the slot as it was "
            "before, and so does a read: nothing was changed "
            f"({differing(sent=self._write.after, stored=answered)}).",
            hint="Compare the file with what the tenant allows.",
        )
        self._read_until(lambda live: canonical(live) == self._write.wanted, error=kept)
        if not self._is_stored():
            raise kept

    def _delete(self) -> None:
        """A tenant that has no such slot may lack the route just as well. A read tells them apart
        once it can no longer lag."""
        slot_id, tenant = self._write.slot_id, self._ports.tenant
        try:
            tenant.delete_slot(slot_id)
        except NotFoundError as error:
            self._ports.clock.sleep(LAG_SECONDS)
            if tenant.read_slot(slot_id) is not None:
                raise UnsupportedError(
                    f"Deleting {slot_id}: this tenant cannot delete a slot over its API.",
                    hint="Delete it in the console.",
                ) from error

    def _read_back(self, error: TenantError) -> None:
        """What is live now. A third content may be an edit that this write has replaced since,
        while reads lag; and after a conflict they may lag behind what was met. Where the slot bears
        the tag that was refused all the same, it is left out, so that the content decides."""
        write = self._write
        if not isinstance(error, ConflictError):
            ours = (write.wanted, *write.replaceable)
            self._read_until(lambda live: canonical(live) in ours, error=error)
            return
        refused = _tag(self._current)
        live = self._read_until(lambda live: _tag(live) != refused, error=error)
        if live is not None and live.etag is not None and live.etag == refused:
            self._ports.observer.notice(
                Warned(
                    message=f"The tenant refused the ETag {refused} of {write.slot_id}, which the "
                    "slot still has. It is written without one: an edit made at that very moment "
                    "would be overwritten."
                )
            )
            self._current = live.model_copy(update={"etag": None})

    def _read_until(
        self, is_expected: Callable[[LiveSlot | None], bool], *, error: TenantError
    ) -> LiveSlot | None:
        """What is live from then on, as far as is known. Raises OutcomeUnknownError where it cannot
        be read, which leaves open what `error` means."""
        slot_id, ports = self._write.slot_id, self._ports
        try:
            self._current = read_until(
                is_expected, look=lambda: look_closely(slot_id, ports=ports), clock=ports.clock
            )
        except TenantError as unreadable:
            raise OutcomeUnknownError(
                f"{error.message} Reading it back failed too: {unreadable.message}",
                status=None,
                hint="The ledger holds the change as open.",
            ) from unreadable
        return self._current

    def _is_stored(self) -> bool:
        write, found = self._write, canonical(self._current)
        if found == write.wanted:
            return write.former != write.wanted
        if found in write.replaceable:
            return False
        raise foreign_edit(write.slot_id, former=write.former, wanted=write.wanted, found=found)

    def _is_stored_after_all(self, error: TenantError) -> bool:
        """Whether an attempt of unknown outcome shows up as stored within the reads' lag."""
        write = self._write
        if not self._is_in_doubt or write.former == write.wanted:
            return False
        self._read_until(lambda live: canonical(live) == write.wanted, error=error)
        return self._is_stored()

    def _end_refused(self, refused: TenantError, *, stored: bool) -> None:
        """Raises what the refusal means, unless the write is stored all the same."""
        if not stored and not self._is_stored_after_all(refused):
            raise refused
        if stored or self._may_be_untrained:
            raise _untrained(self._write, refused) from refused

    def _end_exhausted(self, error: TenantError | None, *, stored: bool) -> None:
        """Raises what it means that no attempt was answered, unless the write is stored."""
        reason = error.message if error else ""
        late = not stored and error is not None and self._is_stored_after_all(error)
        if stored or (late and self._may_be_untrained):
            raise RetrainingFailedError(
                f"The retraining failed {self._max_attempts} times. {reason}"
            )
        if not late:
            raise UnavailableError(
                f"{self._write.slot_id} could not be written in {self._max_attempts} attempts. "
                f"{reason}",
                hint="It was read back and is as it was; run apply again later.",
            )

    @property
    def _may_be_untrained(self) -> bool:
        return self._write.retrain and self._has_failed_to_train


def train(
    slot_id: str, content: SlotContent, *, ports: Ports, max_attempts: int
) -> SlotContent | None:
    """Have a slot trained that is stored as `content` already: by another PUT of the same.

    No read-back shows whether it arrived, so whatever leaves that open is sent again. Returns the
    slot that the answer carried, if any. Raises ForeignEditError where the slot is another one by
    now, RetrainingFailedError, and any other TenantError where nobody knows whether it is trained.
    """
    error: TenantError | None = None
    stored = content.canonical()
    for attempt in range(1, max_attempts + 1):
        live = read_until(
            lambda live: canonical(live) == stored,
            look=lambda: look_closely(slot_id, ports=ports),
            clock=ports.clock,
        )
        if canonical(live) != stored:
            raise foreign_edit(slot_id, former=stored, wanted=stored, found=canonical(live))
        try:
            answered = ports.tenant.put_slot(slot_id, content, retrain=True, replaces=live)
        except (OutcomeUnknownError, ConflictError) as unknown:
            error = unknown
        else:
            return answered.content if answered else None
        ports.observer.notice(WriteRepeated(slot_id=slot_id, reason=error.message))
        _pause(attempt, ports=ports)
    reason = error.message if error else ""
    if error is not None and _retraining_failed(error):
        raise RetrainingFailedError(f"The retraining failed {max_attempts} times. {reason}")
    raise UnavailableError(
        f"{slot_id} is stored, but could not be trained in {max_attempts} attempts. {reason}",
        hint="Run apply again later.",
    )


def _tag(live: LiveSlot | None) -> str | None:
    """What a condition on the slot is held to; None is absence."""
    return (live.etag or "") if live else None


def _pause(attempt: int, *, ports: Ports) -> None:
    """Wait after the attempt of this number, from 1."""
    ports.clock.sleep(min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2 ** (attempt - 1)))


def _untrained(write: Write, refused: TenantError) -> TenantError:
    """What it means that a slot is stored, its retraining failed, and sending it again was
    refused."""
    if isinstance(refused, RequestRejectedError):
        return RetrainingFailedError(f"The retraining failed, then: {refused.message}")
    return OutcomeUnknownError(
        f"{write.slot_id} is stored, but its retraining failed, and could not be asked for again. "
        f"{refused.message}",
        status=None,
        hint="The ledger holds the change as open.",
    )


def _retraining_failed(error: TenantError) -> bool:
    return isinstance(error, OutcomeUnknownError) and error.status == RETRAINING_FAILED_STATUS
