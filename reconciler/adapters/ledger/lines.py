"""The lines of a ledger, which are the same in every store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.errors import LedgerError
from reconciler.model.base import canonical_json, rfc3339
from reconciler.model.ledger import Entry, line_hash
from reconciler.ports import Clock


class Lines:
    """The lines of a ledger, and the one that follows them. `seq` and `last_hash` are those of the
    last line; 0 and "" before the first."""

    def __init__(
        self, entries: Iterable[Entry | None], *, location: str, run_id: str, clock: Clock
    ) -> None:
        self._entries = list(entries)
        self._location = location
        self._run_id = run_id
        self._clock = clock
        self.seq = 0
        self.last_hash = ""

    @property
    def entries(self) -> tuple[Entry | None, ...]:
        """All of them; None is an invalid line."""
        return tuple(self._entries)

    def next(self, event: str, data: Mapping[str, Any]) -> tuple[bytes, Entry]:
        """The next line in canonical JSON, without its line end, and its entry. Raises LedgerError
        for data that cannot be recorded."""
        line: dict[str, Any] = {
            **data,
            "timestamp": rfc3339(self._clock.now()),
            "run_id": self._run_id,
            "seq": self.seq + 1,
            "event": event,
            "prev_hash": self.last_hash,
        }
        try:
            line["hash"] = line_hash(line)
            return canonical_json(line), Entry.from_line(line)
        except (ValueError, RecursionError) as error:
            raise LedgerError(
                f"The ledger {self._location} cannot record {event}: {error}",
                hint="The tenant may have sent a slot whose JSON is nested too deeply.",
            ) from error

    def grow(self, entry: Entry) -> None:
        """Take this entry as recorded."""
        self._entries.append(entry)
        self.seq, self.last_hash = entry.seq, entry.hash
