"""The comment about a plan, for a reviewer with a minute."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Action
from reconciler.model.duration import about
from reconciler.model.plan import Plan
from reconciler.model.review import Review
from reconciler.model.shown import ShownPlan
from reconciler.reports.comment.changes import changes_section, numbered
from reconciler.reports.comment.deletions import deletions_section
from reconciler.reports.comment.difference import kept_line
from reconciler.reports.comment.safety import safety_section
from reconciler.reports.comment.table import Places, changes_table, nowhere
from reconciler.reports.effects import effect_counts
from reconciler.reports.markdown import (
    SKIPPED,
    no_changes,
    on_endpoint,
    plan_headline,
    rejected_section,
    waiting_section,
    warnings_section,
)
from reconciler.reports.markdown_text import commit_text, fenced, folded, foot, link_to
from reconciler.reports.markers import LIMIT, marker
from reconciler.reports.waiting import waiting_count

_NOT_COMPARED = (
    "It is not known whether safety settings change: they were not compared with the base branch."
)
_GATE = {
    "rollback": "What its gate rejects is rolled back, and the apply stops there.",
    "halt": "What its gate rejects **stays live**, and the apply stops there.",
    "off": "**No gate judges it.**",
}
_MAX_GRAPH = 5_000
_SKIPPED_ROOM = 5_000


def plan_comment(
    plan: Plan,
    review: Review,
    *,
    commit: str | None,
    link: str | None,
    places: Places = nowhere,
    graph: str | None = None,
) -> str:
    """What merging does: a table of the changes, what needs a second look, and the diffs; one line
    if it does nothing.

    `link` points to the run that has the full plan, `places` to each slot's line in its file;
    `graph` is Mermaid.
    """
    head = f"{marker('plan', plan.endpoint)}\n{kept_line(ShownPlan.of(plan, commit=commit))}\n\n"
    return head + plan_section(
        plan,
        review,
        commit=commit,
        link=link,
        places=places,
        graph=graph,
        room=LIMIT - len(head),
    )


def is_nothing(plan: Plan, review: Review) -> bool:
    """Whether there is nothing to look at."""
    return not (plan.changes or plan.waiting or plan.rejected or plan.warnings or review.safety)


def plan_section(
    plan: Plan,
    review: Review,
    *,
    commit: str | None,
    link: str | None,
    places: Places,
    graph: str | None,
    room: int,
) -> str:
    """The same without the hidden lines, in `room` characters; if that is less than LIMIT less the
    longest hidden line, it may take more."""
    if is_nothing(plan, review):
        return _nothing(plan, review, commit=commit)
    due = numbered(plan.due)
    head = [
        f"### {_sign(plan, review)} {plan_headline(plan)}",
        "",
        " ".join(_merging(plan, review)),
        "",
        *changes_table(due, review, places=places),
        *deletions_section(plan.due),
        *safety_section(review),
        *rejected_section(plan.rejected),
        *waiting_section(plan.waiting),
    ]
    last = [
        *warnings_section(plan.warnings),
        foot((), commit=commit, link=link, full="full plan"),
    ]
    room -= len("\n".join([*head, *last])) + 2
    tail = [*_not_due(plan, link=link, room=room), *_graph(graph, room=room // 4)]
    room -= sum(len(line) + 1 for line in tail)
    changes = changes_section(
        [each for each in due if each[1].action is not Action.DELETE],
        title="The diffs",
        link=link,
        full="the full plan",
        room=room,
        review=review,
    )
    return "\n".join([*head, *changes, *tail, *last]).rstrip()


def short_section(plan: Plan, review: Review, *, link: str | None) -> str:
    """The section of a plan for which there is no room: its counts, and where to read it."""
    return "\n".join(
        [
            f"### {_sign(plan, review)} {plan_headline(plan)}",
            "",
            " ".join(_merging(plan, review)),
            "",
            f"**There is no room for the changes here**; see {link_to(link, 'the full plan')}.",
        ]
    )


def _not_due(plan: Plan, *, link: str | None, room: int) -> Iterator[str]:
    """The diffs of the changes that an apply does not make now, each kind in one fold."""
    waiting = tuple(each.change for each in plan.waiting)
    for changes, title, most in (
        (waiting, "The diffs of what waits", room // 2),
        (plan.skipped, SKIPPED, min(_SKIPPED_ROOM, room // 4)),
    ):
        yield from changes_section(
            numbered(changes),
            title=title,
            link=link,
            full="the full plan",
            room=most,
            open_lines=0,
        )


def _nothing(plan: Plan, review: Review, *, commit: str | None) -> str:
    at = f", at {commit_text(commit)}" if commit else ""
    unknown = "" if review.compared else f" {_NOT_COMPARED}"
    return f"{no_changes(plan)}{at}.{unknown}"


def _sign(plan: Plan, review: Review) -> str:
    """Whether to look twice, to look, or to merge."""
    waiting_to_delete = any(each.change.action is Action.DELETE for each in plan.waiting)
    if review.weakening or plan.counted(Action.DELETE) or waiting_to_delete:
        return "🛑"
    changed = {change.slot_id for change in plan.changes}
    dependent = {each for found in review.dependents.values() for each in found} - changed
    notable = (
        *(review.safety, review.examples, dependent),
        *(plan.rejected_live, plan.skipped, plan.warnings),
    )
    untrained = any(not change.trigger_retrain for change in plan.due)
    return "⚠️" if any(notable) or untrained or not review.compared else "✅"


def _merging(plan: Plan, review: Review) -> Iterator[str]:
    """What merging does, where, and what else there is."""
    where = on_endpoint(plan.endpoint, environment=plan.environment)
    if plan.due:
        these = "this change" if len(plan.due) == 1 else f"these {len(plan.due)} changes"
        yield f"Merging makes {these} live {where}{_time(plan)}."
        if review.gate is not None:
            yield _GATE[review.gate]
    else:
        yield f"Merging changes no slot {'yet ' if plan.waiting else ''}{where}."
    if plan.waiting:
        yield f"{waiting_count(plan.waiting)}."
    counts = effect_counts(review.effects)
    if counts:
        yield f"Of the patterns, {counts}."
    summary = plan.summary
    yield f"{summary.unchanged} unchanged, {summary.unmanaged} unmanaged."
    if not review.compared:
        yield _NOT_COMPARED


def _time(plan: Plan) -> str:
    """How long the apply takes."""
    if plan.estimated_seconds is None:
        return ""
    return f", in about {about(plan.estimated_seconds)} if all goes well"


def _graph(graph: str | None, *, room: int) -> Iterator[str]:
    drawn = fenced(graph.split("\n"), language="mermaid") if graph else []
    if drawn and len("\n".join(drawn)) <= min(_MAX_GRAPH, room):
        legend = (
            "Green is created, yellow updated, red and dashed deleted, grey and dashed not in any "
            "file; an arrow points from a slot to what it depends on."
        )
        yield from (*folded("The graph, with changed slots marked", [*drawn, "", legend]), "")
