"""Builds entries of a ledger about one slot, `a`, and replays them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.model.ledger import Entry, History, change_identity
from reconciler.planning.history import replay
from tests.support.build import ENDPOINT, content

CONTENT = content("a", patterns=("^b$",))
IDENTITY = change_identity(ENDPOINT, slot_id="a", after=CONTENT)


def entry(name: str, *, run: str = "run_1", **data: Any) -> Entry:
    return Entry(timestamp="", run_id=run, seq=1, event=name, prev_hash="", hash="", data=data)


def started(*, run: str = "run_1", slot_id: str = "a", **data: Any) -> Entry:
    data = {"action": "update", "identity": IDENTITY, **data}
    return entry("change_started", run=run, slot_id=slot_id, **data)


def failed(*, run: str = "run_1", **data: Any) -> Entry:
    return entry("gate_failed", run=run, slot_id="a", reason="fell", **data)


def passed(*, run: str = "run_1") -> Entry:
    return entry("gate_passed", run=run, slot_id="a")


def replayed(entries: Sequence[Entry | None]) -> History:
    """The history after these entries, as runs against ENDPOINT."""
    begun = [entry("run_started", run=f"run_{n}", target=ENDPOINT.model_dump()) for n in (1, 2, 3)]
    return replay([*begun, *entries], endpoint=ENDPOINT)


def left_open(entries: Sequence[Entry | None]) -> dict[str, str]:
    """The run of each open change, by slot id."""
    return {each.slot_id: each.run_id for each in replayed(entries).open_changes.values()}


def spelled_differently(run: str) -> Entry:
    """A run against ENDPOINT by an older version, which did not normalise the origin."""
    target = {"origin": f"{ENDPOINT.origin.upper()}:443/", "bot_id": ENDPOINT.bot_id}
    return entry("run_started", run=run, target=target)
