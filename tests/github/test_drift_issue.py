"""What becomes of our issue: the whole table."""

from __future__ import annotations

import pytest

from reconciler.github.drift_issue import Finding, Standing, Step, foremost, step_for
from reconciler.model.github import Account, Issue

SAME, OTHER, HEALTHY = Finding.SAME, Finding.OTHER, Finding.HEALTHY


@pytest.mark.parametrize(
    ("standing", "steps"),
    [
        (Standing.NONE, {SAME: Step.KEEP, OTHER: Step.OPEN, HEALTHY: Step.KEEP}),
        (Standing.OPEN, {SAME: Step.KEEP, OTHER: Step.UPDATE, HEALTHY: Step.CLOSE}),
        (Standing.CLOSED_BY_US, {SAME: Step.REOPEN, OTHER: Step.REOPEN, HEALTHY: Step.KEEP}),
        (Standing.CLOSED_BY_A_PERSON, {SAME: Step.KEEP, OTHER: Step.REOPEN, HEALTHY: Step.KEEP}),
    ],
)
def test_every_case_has_its_step(standing: Standing, steps: dict[Finding, Step]) -> None:
    assert {finding: step_for(standing, finding) for finding in Finding} == steps


def issue(number: int, *, is_open: bool) -> Issue:
    return Issue(number=number, author=Account(login="bot"), title="t", body="b", is_open=is_open)


def test_of_several_the_open_one_counts_and_else_the_last() -> None:
    shut, early, late = issue(9, is_open=False), issue(3, is_open=True), issue(5, is_open=True)
    assert foremost([shut, late, early]) == early
    assert foremost([issue(2, is_open=False), shut]) == shut
    assert foremost([]) is None
