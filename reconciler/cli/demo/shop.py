"""The example bot of an online shop, at the pace of a demo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from reconciler.model.slot import DesiredSlot
from reconciler.sandbox.v1.settings import SandboxSettings

EXAMPLE_SLOT = "slot_8f3a9c2d"
"""The slot order_number of the example bot, which gets the bad pattern."""
EXAMPLE_BOT = {EXAMPLE_SLOT, "slot_customer_id", "slot_region_code", "slot_tracking_number"}
"""Slots that identify the example bot, whose traffic is the packaged corpus."""
PACE = SandboxSettings(
    training_seconds=0.2, window_seconds=0.5, traffic_per_second=2000, requests_per_minute=6000
)
GATE = {"settle_seconds": 0.9, "poll_interval_seconds": 0.2, "timeout_seconds": 2.0}
"""The settle time is longer than training and window together, so that only traffic after a change
counts. The window covers exactly four rounds of the corpus, so that rates only move for a
reason."""


def packaged_slots() -> Path:
    """The examples in the wheel, or in the checkout that this runs from."""
    packaged = Path(str(files("reconciler.sandbox.v1"))) / "data" / "slots"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "slots"


def without_dash(pattern: str) -> str:
    """The example's pattern without the literal dash before the digits."""
    return pattern.replace("-\\d", "\\d")


def document_of(slot: DesiredSlot) -> dict[str, Any]:
    """A slot as a document for a file, without its examples."""
    content = slot.content.as_json() if slot.content else {}
    gate = slot.gate.model_dump(mode="json", exclude_none=True)
    return {"slot_id": slot.slot_id, **content, "gate": gate}


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write it as JSON, which is YAML too."""
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
