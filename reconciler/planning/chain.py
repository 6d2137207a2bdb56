"""Whether a ledger's lines are the ones that were written, in the order in which they were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from reconciler.model.base import canonical_json
from reconciler.model.chain import Fault
from reconciler.model.ledger import line_hash, parse_line


def check_chain(lines: Sequence[bytes]) -> Iterator[Fault]:
    """Every fault of the lines, which stand without their line ends.

    A changed line is no longer what its hash was taken over. A line that was inserted, removed or
    moved breaks the chain where it stood or stands: the next line names another predecessor. After
    a fault the chain is followed from what the line itself says, so that one fault is told once.
    """
    previous_hash: str | None = ""
    previous_seq = 0
    for number, raw in enumerate(lines, start=1):
        entry = parse_line(raw)
        if entry is None:
            yield Fault(number, "is not a line of the ledger: it cannot be read")
            previous_hash = None
            continue
        if not _is_as_written(raw):
            yield Fault(number, "was changed: its hash is not that of its contents")
        elif previous_hash is not None and entry.prev_hash != previous_hash:
            yield Fault(
                number,
                "does not follow the line before it: something was removed, inserted or moved here "
                f"(seq {entry.seq} after {previous_seq})",
            )
        elif previous_hash is not None and entry.seq != previous_seq + 1:
            yield Fault(number, f"has seq {entry.seq}, and should have {previous_seq + 1}")
        previous_hash, previous_seq = entry.hash, entry.seq


def _is_as_written(raw: bytes) -> bool:
    """Byte for byte the canonical form of what it says, and hashed as it says."""
    line = json.loads(raw)
    return line_hash(line) == line["hash"] and canonical_json(line) == raw
