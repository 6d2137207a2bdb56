"""The JSON of `rule`, which nobody reads back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.errors import ReconcilerError
from reconciler.formats.failure import failure_object, failure_of
from reconciler.formats.printing import printed
from reconciler.model.rule import Rule


def rules_json(rules: Iterable[Rule]) -> str:
    """An array with an object for each rule."""
    return printed([_rule(rule) for rule in rules])


def rule_json(rule: Rule) -> str:
    """One rule as an object."""
    return printed(_rule(rule))


def failed_rule_json(error: ReconcilerError) -> str:
    """An object that says why there is no rule to show."""
    return printed({"error": failure_object(failure_of(error))})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "why": rule.why,
        "fix": rule.fix,
        "example": rule.example.model_dump() if rule.example else None,
    }
