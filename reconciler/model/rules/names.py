"""Rules that keep ids, names and other text distinguishable."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

DUPLICATE_SLOT_ID = Rule(
    id="duplicate-slot-id",
    severity=Severity.ERROR,
    summary="Two files describe slots with the same `slot_id`.",
)
DUPLICATE_NAME = Rule(
    id="duplicate-name",
    severity=Severity.ERROR,
    summary="Two slots have the same name.",
)
TEXT_NOT_NFC = Rule(
    id="text-not-nfc",
    severity=Severity.WARNING,
    summary="Text is not in Unicode's composed form (NFC).",
)
