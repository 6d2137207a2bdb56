"""What the ledger tells of each endpoint, over its whole life."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from pydantic import JsonValue

from reconciler.adapters.cognigy.v1.shapes import parse_slot
from reconciler.adapters.cognigy.v2.shapes import revived
from reconciler.errors import TenantError
from reconciler.model.chronicle import Chronicle
from reconciler.model.content import SlotContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry
from reconciler.operations import audit
from reconciler.planning.chronicle import chronicles
from reconciler.ports import LedgerStore


@dataclass(frozen=True)
class LedgerReport:
    """The entries, a chronicle of each endpoint, and the lines that cannot be read, if any."""

    location: str
    entries: tuple[Entry, ...]
    chronicles: Mapping[Endpoint, Chronicle]
    damage: str


def report(ledger: LedgerStore) -> LedgerReport:
    """Everything that the ledger tells. Raises LedgerError for a missing or unreadable ledger."""
    history = audit.history(ledger)
    return LedgerReport(
        location=ledger.location,
        entries=history.entries,
        chronicles=chronicles(history.entries, revive=_revived),
        damage=history.damage,
    )


def _revived(raw: Mapping[str, JsonValue]) -> SlotContent | None:
    """The fields of a slot that either API sent."""
    for read in (revived, partial(parse_slot, about="Reading the ledger")):
        with suppress(TenantError):
            return read(raw).content
    return None
