"""Compare a plan with the one that its pull request showed; writes nothing to GitHub."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import UnshownPlanError
from reconciler.github.comments import find, is_as_written
from reconciler.github.pull_requests import recently_merged
from reconciler.model.event import Warned
from reconciler.model.github import Comment, PullRequest
from reconciler.model.listed import listed
from reconciler.model.plan import Plan
from reconciler.model.shown import ShownPlan
from reconciler.operations.left_open import leaves_open
from reconciler.operations.workflow import EventWorkflow
from reconciler.planning.shown import unshown
from reconciler.ports import Observer, Repository
from reconciler.reports.comment import (
    ENVIRONMENTS_MARKER,
    differences_from_review,
    name_in_comment,
    plan_summary,
    shown_plan,
)
from reconciler.reports.markers import is_marked, marker
from reconciler.reports.numbers import counted


@dataclass(frozen=True)
class CompareReport:
    """How a plan differs from the one that was shown, as Markdown.

    `number` is the pull request's, or None if the event is not about one. `unshown` are the slots
    whose change no pull request has shown; empty unless `compare` was asked to look. `is_due` says
    whether an apply has anything to do.
    """

    differences: str
    is_due: bool
    number: int | None = None
    unshown: tuple[str, ...] = ()

    @property
    def refusal(self) -> UnshownPlanError | None:
        """Why the plan must not be applied, or None."""
        if not self.unshown:
            return None
        return UnshownPlanError(
            "No merged pull request has shown what this plan does to "
            f"{counted(len(self.unshown), 'slot')}: {listed(self.unshown)}. Nothing was changed.",
            hint="Read the plan in this job's summary. To apply it, run the workflow apply by hand "
            "with the input `unshown`.",
        )


@dataclass(frozen=True)
class CompareRequest:
    """The plan, and the folder that it was made from.

    `require_shown` also looks for each change among the pull requests that were merged last.
    `leave_unshown` leaves a plan of which none has shown anything to a person: nothing is due.
    """

    plan: Plan
    slots: Path
    require_shown: bool = False
    leave_unshown: bool = False


def compare(request: CompareRequest, workflow: EventWorkflow) -> CompareReport:
    """How the plan differs from the one that the event's pull request showed.

    The job's summary gets the plan, cut to its size, and the differences. Sets the step's output
    `due`. Raises DocumentError and GitHubError.
    """
    plan, require_shown = request.plan, request.require_shown
    with workflow.connect() as repository:
        reading = _Reading(repository, plan=plan, observer=workflow.observer)
        pull_request = workflow.pull_request(repository)
        reviewed = reading.shown_by(pull_request) if pull_request is not None else None
        differences = differences_from_review(plan, reviewed=reviewed)
        workflow.job.summarise(f"{plan_summary(plan, link=workflow.link)}\n\n{differences}")
        left = unshown(plan, reading.all_shown(first=reviewed)) if require_shown else ()
    if request.leave_unshown and left and set(left) >= {each.slot_id for each in plan.due}:
        is_due, left = False, ()
    else:
        is_due = bool(plan.due) or leaves_open(plan, slots=request.slots, workflow=workflow)
    workflow.job.set_output("due", "true" if is_due else "false")
    return CompareReport(
        differences=differences,
        is_due=is_due,
        number=pull_request.number if pull_request is not None else None,
        unshown=left,
    )


@dataclass(frozen=True)
class _Kept:
    """A kind of comment that keeps plans, and how to read the one that is asked for."""

    marker: str
    read: Callable[[str], ShownPlan | None]


class _Reading:
    """The plans that the comments of pull requests show for the endpoint, and the environment, of a
    plan."""

    def __init__(self, repository: Repository, *, plan: Plan, observer: Observer) -> None:
        self._repository = repository
        self._observer = observer
        own = _Kept(marker=marker("plan", plan.endpoint), read=shown_plan)
        self._kept = [own]
        if plan.environment is not None:
            name = name_in_comment(plan.endpoint, plan.environment)
            read = functools.partial(shown_plan, name=name)
            self._kept.insert(0, _Kept(marker=ENVIRONMENTS_MARKER, read=read))

    def all_shown(self, *, first: ShownPlan | None) -> Iterator[ShownPlan]:
        """`first`, then, if that is not enough, the pull requests that were merged last."""
        if first is not None:
            yield first
        for each in recently_merged(repository=self._repository):
            shown = self.shown_by(each)
            if shown is not None:
                yield shown

    def shown_by(self, pull_request: PullRequest) -> ShownPlan | None:
        """The plan in a pull request's comment; None if there is no comment, if someone else edited
        it, or if it is for an earlier commit than the last: a commit that reverts its slot changes
        does not get a new plan."""
        for kept in self._kept:
            marked = functools.partial(is_marked, marker=kept.marker)
            found = find(pull_request.number, repository=self._repository, marked=marked)
            if found:
                return self._checked(found[0], kept.read(found[0].body), pull_request)
        return None

    def _checked(
        self, comment: Comment, shown: ShownPlan | None, pull_request: PullRequest
    ) -> ShownPlan | None:
        number = pull_request.number
        if shown is None or shown.commit != pull_request.head_sha:
            self._warn(number, "is not of its last commit")
            return None
        if not is_as_written(comment, repository=self._repository):
            self._warn(number, "was edited by someone else")
            return None
        return shown

    def _warn(self, number: int, reason: str) -> None:
        message = f"The plan's comment on #{number} {reason}, so it does not count."
        self._observer.notice(Warned(message=message))
