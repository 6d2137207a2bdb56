"""Training that was not part of a write: it is requested again until its outcome is known."""

from __future__ import annotations

from dataclasses import replace

from reconciler.engine.mismatch import foreign_edit
from reconciler.engine.reading import look_closely_until
from reconciler.engine.write import IN_DOUBT, pause_after, retraining_failed
from reconciler.errors import (
    RetrainingFailedError,
    TenantError,
    UnavailableError,
)
from reconciler.model.content import SlotContent
from reconciler.model.event import TrainingBegun, WriteRepeated
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Ports


def train(
    slot_id: str, content: SlotContent, *, ports: Ports, max_attempts: int
) -> SlotContent | None:
    """Train the bot on a slot that is stored as `content`, and on whatever else is stored.

    No read-back shows whether a request for training arrived, so it is sent again whenever that
    is unknown. Returns the slot in the response, if any. Raises ForeignEditError if the
    slot is no longer as stored, RetrainingFailedError, and any other TenantError if it is unknown
    whether the bot is trained.
    """
    ports.observer.notice(TrainingBegun(slot_id=slot_id))
    error: TenantError | None = None
    for attempt in range(1, max_attempts + 1):
        stored = _require_stored(slot_id, content, ports=ports)
        if error is not None:
            ports.observer.notice(WriteRepeated(slot_id=slot_id, reason=error.message))
        try:
            answered = ports.tenant.train(replace(stored, content=content))
        except IN_DOUBT as unknown:
            error = unknown
        else:
            return answered.content if answered else None
        if attempt < max_attempts:
            pause_after(attempt, slot_id=slot_id, error=error, ports=ports)
    if isinstance(error, RetrainingFailedError):
        raise retraining_failed(max_attempts, error)
    raise UnavailableError(
        f"{slot_id} is stored, but could not be trained in {max_attempts} attempts. "
        f"{error.message if error else ''}",
        hint="Run apply again later.",
    )


def _require_stored(slot_id: str, content: SlotContent, *, ports: Ports) -> LiveSlot:
    expected = content.canonical()
    live = look_closely_until(lambda live: canonical(live) == expected, slot_id, ports=ports)
    if live is None or live.canonical != expected:
        raise foreign_edit(slot_id, former=expected, ours=expected, live=canonical(live))
    return live
