"""The comment about the plans of several environments: one section each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.endpoint import Endpoint
from reconciler.model.failure import Failure
from reconciler.model.plan import Plan
from reconciler.model.review import Review
from reconciler.model.shown import ShownPlan
from reconciler.reports.comment.difference import MAX_KEPT, kept_line, name_in_comment
from reconciler.reports.comment.failure import failed_plan_section
from reconciler.reports.comment.plan import is_nothing, plan_section, short_section
from reconciler.reports.comment.table import Places, nowhere
from reconciler.reports.markdown_text import folded, foot
from reconciler.reports.markers import LIMIT, marker
from reconciler.reports.numbers import counted

ENVIRONMENTS_MARKER = marker("environments", Endpoint(origin=""))
"""The first line of the comment, whatever the environments are."""
_AROUND = 200
"""Characters of a section besides its plan: its heading or its fold."""
_FOOT = 300
"""Characters of the last lines."""


@dataclass(frozen=True)
class Reviewed:
    """A plan for its reviewer; the arguments of `plan_comment`."""

    plan: Plan
    review: Review
    places: Places = nowhere
    graph: str | None = None


def environments_comment(
    results: Mapping[str, Reviewed | Failure], *, commit: str | None, link: str | None
) -> str:
    """The plan of each environment, or why there is none, in this order. A plan in which nothing
    differs is folded. A plan that has no room is only counted, and leaves its room to the others.
    """
    most = MAX_KEPT // max(1, len(results))
    kept = [_kept(name, each, commit=commit, most=most) for name, each in results.items()]
    head = "\n".join([ENVIRONMENTS_MARKER, *(line for line in kept if line), "", ""])
    sections = list(_sections(results, link=link, room=LIMIT - len(head) - _FOOT))
    left = len(results) - len(sections)
    more = [f"… and {counted(left, 'more environment')}."] if left else []
    last = foot((), commit=commit, link=link, full="full plans")
    return head + "\n\n".join([*sections, *more, last]).rstrip()


def failed_plans_comment(failure: Failure, *, commit: str | None, link: str | None) -> str:
    """Why there is no plan for any environment."""
    section = failed_plan_section(failure, commit=commit, link=link, room=LIMIT)
    return f"{ENVIRONMENTS_MARKER}\n\n{section}"


def _kept(name: str, result: Reviewed | Failure, *, commit: str | None, most: int) -> str:
    if isinstance(result, Failure):
        return ""
    plan = result.plan
    shown = ShownPlan.of(plan, commit=commit)
    return kept_line(shown, name=name_in_comment(plan.endpoint, name), most=most)


def _sections(
    results: Mapping[str, Reviewed | Failure], *, link: str | None, room: int
) -> Iterator[str]:
    """As many as there is room for; each gets an equal share of what is left."""
    for number, (name, result) in enumerate(results.items()):
        share = room // (len(results) - number)
        section = next(
            (each for each in _versions(name, result, link=link, room=share) if len(each) <= share),
            None,
        )
        if section is None:
            return
        room -= len(section) + 2
        yield section


def _versions(
    name: str, result: Reviewed | Failure, *, link: str | None, room: int
) -> Iterator[str]:
    """The section, the fullest version first."""
    room -= _AROUND
    if isinstance(result, Failure):
        for each in (room // 2, 0):
            section = failed_plan_section(result, commit=None, link=link, room=each)
            yield f"## {name}\n\n{section}"
        return
    plan, review = result.plan, result.review
    full = plan_section(
        plan,
        review,
        commit=None,
        link=link,
        places=result.places,
        graph=result.graph,
        room=room,
    )
    if is_nothing(plan, review):
        yield "\n".join(_folded(name, [full]))
        return
    yield f"## {name}\n\n{full}"
    yield f"## {name}\n\n{short_section(plan, review, link=link)}"


def _folded(name: str, lines: Sequence[str]) -> list[str]:
    return folded(f"{name}: nothing differs", lines)
