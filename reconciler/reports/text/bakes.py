"""The bakes of changes on probation, as text for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from reconciler.model.bake import Bake, Suspect
from reconciler.reports.bakes import AT_FAULT, HEADING, bake_note, bake_numbers, bake_result
from reconciler.reports.escaping import plain
from reconciler.reports.text.colors import BAKE_COLOR
from reconciler.reports.text.layout import capped, wrapped
from reconciler.reports.words import clauses

_MOST = 20
"""The most suspects that are listed for one bake."""


def bake_lines(bakes: Sequence[Bake], *, width: int | None = None) -> Iterator[str]:
    """Each bake, with the runs and commits that can be at fault if it failed; and an empty line."""
    if not bakes:
        return
    yield f"{HEADING}:"
    for each in bakes:
        result = click.style(f"{bake_result(each):<13}", fg=BAKE_COLOR[each.result])
        first, *rest = (plain(clause) for clause in clauses(bake_note(each)))
        note = f", {first}" if first else ""
        yield f"  {result}{plain(each.slot_id):<28} {bake_numbers(each)}{note}"
        for line in rest:
            yield from wrapped(line, width=width, indent=6)
        shown, hidden = capped(each.suspects, most=_MOST)
        if shown:
            yield f"      {AT_FAULT}:"
        for suspect in shown:
            yield from wrapped(_suspect(suspect), width=width, indent=8)
        if hidden:
            yield f"        … and {hidden} more"
    yield ""


def _suspect(suspect: Suspect) -> str:
    commit = f", commit {plain(suspect.commit)}" if suspect.commit else ""
    return f"{plain(suspect.slot_id)}, run {plain(suspect.run_id)}{commit}"
