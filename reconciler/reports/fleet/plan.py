"""The plan of a fleet as text: each set of changes once, with the targets that it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import click

from reconciler.model.commands import FLEET
from reconciler.model.fleet_run import FleetReport, Group, TargetStatus
from reconciler.model.listed import listed
from reconciler.model.plan import Plan
from reconciler.reports.escaping import plain
from reconciler.reports.fleet.rows import error_lines, failed_lines, waiting_lines, warning_rows
from reconciler.reports.fleet.words import status_counts
from reconciler.reports.numbers import counted
from reconciler.reports.text.layout import capped, hanging, wrapped
from reconciler.reports.text.plan import plan_lines, plan_rows
from reconciler.reports.text.rejected import warning_lines
from reconciler.reports.words import change_counts

_MOST_IN_FULL = 10
"""The most sets of changes that are shown."""
_MOST_GROUPS = 50
"""The most that are counted each."""


def fleet_plan_text(report: FleetReport, *, width: int | None = None) -> str:
    """The changes of the largest groups, the counts of others, then the targets that wait and that
    could not be planned, and the counts of them all."""
    return _text(report, partial(plan_lines, commands=FLEET, width=width), width=width)


def fleet_plan_summary_text(report: FleetReport, *, width: int | None = None) -> str:
    """The same with one line for each change."""
    return _text(report, partial(plan_rows, width=width), width=width)


def _text(
    report: FleetReport, render: Callable[[Plan], Iterator[str]], *, width: int | None
) -> str:
    at = f", commit {plain(report.commit)}" if report.commit else ""
    total = sum(report.counts.values())
    lines = [click.style(f"Plan for {counted(total, 'target')}{at}", bold=True), ""]
    shown, rest = capped(by_size(report), most=_MOST_GROUPS)
    for place, group in enumerate(shown):
        lines += [click.style(group_title(group), bold=True)]
        lines += [*wrapped(plain(listed(group.targets)), width=width, indent=2), ""]
        if place < _MOST_IN_FULL:
            lines += [*render(group.plan), *warning_lines(group.plan.warnings, width=width)]
    if rest:
        left = sum(len(each.targets) for each in by_size(report)[len(shown) :])
        lines += [f"… and {counted(rest, 'more plan')} for {counted(left, 'target')}", ""]
    lines += waiting_lines(report.results, width=width)
    lines += failed_lines(report.results, width=width)
    lines += warning_rows(report, width=width)
    lines += hanging(_headline(report), width=width)
    return "\n".join([*lines, *error_lines(report, width=width)])


def by_size(report: FleetReport) -> tuple[Group, ...]:
    """The groups of a plan, the largest first."""
    return tuple(sorted(report.groups, key=lambda each: -len(each.targets)))


def group_title(group: Group) -> str:
    """`412 targets: 1 to create, 2 to update, 0 to delete`."""
    return f"{counted(len(group.targets), 'target')}: {change_counts(group.plan)}"


def plan_headline(report: FleetReport) -> str:
    """How many targets differ, in how many ways, and what is known of the others."""
    counts = report.counts
    differing = counts[TargetStatus.DIFFERS]
    others = {**counts, TargetStatus.DIFFERS: 0}
    rest = f"{status_counts(others)}." if any(others.values()) else ""
    if not differing:
        return f"No changes: {rest}" if rest else "No targets."
    verb = "differs" if differing == 1 else "differ"
    plans = len(report.groups)
    ways = "by the same plan" if plans == 1 else f"by {plans} different plans"
    found = counted(differing, "target")
    return f"{found} {verb}{f', {ways}' if differing > 1 else ''}. {rest.capitalize()}".rstrip()


def _headline(report: FleetReport) -> str:
    headline = plan_headline(report)
    is_clean = not report.groups and not any(each.has_failed for each in report.results)
    return click.style(headline, bold=True, fg="green" if is_clean else None)
