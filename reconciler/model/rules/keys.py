"""What a slot file and reconciler.yaml may say."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

MISSING_KEY = Rule(
    id="missing-key",
    severity=Severity.ERROR,
    summary="A required key is missing.",
)
UNKNOWN_KEY = Rule(
    id="unknown-key",
    severity=Severity.ERROR,
    summary="A key is misspelled or unknown.",
)
WRONG_TYPE = Rule(
    id="wrong-type",
    severity=Severity.ERROR,
    summary="A value has the wrong type.",
)
BAD_VALUE = Rule(
    id="bad-value",
    severity=Severity.ERROR,
    summary="A value is out of range, or not one of the choices.",
)
