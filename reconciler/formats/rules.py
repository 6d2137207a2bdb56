"""The JSON of `rule`, which is never parsed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.errors import ReconcilerError
from reconciler.formats.failure import failure_object, failure_of
from reconciler.formats.printing import printed
from reconciler.model.rule import Rule


def rules_json(rules: Iterable[Rule]) -> str:
    """All rules, as an array of objects."""
    return printed([_rule(rule) for rule in rules])


def rule_json(rule: Rule) -> str:
    """One rule as an object."""
    return printed(_rule(rule))


def failed_rule_json(error: ReconcilerError) -> str:
    """The error for an unknown rule, as an object."""
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
