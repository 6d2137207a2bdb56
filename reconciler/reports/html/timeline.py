"""When each change of a run was written, settled, measured and rolled back, as bars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from reconciler.reports.html.scales import Scale
from reconciler.reports.html.story import RunStory, Story

LENGTH = 1000
"""The length of the whole run; a bar is stretched to the width that it has on the page."""

PHASES = ("write", "settle", "measure", "roll back")


@dataclass(frozen=True)
class Bar:
    """A phase of a change; `kind` is a class of the style sheet."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class Track:
    """The bars of one change, the time it took in seconds, and the same in words."""

    bars: tuple[Bar, ...]
    seconds: float
    text: str


def track(story: Story, run: RunStory) -> Track | None:
    """The bars of a change in its run; None if it never began."""
    if run.begun is None or run.ended is None or not story.phases:
        return None
    lasted = max((run.ended - run.begun).total_seconds(), 1e-3)
    along = Scale(low=0, high=lasted, start=0, end=LENGTH)
    spans = list(_spans(story, end=run.ended))
    if not spans:
        return None
    return Track(
        bars=tuple(_bar(name, since, until, run.begun, along) for name, since, until in spans),
        seconds=(spans[-1][2] - spans[0][1]).total_seconds(),
        text=", ".join(
            f"{name} {(until - since).total_seconds():.0f} s" for name, since, until in spans
        ),
    )


def _spans(story: Story, *, end: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    """The phases with their beginnings and ends, without those of no length; one that never ended
    lasts to the end of the run, and one that was cut short ends with what followed."""
    for number, phase in enumerate(story.phases, start=1):
        until = min([end, *(later.since for later in story.phases[number:])])
        if phase.name != "end" and phase.since < until:
            yield phase.name, phase.since, until


def _bar(name: str, since: datetime, until: datetime, begun: datetime, along: Scale) -> Bar:
    start, end = (along((each - begun).total_seconds()) for each in (since, until))
    return Bar(kind=name.replace(" ", "-"), x=start, width=max(round(end - start, 1), 2))


def phases_of(stories: Iterable[Story]) -> tuple[str, ...]:
    """The phases that occur, in their order, for the legend."""
    found = {phase.name for story in stories for phase in story.phases}
    return tuple(name for name in PHASES if name in found)
