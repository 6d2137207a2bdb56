"""Compare a plan with the one that its pull request showed; writes nothing to GitHub."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.errors import UnshownPlanError
from reconciler.github.comments import find, is_as_written
from reconciler.github.pull_requests import recently_merged
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Warned
from reconciler.model.github import PullRequest
from reconciler.model.listed import listed
from reconciler.model.plan import Plan
from reconciler.model.shown import ShownPlan
from reconciler.operations.workflow import EventWorkflow
from reconciler.planning.shown import unshown
from reconciler.ports import Observer, Repository
from reconciler.reports.comment import differences_from_review, plan_summary, shown_plan
from reconciler.reports.markers import is_marked, marker
from reconciler.reports.numbers import counted


@dataclass(frozen=True)
class CompareReport:
    """How a plan differs from the one that was shown, as Markdown.

    `number` is the pull request's, or None if the event is not about one. `unshown` are the slots
    whose change no pull request has shown; empty unless `compare` was asked to look.
    """

    differences: str
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


def compare(plan: Plan, workflow: EventWorkflow, *, require_shown: bool = False) -> CompareReport:
    """How the plan differs from the one that the event's pull request showed.

    The job's summary gets the plan, cut to its size, and the differences. `require_shown`
    also looks for each change among the pull requests that were merged last. Raises DocumentError
    and GitHubError.
    """
    with workflow.connect() as repository:
        reading = _Reading(repository, endpoint=plan.endpoint, observer=workflow.observer)
        pull_request = workflow.pull_request(repository)
        reviewed = reading.shown_by(pull_request) if pull_request is not None else None
        differences = differences_from_review(plan, reviewed=reviewed)
        workflow.job.summarise(f"{plan_summary(plan, link=workflow.link)}\n\n{differences}")
        left = unshown(plan, reading.all_shown(first=reviewed)) if require_shown else ()
    return CompareReport(
        differences=differences,
        number=pull_request.number if pull_request is not None else None,
        unshown=left,
    )


class _Reading:
    """The plans for one endpoint that the comments of pull requests show."""

    def __init__(self, repository: Repository, *, endpoint: Endpoint, observer: Observer) -> None:
        self._repository = repository
        self._observer = observer
        self._marked = functools.partial(is_marked, marker=marker("plan", endpoint))

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
        number = pull_request.number
        found = find(number, repository=self._repository, marked=self._marked)
        if not found:
            return None
        shown = shown_plan(found[0].body)
        if shown is None or shown.commit != pull_request.head_sha:
            self._warn(number, "is not of its last commit")
            return None
        if not is_as_written(found[0], repository=self._repository):
            self._warn(number, "was edited by someone else")
            return None
        return shown

    def _warn(self, number: int, reason: str) -> None:
        message = f"The plan's comment on #{number} {reason}, so it does not count."
        self._observer.notice(Warned(message=message))
