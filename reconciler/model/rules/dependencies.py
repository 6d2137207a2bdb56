"""What one slot may say of another."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

SELF_DEPENDENCY = Rule(
    id="self-dependency",
    severity=Severity.ERROR,
    summary="A slot depends on itself.",
)
REPEATED_DEPENDENCY = Rule(
    id="repeated-dependency",
    severity=Severity.ERROR,
    summary="A slot lists the same dependency twice.",
)
ABSENT_DEPENDENCY = Rule(
    id="absent-dependency",
    severity=Severity.ERROR,
    summary="A slot depends on one that is `state: absent`.",
)
UNKNOWN_DEPENDENCY = Rule(
    id="unknown-dependency",
    severity=Severity.WARNING,
    severity_in_plan=Severity.ERROR,
    summary="A slot depends on one that no file describes.",
)
UNKNOWN_WATCH = Rule(
    id="unknown-watch",
    severity=Severity.WARNING,
    severity_in_plan=Severity.ERROR,
    summary="A slot watches one that no file describes.",
)
DEPENDENCY_CYCLE = Rule(
    id="dependency-cycle",
    severity=Severity.ERROR,
    summary="Dependencies form a cycle.",
)
