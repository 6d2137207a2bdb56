"""The comment about a plan, for a reviewer with a minute."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Action
from reconciler.model.plan import Plan
from reconciler.model.review import Review
from reconciler.model.shown import ShownPlan
from reconciler.reports.comment.difference import kept_line
from reconciler.reports.comment.sections import (
    changes_section,
    deletions_section,
    safety_section,
    warnings_section,
)
from reconciler.reports.markdown import (
    SKIPPED,
    no_changes,
    on_endpoint,
    plan_headline,
    rejected_section,
)
from reconciler.reports.markdown_text import code, commit_text, fenced, folded, foot
from reconciler.reports.markers import LIMIT, marker
from reconciler.reports.numbers import counted

_NOT_COMPARED = (
    "It is not known whether safety settings change: they were not compared with the base branch."
)
_MAX_GRAPH = 10_000
_SKIPPED_ROOM = 10_000


def plan_comment(
    plan: Plan,
    review: Review,
    *,
    commit: str | None,
    link: str | None,
    graph: str | None = None,
) -> str:
    """What the plan does, the most serious first; one line if it does nothing.

    `link` points to the run that has the full plan; `graph` is Mermaid.
    """
    head = [marker("plan", plan.endpoint), kept_line(ShownPlan.of(plan, commit=commit)), ""]
    if not (plan.changes or plan.rejected or plan.warnings or review.safety):
        return "\n".join([*head, _nothing(plan, review, commit=commit)])
    head += [
        f"### {_verdict_sign(plan, review)} {plan_headline(plan)}",
        "",
        " ".join(_verdict(plan, review)),
        "",
        *safety_section(review),
        *deletions_section(plan.due),
        *rejected_section(plan.rejected),
    ]
    tail = [
        *changes_section(
            plan.skipped, title=SKIPPED, link=link, full="the full plan", room=_SKIPPED_ROOM
        ),
        *_graph(graph),
        *warnings_section(plan.warnings),
        foot(
            [f"digest {code(plan.digest)}", f"reconciler {code(plan.tool_version, most=64)}"],
            commit=commit,
            link=link,
            full="full plan",
        ),
    ]
    room = LIMIT - len("\n".join([*head, *tail])) - 2
    changes = changes_section(
        plan.due,
        title="The changes, in order of execution",
        link=link,
        full="the full plan",
        room=room,
        review=review,
    )
    return "\n".join([*head, *changes, *tail])


def _nothing(plan: Plan, review: Review, *, commit: str | None) -> str:
    at = f", at {commit_text(commit)}" if commit else ""
    unknown = "" if review.compared else f" {_NOT_COMPARED}"
    return f"{no_changes(plan)}{at}.{unknown}"


def _verdict_sign(plan: Plan, review: Review) -> str:
    if review.weakening or plan.counted(Action.DELETE):
        return "🛑"
    return "⚠️" if _notes(plan, review) or not review.compared else "✅"


def _verdict(plan: Plan, review: Review) -> Iterator[str]:
    deleted = plan.counted(Action.DELETE)
    serious = [
        *(["weakens safety settings"] if review.weakening else []),
        *([f"deletes {counted(deleted, 'slot')}"] if deleted else []),
    ]
    notes = _notes(plan, review)
    if serious:
        yield f"**Look twice: it {' and '.join(serious)}.**"
    if notes:
        yield f"Worth a look: {', '.join(notes)}."
    if not serious and not notes and review.compared:
        yield "Nothing is deleted, and safety settings stay as they are."
    if not review.compared:
        yield _NOT_COMPARED
    summary = plan.summary
    yield (
        f"{summary.unchanged} unchanged, {summary.unmanaged} unmanaged, "
        f"{on_endpoint(plan.endpoint)}."
    )


def _notes(plan: Plan, review: Review) -> list[str]:
    changed = {change.slot_id for change in plan.changes}
    dependent = {each for found in review.dependents.values() for each in found} - changed
    counts = [
        (len(review.safety) - len(review.weakening), "other safety setting", " changed"),
        (sum(map(len, review.examples.values())), "example", " extracted differently"),
        (len(dependent), "unchanged slot", " depending on a changed one"),
        (
            sum(not change.trigger_retrain for change in plan.due),
            "change",
            " neither retrained nor gated",
        ),
        (len(plan.rejected_live), "slot", " live although rejected"),
        (len(plan.skipped), "change", " skipped"),
        (len(plan.warnings), "warning", ""),
    ]
    return [f"{counted(count, noun)}{rest}" for count, noun, rest in counts if count]


def _graph(graph: str | None) -> Iterator[str]:
    drawn = fenced(graph.split("\n"), language="mermaid") if graph else []
    if drawn and len("\n".join(drawn)) <= _MAX_GRAPH:
        legend = (
            "Green is created, yellow updated, red and dashed deleted, grey and dashed not in any "
            "file; an arrow points from a slot to what it depends on."
        )
        yield from (*folded("The graph, with changed slots marked", [*drawn, "", legend]), "")
