"""What a slot's examples must keep."""

from __future__ import annotations

from reconciler.model.problem import Severity
from reconciler.model.rule import Rule

EXAMPLE_NOT_MATCHED = Rule(
    id="example-not-matched",
    severity=Severity.ERROR,
    summary="No pattern extracts anything from a `match` example.",
)
EXAMPLE_WRONG_VALUE = Rule(
    id="example-wrong-value",
    severity=Severity.ERROR,
    summary="The patterns extract another value from a `match` example than the one it states.",
)
EXAMPLE_NOT_REJECTED = Rule(
    id="example-not-rejected",
    severity=Severity.ERROR,
    summary="A pattern extracts something from a `reject` example.",
)
AMBIGUOUS_EXAMPLE = Rule(
    id="ambiguous-example",
    severity=Severity.WARNING,
    summary="Two slots extract the same text from an example.",
)
EXAMPLES_NOT_CHECKED = Rule(
    id="examples-not-checked",
    severity=Severity.WARNING,
    summary="Not every example was tried, because too many patterns took too long.",
)
EXAMPLES_NOT_COMPARED = Rule(
    id="examples-not-compared",
    severity=Severity.WARNING,
    summary="Not every example was tried on the other slots, because there are too many.",
)
