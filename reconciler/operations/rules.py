"""Look up the rules that slot files and plans must follow."""

from __future__ import annotations

from reconciler.errors import ReconcilerError
from reconciler.model.closest import closest
from reconciler.model.rule import Rule
from reconciler.model.rules import GROUPS, RULES

__all__ = ["GROUPS", "RULES", "find_rule"]


def find_rule(rule_id: str) -> Rule:
    """The rule with this id.

    Raises ReconcilerError if there is none, with the closest id as its hint.
    """
    by_id = {rule.id: rule for rule in RULES}
    if rule_id in by_id:
        return by_id[rule_id]
    close = closest(rule_id, by_id)
    raise ReconcilerError(
        f"There is no rule {rule_id!r}.",
        hint=f"Did you mean {close}?" if close else "`reconciler rule` lists all rules.",
    )
