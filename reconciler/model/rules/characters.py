"""What patterns should not contain, because hardly anybody types it on purpose."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

PATTERN_LINE_BREAK = Rule(
    id="pattern-line-break",
    severity=Severity.WARNING,
    summary="A pattern contains a line break.",
)
PATTERN_OUTER_BLANK = Rule(
    id="pattern-outer-blank",
    severity=Severity.WARNING,
    summary="A pattern begins or ends with a space or tab.",
)
PATTERN_ODD_SPACE = Rule(
    id="pattern-odd-space",
    severity=Severity.WARNING,
    summary="A pattern contains a no-break or typographic space.",
)
PATTERN_INVISIBLE_CHARACTER = Rule(
    id="pattern-invisible-character",
    severity=Severity.WARNING,
    summary="A pattern contains an invisible character.",
)
PATTERN_CURLY_QUOTE = Rule(
    id="pattern-curly-quote",
    severity=Severity.WARNING,
    summary="A pattern contains a curly quote but not the straight one.",
)
