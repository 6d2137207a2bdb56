"""What is posted on GitHub: comments on a pull request, the issue about drift, and pull requests.

    plan          the plan, for a reviewer with a minute, from these parts:
      table         each change in a few words
      deletions     the box with what is lost
      safety        the box with the settings that change
      changes       the diffs, with what the examples show
    environments  the plans of several environments, one section each
    failure       a plan that could not be made; a fork's validation
    outcome       the result of an apply
    difference    how a plan differs from the one that was reviewed
    summary       the plan in a job's summary, which alone may be longer than LIMIT
    drift         the issue about drift
    revert        the pull request that undoes a run

Every body begins with its marker, and none is longer than LIMIT, whatever it contains.
"""

from __future__ import annotations

from reconciler.reports.comment.difference import (
    differences_from_review,
    name_in_comment,
    shown_plan,
)
from reconciler.reports.comment.drift import drift_digest, drift_issue, drift_title
from reconciler.reports.comment.environments import (
    ENVIRONMENTS_MARKER,
    Reviewed,
    environments_comment,
    failed_plans_comment,
)
from reconciler.reports.comment.failure import failed_plan_comment, validation_comment
from reconciler.reports.comment.outcome import Applied, outcome_comment
from reconciler.reports.comment.plan import plan_comment
from reconciler.reports.comment.summary import plan_summary
from reconciler.reports.graph import readable_graph

__all__ = [
    "ENVIRONMENTS_MARKER",
    "Applied",
    "Reviewed",
    "differences_from_review",
    "drift_digest",
    "drift_issue",
    "drift_title",
    "environments_comment",
    "failed_plan_comment",
    "failed_plans_comment",
    "name_in_comment",
    "outcome_comment",
    "plan_comment",
    "plan_summary",
    "readable_graph",
    "shown_plan",
    "validation_comment",
]
