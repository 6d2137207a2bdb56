"""The bakes of changes on probation, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.bake import Bake, BakeResult, Suspect
from reconciler.reports.bakes import AT_FAULT, HEADING, bake_note, bake_numbers, bake_result
from reconciler.reports.markdown_text import MAX_NAME, MAX_TEXT, code, commit_text, within

PullRequests = Mapping[str, int]
"""The number of the pull request that brought each commit, where it is known."""
UNKNOWN: PullRequests = {}
_ROOM = 6_000
_MOST = 10
"""The most suspects that are listed for one bake."""
_WORST_FIRST = (BakeResult.FAILED, BakeResult.ON_PROBATION, BakeResult.PASSED)


def bakes_section(bakes: Sequence[Bake], *, pull_requests: PullRequests = UNKNOWN) -> Iterator[str]:
    """Each bake, those that failed first, with the changes that can be at fault."""
    worst_first = sorted(bakes, key=lambda each: _WORST_FIRST.index(each.result))
    items = (bake_line(each, pull_requests=pull_requests) for each in worst_first)
    if bakes:
        yield from (f"#### {HEADING}", "")
        yield from (*within(items, count=len(bakes), room=_ROOM, noun="change"), "")


def bake_line(bake: Bake, *, pull_requests: PullRequests = UNKNOWN) -> str:
    """One bake: how it stands, with which rates, and which changes can be at fault."""
    note = bake_note(bake)
    said = f", {code(note, most=MAX_TEXT)}" if note else ""
    line = f"- {bake_result(bake)}: {code(bake.slot_id, most=MAX_NAME)} {bake_numbers(bake)}{said}"
    shown = "; ".join(_suspect(each, pull_requests) for each in bake.suspects[:_MOST])
    more = len(bake.suspects) - _MOST
    rest = f"; and {more} more" if more > 0 else ""
    return f"{line}; {AT_FAULT}: {shown}{rest}" if shown else line


def _suspect(suspect: Suspect, pull_requests: PullRequests) -> str:
    parts = [
        code(suspect.slot_id, most=MAX_NAME),
        f"run {code(suspect.run_id, most=MAX_NAME)}",
    ]
    if suspect.commit is not None:
        parts.append(f"commit {commit_text(suspect.commit)}")
        number = pull_requests.get(suspect.commit)
        parts.extend([f"#{number}"] if number is not None else [])
    return ", ".join(parts)
