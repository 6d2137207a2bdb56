"""What the patterns of a slot must keep."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

NO_PATTERNS = Rule(
    id="no-patterns",
    severity=Severity.ERROR,
    summary="A slot of type `regex` has no patterns.",
)
PATTERN_EMPTY = Rule(
    id="pattern-empty",
    severity=Severity.ERROR,
    summary="A pattern is empty.",
)
PATTERN_TOO_LONG = Rule(
    id="pattern-too-long",
    severity=Severity.ERROR,
    summary="A pattern has more than 50 characters.",
)
PATTERN_INVALID = Rule(
    id="pattern-invalid",
    severity=Severity.ERROR,
    summary="A pattern is not a valid regular expression.",
)
PATTERN_UNICODE_ESCAPE = Rule(
    id="pattern-unicode-escape",
    severity=Severity.ERROR,
    summary="A pattern contains an escape that makes the tenant's retraining fail.",
)
PATTERN_TOO_COMPLEX = Rule(
    id="pattern-too-complex",
    severity=Severity.ERROR,
    summary="A pattern's counted repetitions multiply too far, or matching an "
    "example takes too long.",
)
PATTERN_CATASTROPHIC = Rule(
    id="pattern-catastrophic",
    severity=Severity.ERROR,
    summary="A pattern can cause catastrophic backtracking.",
)
PATTERN_NOT_ANALYSED = Rule(
    id="pattern-not-analysed",
    severity=Severity.WARNING,
    summary="A pattern has more than 500 characters and is not checked any further.",
)
PATTERNS_NOT_ANALYSED = Rule(
    id="patterns-not-analysed",
    severity=Severity.WARNING,
    summary="Patterns were not fully checked, because earlier ones used up the run's budget.",
)
PATTERN_NOT_ECMASCRIPT = Rule(
    id="pattern-not-ecmascript",
    severity=Severity.WARNING,
    summary="A pattern uses syntax that ECMAScript does not have, or reads differently.",
)
PATTERN_NOT_PORTABLE = Rule(
    id="pattern-not-portable",
    severity=Severity.WARNING,
    summary="A pattern uses syntax that Python does not have, or reads differently.",
)
PATTERN_MATCHES_EMPTY = Rule(
    id="pattern-matches-empty",
    severity=Severity.WARNING,
    summary="A pattern matches the empty string.",
)
PATTERN_DUPLICATE = Rule(
    id="pattern-duplicate",
    severity=Severity.WARNING,
    summary="A pattern occurs twice in one slot.",
)
PATTERN_UNREACHABLE = Rule(
    id="pattern-unreachable",
    severity=Severity.WARNING,
    summary="Under `firstMatch`, an earlier pattern always matches first.",
)
