"""One issue per endpoint: opened, updated, reopened, and closed, but only if something changed.

our issue             same drift    other drift    healthy
none                  -             open           -
open                  -             update         close
closed by us          reopen        reopen         -
closed by a person    -             reopen         -

Our issue is found by its label. Before a new one is opened, it is looked for among all issues,
because it may be older than the label, or someone may have removed the label.
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
    """What a report means for the issue.

    drifted     the issue has to be open
    healthy     the issue can be closed
    unknown     undecided: a measurement is missing or inconclusive, and nothing else is wrong
    unmeasured  undecided: no slot has been measured at all, and nothing else is wrong
    """

    DRIFTED = "drifted"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"
    UNMEASURED = "unmeasured"


class IssueState(str, Enum):
    """The state of our issue; the rows of the table above."""

    NONE = "none"
    OPEN = "open"
    CLOSED_BY_US = "closed by us"
    CLOSED_BY_A_PERSON = "closed by a person"


class Drift(str, Enum):
    """The report, compared with our issue; the columns of the table above. `SAME` is the drift
    that the issue already shows."""

    SAME = "same"
    OTHER = "other"
    HEALTHY = "healthy"


class Step(str, Enum):
    """What to do about our issue; the values are participles, to say what was done."""

    OPEN = "opened"
    UPDATE = "updated"
    REOPEN = "reopened"
    CLOSE = "closed"
    KEEP = "left as it is"


_STEPS = {
    (IssueState.NONE, Drift.OTHER): Step.OPEN,
    (IssueState.OPEN, Drift.OTHER): Step.UPDATE,
    (IssueState.OPEN, Drift.HEALTHY): Step.CLOSE,
    (IssueState.CLOSED_BY_US, Drift.SAME): Step.REOPEN,
    (IssueState.CLOSED_BY_US, Drift.OTHER): Step.REOPEN,
    (IssueState.CLOSED_BY_A_PERSON, Drift.OTHER): Step.REOPEN,
}


@dataclass(frozen=True)
class Report:
    """The text for the issue. `marked` recognises the body of our issue, and `shows_same` the body
    that already shows this drift."""

    title: str
    body: str
    healthy: bool
    marked: Callable[[str], bool]
    shows_same: Callable[[str], bool]


@dataclass(frozen=True)
class Followed:
    """What was done to which issue; `number` is None if there was no issue before."""

    step: Step
    number: int | None


def state_of(report: DriftReport) -> DriftState:
    """What a drift report means for the issue."""
    if report.is_drifted or report.is_below_a_gate or report.failed_bakes:
        return DriftState.DRIFTED
    if report.nothing_measured:
        return DriftState.UNMEASURED
    if report.metrics is None or report.judged(VerdictResult.INCONCLUSIVE):
        return DriftState.UNKNOWN
    return DriftState.HEALTHY


def step_for(state: IssueState, drift: Drift) -> Step:
    """The table above."""
    return _STEPS.get((state, drift), Step.KEEP)


def foremost(issues: Sequence[Issue]) -> Issue | None:
    """The oldest open issue; if none is open, the newest."""
    still_open = [issue for issue in issues if issue.is_open]
    if still_open:
        return min(still_open, key=lambda issue: issue.number)
    return max(issues, key=lambda issue: issue.number, default=None)


def follow(report: Report, *, repository: Repository, clock: Clock) -> Followed:
    """Make our issue show the drift. Writes nothing if it already does."""

    def look_and_write() -> Followed:
        issue = _ours(repository.issues(label=LABEL), report=report, repository=repository)
        if issue is None and not report.healthy:
            issue = _labelled(report, repository=repository)
        drift = _drift(report, issue)
        step = step_for(_state_of(issue, repository=repository), drift)
        _take(step, issue, report=report, repository=repository)
        return Followed(step=step, number=issue.number if issue else None)

    return until_confirmed(look_and_write, clock=clock)


def _labelled(report: Report, *, repository: Repository) -> Issue | None:
    """Our issue if it lacks the label, which is added so that the next run finds it."""
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
    same = issue is not None and report.shows_same(issue.body)
    return Drift.SAME if same else Drift.OTHER


def _state_of(issue: Issue | None, *, repository: Repository) -> IssueState:
    if issue is None:
        return IssueState.NONE
    if issue.is_open:
        return IssueState.OPEN
    by_us = repository.viewer().is_same(repository.closer_of(issue.number))
    return IssueState.CLOSED_BY_US if by_us else IssueState.CLOSED_BY_A_PERSON


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
