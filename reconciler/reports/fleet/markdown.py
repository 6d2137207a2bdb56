"""The plan of a fleet as Markdown, for a pull request or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.endpoint import Endpoint
from reconciler.model.fleet_run import FleetReport, Group, TargetResult
from reconciler.reports.comment.changes import changes_section, numbered
from reconciler.reports.fleet.plan import by_size, group_title, plan_headline
from reconciler.reports.fleet.words import causes, not_well, said, waiting, why
from reconciler.reports.markdown import rejected_section, warnings_section
from reconciler.reports.markdown_text import (
    MAX_NAME,
    MAX_TEXT,
    code,
    codes,
    foot,
    within,
)
from reconciler.reports.markers import LIMIT, marker
from reconciler.reports.numbers import counted

_MARKER = marker("fleet", Endpoint(origin=""))
_MOST_GROUPS = 20
"""The most sets of changes that have a heading."""
_LEAST_ROOM = 2_000
"""Characters without which a set of changes is only counted."""
_FAILED_ROOM = 8_000
_WAITING_ROOM = 4_000
_REST_ROOM = 100
"""Characters for how many there are besides."""
_NAMES = 12
"""The most targets of a group that are named."""


def fleet_plan_markdown(report: FleetReport) -> str:
    """Each set of changes once, with its targets, the largest group first. Whatever the size of the
    fleet, it fits into a comment; what is left out is counted."""
    return _plan(report, commit=report.commit, link=None, room=LIMIT)


def fleet_plan_comment(report: FleetReport, *, commit: str | None, link: str | None) -> str:
    """The same as a comment on a pull request; `link` points to the run that has the full plan."""
    body = _plan(report, commit=commit, link=link, room=LIMIT - len(_MARKER) - 2)
    return f"{_MARKER}\n\n{body}"


def _plan(report: FleetReport, *, commit: str | None, link: str | None, room: int) -> str:
    head = [f"### {_sign(report)} {plan_headline(report).rstrip('.')}", ""]
    last = foot((), commit=commit, link=link, full="full plan")
    tail = [*_waiting(report), *_failed(report), *_error(report), last]
    room -= len("\n".join([*head, *tail])) + 2
    return "\n".join([*head, *_groups(by_size(report), room=room), *tail]).rstrip()


def _sign(report: FleetReport) -> str:
    """Whether to look twice, to look, or to merge."""
    if report.error is not None or any(each.has_failed for each in report.results):
        return "🛑"
    plans = [each.plan for each in report.groups]
    if any(plan.summary.delete for plan in plans):
        return "🛑"
    return "⚠️" if any(plan.warnings or plan.rejected for plan in plans) else "✅"


def _groups(groups: Sequence[Group], *, room: int) -> Iterator[str]:
    """As many as fit; each may take half of what is left, so that a large one leaves room for
    others."""
    shown = 0
    room -= _REST_ROOM
    for group in groups[:_MOST_GROUPS]:
        if room < _LEAST_ROOM:
            break
        lines = list(_group(group, room=room // 2))
        used = sum(len(line) + 1 for line in lines)
        if used > room:
            break
        room -= used
        shown += 1
        yield from lines
    rest = groups[shown:]
    if rest:
        targets = sum(len(each.targets) for each in rest)
        plans = counted(len(rest), "more plan")
        yield from (f"… and {plans} for {counted(targets, 'target')}.", "")


def _group(group: Group, *, room: int) -> Iterator[str]:
    plan = group.plan
    yield from (f"#### {group_title(group)}", "", codes(group.targets, most=_NAMES), "")
    yield from changes_section(
        numbered(plan.due),
        title="The changes",
        link=None,
        full="the full plan",
        room=room,
    )
    yield from rejected_section(plan.rejected)
    yield from warnings_section(plan.warnings)


def _failed(report: FleetReport) -> Iterator[str]:
    """Why targets could not be planned; those that failed alike together."""
    yield from _alike("#### Targets without a plan", not_well(report.results), room=_FAILED_ROOM)


def _waiting(report: FleetReport) -> Iterator[str]:
    """What targets wait for that have nothing else to do."""
    yield from _alike("#### Targets that wait", waiting(report.results), room=_WAITING_ROOM)


def _alike(heading: str, results: Sequence[TargetResult], *, room: int) -> Iterator[str]:
    alike = causes(results)
    if not alike:
        return
    yield from (heading, "")
    items = (
        f"- {code(result.name, most=MAX_NAME)}"
        + (f" and {counted(number - 1, 'other')} alike" if number > 1 else "")
        + f" {said(result.status)}: {code(why(result), most=MAX_TEXT)}"
        for result, number in alike
    )
    yield from (*within(items, count=len(alike), room=room, noun="reason"), "")


def _error(report: FleetReport) -> Iterator[str]:
    if report.error is not None:
        yield from (f"**The plan ended early:** {code(report.error, most=MAX_TEXT)}", "")
