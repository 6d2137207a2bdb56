"""One issue per endpoint: opened, updated, reopened, and closed; silent when nothing changed.

our issue             drifted as it says    drifted otherwise    healthy
none                  -                     open                 -
open                  -                     update               close
closed by us          reopen                reopen               -
closed by a person    -                     reopen               -

Ours is found by its label; among all issues only before one would be opened, for it may be older
than the label, or somebody may have taken that away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from reconciler.github.unconfirmed import until_confirmed
from reconciler.model.drift import DriftReport
from reconciler.model.gate import VerdictResult
from reconciler.model.github import Issue
from reconciler.ports import Clock, Repository

LABEL = "reconciler-drift"


class DriftState(str, Enum):
    """Whether an issue is due, is over, or cannot be decided about.

    unknown     a measurement is missing or inconclusive, and nothing else is wrong
    unmeasured  likewise, and no slot gave a number at all
    """

    DRIFTED = "drifted"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"
    UNMEASURED = "unmeasured"


class Standing(str, Enum):
    """How our issue stands."""

    NONE = "none"
    OPEN = "open"
    CLOSED_BY_US = "closed by us"
    CLOSED_BY_A_PERSON = "closed by a person"


class Drift(str, Enum):
    """What the report says next to our issue: `SAME` is the drift that the issue already shows."""

    SAME = "same"
    OTHER = "other"
    HEALTHY = "healthy"


class Step(str, Enum):
    """What becomes of our issue."""

    OPEN = "opened"
    UPDATE = "updated"
    REOPEN = "reopened"
    CLOSE = "closed"
    KEEP = "left as it is"


_STEPS = {
    (Standing.NONE, Drift.OTHER): Step.OPEN,
    (Standing.OPEN, Drift.OTHER): Step.UPDATE,
    (Standing.OPEN, Drift.HEALTHY): Step.CLOSE,
    (Standing.CLOSED_BY_US, Drift.SAME): Step.REOPEN,
    (Standing.CLOSED_BY_US, Drift.OTHER): Step.REOPEN,
    (Standing.CLOSED_BY_A_PERSON, Drift.OTHER): Step.REOPEN,
}


@dataclass(frozen=True)
class Report:
    """What the issue is to say. `tells_same` is whether an issue's body tells this very drift."""

    title: str
    body: str
    healthy: bool
    marked: Callable[[str], bool]
    tells_same: Callable[[str], bool]


@dataclass(frozen=True)
class Followed:
    """What became of which issue; the number is None where none was there before."""

    step: Step
    number: int | None


def state_of(report: DriftReport) -> DriftState:
    """What a drift report means for the issue."""
    if report.is_drifted or report.is_below_a_gate:
        return DriftState.DRIFTED
    if report.nothing_measured:
        return DriftState.UNMEASURED
    if report.metrics is None or report.judged(VerdictResult.INCONCLUSIVE):
        return DriftState.UNKNOWN
    return DriftState.HEALTHY


def step_for(standing: Standing, drift: Drift) -> Step:
    """The table above."""
    return _STEPS.get((standing, drift), Step.KEEP)


def foremost(issues: Sequence[Issue]) -> Issue | None:
    """The open one, the oldest if several; else the one that was opened last."""
    still_open = [issue for issue in issues if issue.is_open]
    if still_open:
        return min(still_open, key=lambda issue: issue.number)
    return max(issues, key=lambda issue: issue.number, default=None)


def follow(report: Report, *, repository: Repository, clock: Clock) -> Followed:
    """Let one issue of ours tell the drift; writes only where something changed."""

    def look_and_write() -> Followed:
        issue = _ours(repository.issues(label=LABEL), report=report, repository=repository)
        if issue is None and not report.healthy:
            issue = _labelled(report, repository=repository)
        drift = _drift(report, issue)
        step = step_for(_standing(issue, repository=repository), drift)
        _take(step, issue, report=report, repository=repository)
        return Followed(step=step, number=issue.number if issue else None)

    return until_confirmed(look_and_write, clock=clock)


def _labelled(report: Report, *, repository: Repository) -> Issue | None:
    """Ours without its label, which it gets, so that the next run finds it."""
    issue = _ours(repository.issues(), report=report, repository=repository)
    if issue is not None:
        repository.label_issue(issue.number, label=LABEL)
    return issue


def _ours(issues: Sequence[Issue], *, report: Report, repository: Repository) -> Issue | None:
    marked = [issue for issue in issues if report.marked(issue.body)]
    if not marked:
        return None
    viewer = repository.viewer()
    return foremost([issue for issue in marked if viewer.is_same(issue.author)])


def _drift(report: Report, issue: Issue | None) -> Drift:
    if report.healthy:
        return Drift.HEALTHY
    same = issue is not None and report.tells_same(issue.body)
    return Drift.SAME if same else Drift.OTHER


def _standing(issue: Issue | None, *, repository: Repository) -> Standing:
    if issue is None:
        return Standing.NONE
    if issue.is_open:
        return Standing.OPEN
    by_us = repository.viewer().is_same(repository.closer_of(issue.number))
    return Standing.CLOSED_BY_US if by_us else Standing.CLOSED_BY_A_PERSON


def _take(step: Step, issue: Issue | None, *, report: Report, repository: Repository) -> None:
    if step is Step.OPEN:
        repository.create_issue(title=report.title, body=report.body, label=LABEL)
    if issue is None:
        return
    if step is Step.UPDATE:
        repository.update_issue(issue.number, title=report.title, body=report.body)
    elif step is Step.REOPEN:
        repository.reopen_issue(issue.number, title=report.title, body=report.body)
    elif step is Step.CLOSE:
        repository.close_issue(issue.number)
