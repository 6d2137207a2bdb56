"""Whether a ledger's lines are as they were written, and in the same order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from reconciler.model.base import canonical_json
from reconciler.model.chain import Fault
from reconciler.model.ledger import line_hash, parse_line


def check_chain(lines: Sequence[bytes]) -> Iterator[Fault]:
    """Every fault of the lines, which are given without their line ends.

    A changed line no longer matches its hash. A line that was inserted, removed or moved breaks the
    chain where it was or is, because the next line names another predecessor. After a fault the
    check continues from what the line itself says, so that each fault is reported once.
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
            yield Fault(number, "was changed: its hash does not match its content")
        elif previous_hash is not None and entry.prev_hash != previous_hash:
            yield Fault(
                number,
                "does not follow the line before it: something was removed, inserted or moved here "
                f"(seq {entry.seq} after {previous_seq})",
            )
        elif previous_hash is not None and entry.seq != previous_seq + 1:
            yield Fault(number, f"has seq {entry.seq} instead of {previous_seq + 1}")
        previous_hash, previous_seq = entry.hash, entry.seq


def _is_as_written(raw: bytes) -> bool:
    """Whether the line is byte for byte in its canonical form, and its hash is right."""
    line = json.loads(raw)
    return line_hash(line) == line["hash"] and canonical_json(line) == raw
