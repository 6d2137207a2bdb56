"""A run as a page: what did not pass, why, and when everything happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.model.noticed import Noticed
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.model.state import DesiredState
from reconciler.reports.graph import nodes_of
from reconciler.reports.html.badges import OF_STATUS, Badge
from reconciler.reports.html.changes import ShownChange, shown_changes
from reconciler.reports.html.gate_chart import GateChart, gate_chart
from reconciler.reports.html.graph import drawn
from reconciler.reports.html.rendering import rendered
from reconciler.reports.html.story import RunStory, told
from reconciler.reports.html.timeline import Track, phases_of, track
from reconciler.reports.words import clauses

_PASSED = frozenset({Status.VERIFIED, Status.UNJUDGED})
_ALWAYS = frozenset({Status.VERIFIED})
"""Statuses that are counted on the page even if no change has them."""


@dataclass(frozen=True)
class ShownOutcome:
    """What became of a change, and what there is to show of it; a recovered one has no difference,
    because an earlier run planned it. `why` is its message, without the asserts that have a table.
    """

    outcome: Outcome
    badge: Badge
    change: ShownChange | None
    track: Track | None
    charts: tuple[GateChart, ...]
    why: tuple[str, ...]

    @property
    def group(self) -> str:
        """Where it is shown: `bad` needs someone to look at it."""
        if self.outcome.status is Status.SKIPPED:
            return "skipped"
        return "good" if self.outcome.status in _PASSED else "bad"


def run_page(
    report: RunReport,
    *,
    noticed: Sequence[Noticed],
    desired: DesiredState,
    made_at: datetime,
    environment: str | None = None,
) -> str:
    """The page of a run in this `environment`, if the project has any, of which `noticed` are the
    events; `desired` is what it applied. Raises ReconcilerError without jinja2."""
    watched = {slot.slot_id: slot.gate.watch for slot in desired.values()}
    run = told(noticed, watched=watched)
    changes = shown_changes(run.changes)
    outcomes = [_shown(each, run, changes.get(each.slot_id)) for each in report.outcomes]
    counts = report.summary()
    return rendered(
        "run.html",
        report=report,
        environment=environment,
        run=run,
        made_at=made_at,
        counts=[
            (counts[status.value], OF_STATUS[status])
            for status in Status
            if counts[status.value] or status in _ALWAYS
        ],
        outcomes=outcomes,
        phases=phases_of(run.stories),
        graph=drawn(
            nodes_of(desired, run.changes),
            anchors={each.slot_id: each.anchor for each in changes.values()},
            badges={each.outcome.slot_id: each.badge for each in outcomes if each.change},
        ),
    )


def _shown(outcome: Outcome, run: RunStory, change: ShownChange | None) -> ShownOutcome:
    story = run.of(outcome)
    asserts = set(map(str, outcome.failed_asserts))
    return ShownOutcome(
        outcome=outcome,
        badge=OF_STATUS[outcome.status],
        change=None if outcome.recovered else change,
        track=track(story, run),
        charts=tuple(map(gate_chart, story.judged)),
        why=tuple(each for each in clauses(outcome.message) if each not in asserts),
    )
