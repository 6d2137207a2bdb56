"""The plan in a job's summary, for the person who approves an apply."""

from __future__ import annotations

from reconciler.model.plan import Plan
from reconciler.reports.comment.changes import changes_section, numbered
from reconciler.reports.comment.deletions import deletions_section
from reconciler.reports.markdown import (
    on_endpoint,
    plan_headline,
    plan_markdown,
    rejected_section,
    warnings_section,
)
from reconciler.reports.markdown_text import code

MAX_BYTES = 900_000
"""Of the plan: if a step's summary is larger than 1 MiB, GitHub shows none of it."""
_ROOM = 200_000
"""Characters; none takes more than four bytes."""


def plan_summary(plan: Plan, *, link: str | None) -> str:
    """The whole plan if it fits in a summary; otherwise as much as fits, deletions first."""
    whole = plan_markdown(plan)
    if len(whole.encode("utf-8", "backslashreplace")) <= MAX_BYTES:
        return whole
    summary = plan.summary
    return "\n".join(
        [
            f"### {plan_headline(plan)}",
            "",
            f"{summary.unchanged} unchanged, {summary.unmanaged} unmanaged, "
            f"{on_endpoint(plan.endpoint)}.",
            "",
            *deletions_section(plan.due),
            *rejected_section(plan.rejected),
            *warnings_section(plan.warnings),
            *changes_section(
                numbered(plan.due),
                title="The changes, in order of execution",
                link=link,
                full="the whole plan in this run's artifact",
                room=_ROOM,
            ),
            f"Digest {code(plan.digest)}, reconciler {code(plan.tool_version)}.",
        ]
    )
