"""Training that was not part of a write: it is requested again until its outcome is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from reconciler.engine.mismatch import foreign_edit
from reconciler.engine.reading import look_closely_until
from reconciler.engine.write import IN_DOUBT, Write, pause_after, retraining_failed
from reconciler.errors import (
    RetrainingFailedError,
    TenantError,
    UnavailableError,
    UntrainableError,
)
from reconciler.model.content import SlotContent, trained_with
from reconciler.model.event import TrainingBegun, WriteRepeated
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Ports

ItemT = TypeVar("ItemT")


def trained_together(
    items: Iterable[ItemT], write_of: Callable[[ItemT], Write]
) -> list[list[ItemT]]:
    """The items in groups whose writes one training covers, in the order of their first ones."""
    groups: dict[str, list[ItemT]] = {}
    for item in items:
        write = write_of(item)
        content = write.after or (write.before.content if write.before else None)
        groups.setdefault(trained_with(content), []).append(item)
    return list(groups.values())


def train(made: Write, *, ports: Ports, max_attempts: int) -> SlotContent | None:
    """Train the bot on a slot that this write has stored or deleted, and on whatever else it holds.

    No read-back shows whether a request for training arrived, so it is sent again whenever that
    is unknown. Returns the slot in the response, if any. Raises ForeignEditError if the
    slot is no longer as stored, RetrainingFailedError, and any other TenantError if it is unknown
    whether the bot is trained.
    """
    slot_id = made.slot_id
    ports.observer.notice(TrainingBegun(slot_id=slot_id))
    error: TenantError | None = None
    for attempt in range(1, max_attempts + 1):
        held = _require_stored(made, ports=ports)
        if error is not None:
            ports.observer.notice(WriteRepeated(slot_id=slot_id, reason=error.message))
        try:
            answered = ports.tenant.train(held)
        except UntrainableError:
            raise
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


def _require_stored(made: Write, *, ports: Ports) -> LiveSlot:
    """The slot to train on: as it is stored or, once it is deleted, as it was."""
    expected = made.expected
    live = look_closely_until(made.is_stored_in, made.slot_id, ports=ports)
    if not made.is_stored_in(live):
        raise foreign_edit(made.slot_id, former=expected, ours=expected, live=canonical(live))
    if live is not None and made.after is not None:
        return replace(live, content=made.after)
    if made.before is None:
        raise ValueError(f"{made.slot_id} was neither stored nor deleted")
    return made.before
