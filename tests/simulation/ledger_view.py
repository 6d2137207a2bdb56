"""The ledger's file as an outsider reads it: its chain, and what it says about each slot.

Written independently from the contract, so that it does not repeat a mistake in the package's own
reading of the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.simulation.scenario import Content
from tests.simulation.trace import Violation

Line = dict[str, Any]


@dataclass
class Intention:
    """A change that was begun, as far as the ledger describes it."""

    run_id: str
    slot_id: str
    before: Content
    after: Content
    baselines: Mapping[str, float]
    trigger_retrain: bool
    planned_at: int
    stored: Content = None
    rejected: bool = False
    rolling_back: bool = False
    ending: str = ""

    @property
    def live(self) -> Content:
        """What is live once the change is stored: what the tenant said it stored, if it did."""
        return self.stored or self.after


@dataclass
class LedgerView:
    """Reads new whole lines. `open` are the changes that have not ended, `ended` the last one that
    has, each by slot id. `canonical` is what is compared of a slot as the API sent it, `content_of`
    of one by our names."""

    path: Path
    canonical: Callable[[Line | None], Content]
    content_of: Callable[[Line], Content]
    open: dict[str, Intention] = field(default_factory=dict)
    ended: dict[str, Intention] = field(default_factory=dict)
    _offset: int = 0
    _seq: int = 0
    _hash: str = ""

    def catch_up(self, *, planned_at: int) -> list[Line]:
        """The lines since the last call. Raises Violation if the chain is broken."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(0, 2)
            if file.tell() < self._offset:
                raise Violation(6, "the ledger has lost lines")
            file.seek(self._offset)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        lines = [self._checked(raw) for raw in whole.splitlines()]
        for line in lines:
            self._fold(line, planned_at=planned_at)
        return lines

    def _checked(self, raw: bytes) -> Line:
        try:
            line: Line = json.loads(raw)
        except ValueError:
            raise Violation(6, f"a line cannot be read: {raw[:200]!r}") from None
        bare = {key: value for key, value in line.items() if key != "hash"}
        text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        expected = hashlib.sha256(text.encode()).hexdigest()
        follows = line["prev_hash"] == self._hash and line["seq"] == self._seq + 1
        if line["hash"] != expected or not follows:
            raise Violation(6, f"the chain breaks at {text[:200]}")
        self._hash, self._seq = line["hash"], line["seq"]
        return line

    def _fold(self, line: Line, *, planned_at: int) -> None:
        event, slot_id = line["event"], line.get("slot_id")
        if event == "change_started":
            self.open[line["slot_id"]] = self._intention(line, planned_at=planned_at)
        is_stored = event == "change_recovered" and line["outcome"] == "stored"
        if is_stored and slot_id not in self.open:
            # What was rejected, and is still live, is judged again.
            ended = self.ended.pop(line["slot_id"])
            self.open[ended.slot_id] = replace(ended, rejected=False, rolling_back=False, ending="")
        change = self.open.get(slot_id) if slot_id is not None else None
        if change is None:
            return
        if event == "gate_failed" or (event == "gate_inconclusive" and not line["stands"]):
            change.rejected = True
        if event == "rollback_started":
            change.rolling_back = True
        if event == "change_applied" and line["stored"] is not None:
            change.stored = self.content_of(line["stored"])
        if _ends(line):
            change.ending = event
            self.ended[change.slot_id] = self.open.pop(change.slot_id)

    def _intention(self, line: Line, *, planned_at: int) -> Intention:
        after = line["after"]
        return Intention(
            run_id=line["run_id"],
            slot_id=line["slot_id"],
            before=self.canonical(line["before"]),
            after=None if after is None else self.content_of(after),
            baselines=line["baselines"],
            trigger_retrain=line["trigger_retrain"],
            planned_at=planned_at,
        )


def _ends(line: Line) -> bool:
    event = line["event"]
    if event == "gate_inconclusive":
        return bool(line["stands"])
    if event == "change_recovered":
        return bool(line["outcome"] != "stored")
    return event in ("gate_passed", "change_rolled_back", "rollback_failed", "change_failed")


def shown(line: Mapping[str, object]) -> str:
    """A line for the trace, without what every line has."""
    left_out = ("timestamp", "prev_hash", "hash", "seq", "run_id", "event", "identity", "before")
    shown = {key: value for key, value in line.items() if key not in left_out}
    return f"{line['event']} {json.dumps(shown)[:300]}"
