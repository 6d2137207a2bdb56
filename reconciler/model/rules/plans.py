"""What only a plan can break, for it takes the live slots to see it."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

UNKNOWN_TARGET = Rule(
    id="unknown-target",
    severity=Severity.ERROR,
    summary="`--target` names a slot that no file describes.",
)
UNREADABLE_SLOT = Rule(
    id="unreadable-slot",
    severity=Severity.ERROR,
    summary="A managed slot is live in a form that cannot be read.",
)
PROTECTED = Rule(
    id="protected",
    severity=Severity.ERROR,
    summary="The plan would delete a protected slot.",
)
DELETION_IN_USE = Rule(
    id="deletion-in-use",
    severity=Severity.ERROR,
    summary="The plan would delete a slot that another still depends on.",
)
