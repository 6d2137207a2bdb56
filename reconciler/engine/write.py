"""A write whose outcome is always found out.

send ── answered ──────────────────────────────> done
  │
  └─ unknown, or refused by ETag ── read back ─┬─ as wanted ──────────> done
                                               ├─ as wanted, and the retraining failed, now or at
                                               │  an earlier attempt
                                               │     └─ send again, at most max_attempts; where
                                               │        that is refused, it stays owed
                                               ├─ as before
                                               │     └─ send again, at most max_attempts
                                               └─ anything else ──────> ForeignEditError

A PUT that only trains what is stored already is sent again whenever its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.engine.check import look_closely
from reconciler.errors import (
    ConflictError,
    ForeignEditError,
    OutcomeUnknownError,
    RequestRejectedError,
    RetrainingFailedError,
    TenantError,
    UnavailableError,
)
from reconciler.model.slot import CanonicalSlot, LiveSlot, SlotContent
from reconciler.ports import Ports

RETRAINING_FAILED_STATUS = 500
"""The vendor's status for patterns that cannot be trained; 502 to 504 come from before it."""
BACKOFF_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 30.0


@dataclass(frozen=True)
class Write:
    """One slot from `before` (as it was just read) to `after`; None is absence on either side."""

    slot_id: str
    before: LiveSlot | None
    after: SlotContent | None
    retrain: bool

    @property
    def wanted(self) -> CanonicalSlot | None:
        """What a read-back shows once the write has been stored."""
        return self.after.canonical() if self.after else None

    @property
    def former(self) -> CanonicalSlot | None:
        """What a read-back shows while it has not."""
        return self.before.canonical if self.before else None


def carry_out(write: Write, *, ports: Ports, max_attempts: int) -> None:
    """Make the write; when this returns it is stored.

    Raises ForeignEditError where somebody else wrote; RetrainingFailedError where it is stored
    and cannot be trained; OutcomeUnknownError where the read-back failed too, or the training of
    what is stored could not be asked for again, so that nobody knows; and any other TenantError
    where it is not stored.
    """
    current = write.before
    error: TenantError | None = None
    stored = owes_training = False
    for attempt in range(1, max_attempts + 1):
        try:
            _sender(write, ports)(current)
            return
        except (OutcomeUnknownError, ConflictError) as unknown:
            error = unknown
        except TenantError as refused:
            if stored:
                raise _untrained(write, refused) from refused
            raise
        _pause(attempt, ports=ports)
        current = _read_back(write, error, ports=ports)
        stored = _is_stored(write, current)
        # What was stored by an earlier attempt says nothing about whether this one has trained it.
        owes_training = stored and (owes_training or _retraining_failed(error))
        if stored and not (write.retrain and owes_training):
            return
        ports.observer.write_repeated(write.slot_id, error.message)
    reason = error.message if error else ""
    if stored:
        raise RetrainingFailedError(f"The retraining failed {max_attempts} times. {reason}")
    raise UnavailableError(
        f"{write.slot_id} could not be written in {max_attempts} attempts. {reason}",
        hint="It was read back and is as it was; run apply again later.",
    )


def train(slot_id: str, content: SlotContent, *, ports: Ports, max_attempts: int) -> None:
    """Have a slot trained that is stored as `content` already: by another PUT of the same.

    No read-back shows whether it arrived, so whatever leaves that open is sent again. Raises
    ForeignEditError where the slot is another one by now, RetrainingFailedError, and any other
    TenantError where nobody knows whether it is trained.
    """
    error: TenantError | None = None
    for attempt in range(1, max_attempts + 1):
        live = look_closely(slot_id, ports=ports)
        found, stored = live.canonical if live else None, content.canonical()
        if found != stored:
            raise foreign_edit(slot_id, former=stored, wanted=stored, found=found)
        try:
            ports.tenant.put_slot(slot_id, content, retrain=True, replaces=live)
            return
        except (OutcomeUnknownError, ConflictError) as unknown:
            error = unknown
        ports.observer.write_repeated(slot_id, error.message)
        _pause(attempt, ports=ports)
    reason = error.message if error else ""
    if error is not None and _retraining_failed(error):
        raise RetrainingFailedError(f"The retraining failed {max_attempts} times. {reason}")
    raise UnavailableError(
        f"{slot_id} is stored, but could not be trained in {max_attempts} attempts. {reason}",
        hint="Run apply again later.",
    )


def _sender(write: Write, ports: Ports) -> Callable[[LiveSlot | None], None]:
    if write.after is None:
        return lambda _current: ports.tenant.delete_slot(write.slot_id)
    content = write.after
    return lambda current: ports.tenant.put_slot(
        write.slot_id, content, retrain=write.retrain, replaces=current
    )


def _pause(attempt: int, *, ports: Ports) -> None:
    """Wait after the attempt of this number, from 1."""
    ports.clock.sleep(min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2 ** (attempt - 1)))


def _read_back(write: Write, error: TenantError, *, ports: Ports) -> LiveSlot | None:
    try:
        return look_closely(write.slot_id, ports=ports)
    except TenantError as unreadable:
        raise OutcomeUnknownError(
            f"{error.message} Reading it back failed too: {unreadable.message}",
            status=None,
            hint="The ledger holds the change as open.",
        ) from unreadable


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


def _is_stored(write: Write, live: LiveSlot | None) -> bool:
    found = live.canonical if live else None
    if found == write.wanted:
        return True
    if found == write.former:
        return False
    raise foreign_edit(write.slot_id, former=write.former, wanted=write.wanted, found=found)


def _retraining_failed(error: TenantError) -> bool:
    return isinstance(error, OutcomeUnknownError) and error.status == RETRAINING_FAILED_STATUS


def foreign_edit(
    slot_id: str,
    *,
    former: CanonicalSlot | None,
    wanted: CanonicalSlot | None,
    found: CanonicalSlot | None,
) -> ForeignEditError:
    """The report of all three: what it was, what we wrote or meant to, what it is."""
    return ForeignEditError(
        f"Somebody else changed {slot_id} meanwhile, and nothing was written over it. "
        f"Before: {_shown(former)}. Ours: {_shown(wanted)}. Live now: {_shown(found)}.",
        hint="Find out who, then plan again.",
    )


def _shown(slot: CanonicalSlot | None) -> str:
    return slot.model_dump_json() if slot else "(no slot)"
