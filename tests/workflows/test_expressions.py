"""The evaluator itself: known expressions give the right result, and unknown ones raise."""

from __future__ import annotations

import pytest

from tests.workflows.expressions import UnknownExpressionError, holds, interpolated

CONTEXTS = {
    "github": {"ref": "refs/heads/main", "event": {"number": 7}},
    "steps": {"ledger": {"outcome": "success", "outputs": {"restored": "true"}}},
    "vars": {},
}


@pytest.mark.parametrize(
    ("condition", "after_success", "after_failure"),
    [
        (None, True, False),
        ("github.ref == 'refs/heads/main'", True, False),
        ("github.ref != 'refs/heads/main'", False, False),
        ("always()", True, True),
        ("${{ !cancelled() }}", True, True),
        ("always() && steps.ledger.outputs.restored == 'true'", True, True),
        ("always() && steps.ledger.outcome == 'skipped'", False, False),
        ("steps.ledger.outputs.other != 'true'", True, False),
        ("(github.ref == 'x' || vars.other == '') && github.event.number == '7'", True, False),
        ("github.ref == 'REFS/HEADS/MAIN'", True, False),
    ],
)
def test_a_condition_requires_success_unless_it_names_the_status(
    condition: str | None, *, after_success: bool, after_failure: bool
) -> None:
    for succeeded, expected in ((True, after_success), (False, after_failure)):
        assert holds(condition, CONTEXTS, succeeded=succeeded, cancelled=False) is expected


def test_after_a_cancellation_only_always_holds() -> None:
    assert holds("always()", CONTEXTS, succeeded=False, cancelled=True)
    assert not holds("!cancelled()", CONTEXTS, succeeded=False, cancelled=True)


def test_expressions_in_a_text_are_replaced_and_missing_values_are_empty() -> None:
    text = "on ${{ github.ref }}, ${{ github.event.number }}, ${{ vars.none }}."
    assert interpolated(text, CONTEXTS) == "on refs/heads/main, 7, ."


@pytest.mark.parametrize(
    "expression",
    [
        *("failure()", "contains(github.ref, 'x')", "github.head_ref", "steps.other.outcome"),
        *("matrix.os", "github.ref ==", "(github.ref", "github.ref github.ref", "1 < 2", "github"),
    ],
)
def test_an_unknown_expression_raises(expression: str) -> None:
    with pytest.raises(UnknownExpressionError):
        holds(expression, CONTEXTS, succeeded=True, cancelled=False)
