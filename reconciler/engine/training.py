"""Training that no write brought: asked for again until it is known how it ended."""

from __future__ import annotations

from reconciler.engine.mismatch import foreign_edit
from reconciler.engine.reading import look_closely, read_until
from reconciler.engine.write import pause_after
from reconciler.errors import (
    ConflictError,
    OutcomeUnknownError,
    RetrainingFailedError,
    TenantError,
    UnavailableError,
)
from reconciler.model.event import TrainingBegun, WriteRepeated
from reconciler.model.slot import LiveSlot, SlotContent, canonical
from reconciler.ports import Ports


def train(
    slot_id: str, content: SlotContent, *, ports: Ports, max_attempts: int
) -> SlotContent | None:
    """Train the bot on a slot that is stored as `content`, and on whatever else is stored.

    No read-back shows whether a request for training arrived, so it is sent again whenever that
    is unknown. Returns the slot that the answer carried, if any. Raises ForeignEditError if the
    slot is no longer as stored, RetrainingFailedError, and any other TenantError if nobody knows
    whether the bot is trained.
    """
    ports.observer.notice(TrainingBegun(slot_id=slot_id))
    error: TenantError | None = None
    for attempt in range(1, max_attempts + 1):
        stored = _require_stored(slot_id, content, ports=ports)
        if error is not None:
            ports.observer.notice(WriteRepeated(slot_id=slot_id, reason=error.message))
        try:
            answered = ports.tenant.train(stored.model_copy(update={"content": content}))
        except (OutcomeUnknownError, ConflictError, RetrainingFailedError) as unknown:
            error = unknown
        else:
            return answered.content if answered else None
        if attempt < max_attempts:
            pause_after(attempt, slot_id=slot_id, error=error, ports=ports)
    reason = error.message if error else ""
    if isinstance(error, RetrainingFailedError):
        raise RetrainingFailedError(f"The retraining failed {max_attempts} times. {reason}")
    raise UnavailableError(
        f"{slot_id} is stored, but could not be trained in {max_attempts} attempts. {reason}",
        hint="Run apply again later.",
    )


def _require_stored(slot_id: str, content: SlotContent, *, ports: Ports) -> LiveSlot:
    expected = content.canonical()
    live = read_until(
        lambda live: canonical(live) == expected,
        slot_id=slot_id,
        look=lambda: look_closely(slot_id, ports=ports),
        clock=ports.clock,
        observer=ports.observer,
    )
    if live is None or live.canonical != expected:
        raise foreign_edit(slot_id, former=expected, ours=expected, live=canonical(live))
    return live
