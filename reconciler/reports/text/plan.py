"""A plan as text: its changes in full, or each in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from reconciler.model.change import Action, Change
from reconciler.model.commands import PROJECT, Commands
from reconciler.model.duration import about
from reconciler.model.effect import NO_EFFECTS, Effects
from reconciler.model.endpoint import Endpoint
from reconciler.model.listed import listed
from reconciler.model.plan import Plan
from reconciler.model.promotion import Waiting
from reconciler.model.state import DesiredState
from reconciler.reports.effects import effect_counts
from reconciler.reports.escaping import plain
from reconciler.reports.next_step import NO_FILES, after_rejection
from reconciler.reports.numbers import counted
from reconciler.reports.text.changes import LABEL_WIDTH, SYMBOL, change_lines
from reconciler.reports.text.colors import ACTION_COLOR
from reconciler.reports.text.layout import capped, clipped, columns_of, hanging, indented, wrapped
from reconciler.reports.text.rejected import rejected_lines, rejection_reason, warning_lines
from reconciler.reports.waiting import (
    waiting_count,
    waiting_counts,
    waiting_heading,
    waiting_reason,
    ways_to_prove,
)
from reconciler.reports.words import change_words, headline_of_rejected, skipped_counts

_MOST_CHANGES = 50
"""The most changes that are shown in full; as many deletions are shown besides."""
_WIDEST_ID = 40
"""Columns. A longer id moves the rest of its line to the right."""
_NARROWEST_WORDS = 12
"""Columns for what a change does, even beside a long id."""


def plan_text(
    plan: Plan,
    *,
    desired: DesiredState = NO_FILES,
    effects: Effects = NO_EFFECTS,
    width: int | None = None,
) -> str:
    """The plan: the changes in order and what they mean, what is left alone, and the counts.
    `desired` says which file a slot is in."""
    lines = [*_heading(plan), *plan_lines(plan, effects=effects, width=width)]
    counts = effect_counts(effects)
    if counts:
        lines += [*wrapped(f"Patterns: {counts}.", width=width), ""]
    return "\n".join([*lines, *_ending(plan, desired=desired, width=width)])


def plan_lines(
    plan: Plan,
    *,
    effects: Effects = NO_EFFECTS,
    commands: Commands = PROJECT,
    width: int | None = None,
) -> Iterator[str]:
    """The part of the plan between its heading and its warnings; it is empty, or ends with an empty
    line."""
    yield from _changes(
        [each for each in plan.due if each.action is not Action.DELETE], effects=effects
    )
    yield from _changes([each for each in plan.due if each.action is Action.DELETE])
    yield from _skipped(plan)
    yield from _waiting(plan, commands=commands)
    yield from rejected_lines(plan.rejected_live, width=width)
    if plan.unmanaged:
        unmanaged = f"Unmanaged, and left alone: {plain(listed(plan.unmanaged))}"
        yield from (*wrapped(unmanaged, width=width), "")


def plan_summary_text(
    plan: Plan, *, desired: DesiredState = NO_FILES, width: int | None = None
) -> str:
    """The plan with one line for each change."""
    rows = [*plan_rows(plan, width=width)]
    return "\n".join([*_heading(plan), *rows, *_ending(plan, desired=desired, width=width)])


def plan_rows(plan: Plan, *, width: int | None = None) -> Iterator[str]:
    """A line for each change; none, or an empty line at the end."""
    skipped = {each.slot_id for each in plan.skipped}
    every = [*plan.changes, *(each.change for each in plan.waiting)]
    widest = max((columns_of(plain(each.slot_id)) for each in every), default=0)
    id_width = min(widest, _WIDEST_ID)
    for change in plan.changes:
        is_skipped = change.slot_id in skipped
        yield _row(change, is_skipped=is_skipped, id_width=id_width, width=width)
    for waiting in plan.waiting:
        yield _waiting_row(waiting, id_width=id_width, width=width)
    if every:
        yield ""


def endpoint_text(endpoint: Endpoint, *, environment: str | None) -> str:
    """A tenant and its bot or project, and the environment that they are, if they are one."""
    named = f"{plain(environment)}: " if environment else ""
    kind, bot_id = endpoint.kind, endpoint.bot_id
    bot = f"{kind} {plain(bot_id)}" if bot_id else f"no {kind} configured"
    return f"{named}{plain(endpoint.origin)}, {bot}"


def _heading(plan: Plan) -> list[str]:
    return [f"Plan for {endpoint_text(plan.endpoint, environment=plan.environment)}", ""]


def _ending(plan: Plan, *, desired: DesiredState, width: int | None) -> Iterator[str]:
    """The warnings, the counts, and what to do about what was rejected."""
    yield from warning_lines(plan.warnings, width=width)
    yield from hanging(_headline(plan), width=width)
    if plan.estimated_seconds is not None:
        estimate = f"An apply takes about {about(plan.estimated_seconds)} if all goes well."
        yield from hanging(estimate, width=width)
    if plan.rejected:
        step = after_rejection(plan.rejected, desired=desired, environment=plan.environment)
        yield from hanging(f"Next: {plain(step)}", width=width)


def _headline(plan: Plan) -> str:
    summary = plan.summary
    if plan.changes:
        rest = f"{summary.unchanged} unchanged, {summary.unmanaged} unmanaged."
        return f"{_counts(plan)} {rest}"
    headline = click.style("No changes.", fg="green", bold=True)
    if plan.waiting:
        headline = click.style(f"No changes now: {waiting_count(plan.waiting)}.", bold=True)
    if plan.rejected_live:
        headline = click.style(headline_of_rejected(plan), fg="red", bold=True)
    return (
        f"{headline} {counted(summary.unchanged, 'slot')} as desired, "
        f"{summary.unmanaged} unmanaged."
    )


def _counts(plan: Plan) -> str:
    """The counts of changes; deletions, if there are any, in red."""
    deletions = plan.counted(Action.DELETE)
    counts = [
        click.style(f"Plan: {plan.counted(Action.CREATE)} to create", bold=True),
        click.style(f"{plan.counted(Action.UPDATE)} to update", bold=True),
        click.style(f"{deletions} to delete", bold=True, fg="red" if deletions else None),
        *(click.style(each, bold=True) for each in skipped_counts(plan)),
        *(click.style(each, bold=True) for each in waiting_counts(plan.waiting)),
    ]
    return f"{', '.join(counts)}."


def _changes(changes: Sequence[Change], *, effects: Effects = NO_EFFECTS) -> Iterator[str]:
    shown, rest = capped(changes, most=_MOST_CHANGES)
    for wave, members in groupby(shown, key=lambda change: change.wave):
        yield click.style(f"  wave {wave}", bold=True)
        for change in members:
            yield from change_lines(
                change,
                effect=effects.slots.get(change.slot_id),
                overlaps=effects.overlaps_of(change.slot_id),
            )
        yield ""
    if rest:
        counts = Counter(change.action for change in changes[len(shown) :])
        more = ", ".join(f"{counts[each]} more to {each.value}" for each in Action if counts[each])
        yield f"  … and {more}"
        yield "    (a line for each with --summary)"
        yield ""


def _skipped(plan: Plan) -> Iterator[str]:
    if not plan.skipped:
        return
    yield (
        "  skipped by apply: rejected earlier, or dependent on a rejected slot (see --retry-failed)"
    )
    rejected = plan.rejected_changes
    shown, rest = capped(plan.skipped, most=_MOST_CHANGES)
    for change in shown:
        yield from change_lines(change)
        if change.slot_id in rejected:
            first, *others = rejection_reason(rejected[change.slot_id])
            yield f"        {'rejected':<{LABEL_WIDTH}} {first}"
            yield from indented(others, indent=LABEL_WIDTH + 9)
        elif change.slot_id in plan.blocked:
            blocker = plain(plan.blocked[change.slot_id].slot_id)
            yield f"        {'depends on':<{LABEL_WIDTH}} {blocker}, live although rejected"
    if rest:
        yield f"    … and {rest} more"
    yield ""


def _waiting(plan: Plan, *, commands: Commands) -> Iterator[str]:
    if not plan.waiting:
        return
    yield f"  {waiting_heading(plan.waiting)}"
    shown, rest = capped(plan.waiting, most=_MOST_CHANGES)
    for each in shown:
        yield from change_lines(each.change)
        yield f"        {'waits':<{LABEL_WIDTH}} {plain(waiting_reason(each))}"
    if rest:
        yield f"    … and {rest} more"
    ways = ways_to_prove(plan.waiting, commands=commands)
    yield from (f"    {plain(each)}" for each in ways)
    yield ""


def _row(change: Change, *, is_skipped: bool, id_width: int, width: int | None) -> str:
    skipped = "skipped, rejected earlier: " if is_skipped else ""
    words = f"{skipped}{plain(change_words(change))}"
    return _line(change, words, id_width=id_width, width=width)


def _waiting_row(waiting: Waiting, *, id_width: int, width: int | None) -> str:
    words = f"waits: {plain(waiting_reason(waiting))}"
    return _line(waiting.change, words, id_width=id_width, width=width)


def _line(change: Change, words: str, *, id_width: int, width: int | None) -> str:
    slot_id = plain(change.slot_id)
    head = click.style(
        f"{SYMBOL[change.action]} {slot_id}", fg=ACTION_COLOR[change.action], bold=True
    )
    padding = " " * max(0, id_width - columns_of(slot_id))
    taken = columns_of(f"  {head}{padding}  ")
    room = None if width is None else max(width - taken, _NARROWEST_WORDS)
    return f"  {head}{padding}  {clipped(words, width=room)}"
