"""Compare a plan with the one that its pull request showed; writes nothing to GitHub."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.errors import UnshownPlanError
from reconciler.github.comments import find, is_as_written
from reconciler.github.pull_requests import recently_merged
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Warned
from reconciler.model.github import PullRequest
from reconciler.model.listed import listed
from reconciler.model.plan import Plan
from reconciler.operations.workflow import EventWorkflow
from reconciler.ports import Observer, Repository
from reconciler.reports.comment import (
    KEPT,
    differences_from_review,
    plan_summary,
    shown_commit,
    unshown,
)
from reconciler.reports.markers import is_marked, marker, read_hidden
from reconciler.reports.words import counted


@dataclass(frozen=True)
class CompareReport:
    """How a plan differs from the one that was shown, as Markdown.

    `number` is the pull request's, None where the event is about none. `unshown` are the slots
    whose change no pull request has shown, as far as that was asked for.
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
            "with its input `unshown`.",
        )


def compare(plan: Plan, workflow: EventWorkflow, *, require_shown: bool = False) -> CompareReport:
    """How the plan differs from the one that the event's pull request showed.

    The job's summary gets the plan, as far as a summary holds it, and the same. `require_shown`
    also looks for each change among the pull requests that were merged last. Raises DocumentError
    and GitHubError.
    """
    with workflow.connect() as repository:
        reading = _Reading(repository, endpoint=plan.endpoint, observer=workflow.observer)
        pull_request = workflow.pull_request(repository)
        reviewed = reading.kept_by(pull_request) if pull_request is not None else {}
        differences = differences_from_review(plan, reviewed=reviewed)
        workflow.job.summarise(f"{plan_summary(plan, link=workflow.link)}\n\n{differences}")
        left = unshown(plan, reviewed=reading.all_kept(first=reviewed)) if require_shown else ()
    return CompareReport(
        differences=differences,
        number=pull_request.number if pull_request is not None else None,
        unshown=tuple(left),
    )


class _Reading:
    """What the comments of pull requests keep of their plans for one endpoint."""

    def __init__(self, repository: Repository, *, endpoint: Endpoint, observer: Observer) -> None:
        self._repository = repository
        self._observer = observer
        self._marked = functools.partial(is_marked, marker=marker("plan", endpoint))

    def all_kept(self, *, first: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
        """`first`, then, where it is not enough, those of the pull requests merged last."""
        yield first
        for each in recently_merged(repository=self._repository):
            yield self.kept_by(each)

    def kept_by(self, pull_request: PullRequest) -> Mapping[str, str]:
        """What a pull request's comment keeps of its plan; nothing where there is none, where
        somebody else has edited it, or where it shows an earlier commit than the last: one that
        takes its slot changes back gets no new plan."""
        number = pull_request.number
        found = find(number, repository=self._repository, marked=self._marked)
        if not found:
            return {}
        kept = read_hidden(found[0].body, KEPT)
        if shown_commit(kept) != pull_request.head_sha:
            self._warn(number, "is not of its last commit")
            return {}
        if not is_as_written(found[0], repository=self._repository):
            self._warn(number, "was edited by somebody else")
            return {}
        return kept

    def _warn(self, number: int, reason: str) -> None:
        message = f"The plan's comment on #{number} {reason}, and does not count."
        self._observer.notice(Warned(message=message))
