from __future__ import annotations

import pytest

from reconciler.errors import ReconcilerError
from reconciler.operations.rules import GROUPS, RULES, find_rule


def test_each_rule_is_found_by_its_id() -> None:
    assert [find_rule(rule.id) for rule in RULES] == list(RULES)
    assert GROUPS


@pytest.mark.parametrize(
    ("rule_id", "hint"),
    [
        ("unknown-dependncy", "Did you mean unknown-dependency?"),
        ("xyzzy", "`reconciler rule` lists all rules."),
    ],
)
def test_a_rule_that_does_not_exist_is_an_error_with_the_closest_one(
    rule_id: str, hint: str
) -> None:
    with pytest.raises(ReconcilerError, match=f"There is no rule '{rule_id}'") as caught:
        find_rule(rule_id)
    assert caught.value.hint == hint
