"""What staging has proven, in another way than the tool's.

It does not trust what the ledger says of content: it knows which files each run was given, and what
staging's tenant was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.model.ledger import Entry

Content = tuple[str, ...]
"""The patterns of a slot, which is all that differs here; () is its absence."""

_ENDS = frozenset(
    {
        "change_started",
        "gate_failed",
        "gate_inconclusive",
        "rollback_started",
        "change_rolled_back",
        "rollback_failed",
        "change_failed",
        "bake_failed",
    }
)


@dataclass
class Proof:
    """The content that a slot got last, and since when it has passed, if it has."""

    content: Content
    since: datetime | None = None


@dataclass
class Files:
    """The files of each run, by run id: the content of each slot, before what differs."""

    of_run: dict[str, Mapping[str, Content]] = field(default_factory=dict)


def proofs(lines: Iterable[Entry], files: Files) -> dict[str, Proof]:
    """What the runs in staging have proven, by slot."""
    found: dict[str, Proof] = {}
    for line in lines:
        slot_id = line.data.get("slot_id")
        given = files.of_run.get(line.run_id)
        if given is None or not isinstance(slot_id, str):
            continue
        is_gone = line.event == "change_started" and line.data.get("action") == "delete"
        content = () if is_gone else given.get(slot_id, ())
        if line.event == "change_started":
            found[slot_id] = Proof(content)
        elif line.event == "slot_seen":
            healthy = line.data.get("status") == "healthy"
            known = found.get(slot_id)
            if not healthy:
                found[slot_id] = Proof(known.content if known else content)
            elif known is None or known.since is None or known.content != content:
                found[slot_id] = Proof(content, line.moment)
        elif slot_id in found and line.event == "gate_passed":
            found[slot_id].since = line.moment
        elif slot_id in found and (line.event in _ENDS or _is_not_stored(line)):
            found[slot_id].since = None
    return found


def _is_not_stored(line: Entry) -> bool:
    return line.event == "change_recovered" and line.data.get("outcome") != "stored"


def is_proven(
    found: Mapping[str, Proof], slot_id: str, *, content: Content, at: datetime, soak: timedelta
) -> bool:
    """Whether this content may be stored in production at this time."""
    proof = found.get(slot_id)
    if proof is None or proof.since is None or proof.content != content:
        return False
    return proof.since + soak <= at
