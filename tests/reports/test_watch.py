"""What a process that follows a branch says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.errors import ManifestError, UnavailableError
from reconciler.model.drift import DriftReport
from reconciler.model.outcome import RunReport, Status
from reconciler.model.project import Project
from reconciler.model.revision import Revision
from reconciler.model.state import DesiredState
from reconciler.model.watch import (
    Applied,
    BranchMoved,
    Compared,
    DriftChecked,
    Kept,
    PassBegun,
    PassEnded,
    PassFailed,
    WatchEvent,
)
from reconciler.reports.watch import watch_level, watch_text
from tests.reports import golden
from tests.reports.examples import (
    DRIFT,
    HOSTILE,
    LIVE_REJECTION,
    NOTHING,
    PROBLEMS,
    RUN,
    WAITING,
    outcome,
)
from tests.reports.terminal import harmless

PROJECT = Project(DesiredState(), api=COGNIGY_V1)
HEAD = Revision(commit="1a2b3c4d5e" + "0" * 30, subject=f"Take tickets, {HOSTILE}")
FORCED = HEAD.model_copy(update={"is_rewritten": True})
OFF = Compared(HEAD, due=("slot_city", HOSTILE), kept=Kept.APPLY_IS_OFF)
HELD = Compared(HEAD, due=("slot_city",), kept=Kept.HELD, held=f"run {HOSTILE} rejected a change")
EDITED = Compared(HEAD, due=("slot_city",), kept=Kept.ONLY_DRIFT)
STUCK = Compared(HEAD, rejected=(LIVE_REJECTION,), waiting=WAITING.waiting)
BROKEN = ManifestError(f"main: {HOSTILE} cannot be used.", problems=PROBLEMS, hint="Correct them.")
DOWN = UnavailableError("GET /slots answered 503.")
STOPPED = RunReport(
    run_id="r", outcomes=(outcome(Status.VERIFIED),), error=f"The disk is full: {HOSTILE}", hint="x"
)
EVERYTHING: tuple[WatchEvent, ...] = (
    PassBegun(),
    BranchMoved("origin/main", HEAD),
    BranchMoved("origin/main", FORCED),
    Compared(HEAD),
    OFF,
    Compared(HEAD, kept=Kept.APPLY_IS_OFF),
    HELD,
    EDITED,
    STUCK,
    Applied(HEAD, RUN),
    Applied(HEAD, STOPPED),
    DriftChecked(PROJECT, DriftReport.of(NOTHING)),
    DriftChecked(PROJECT, DRIFT),
    PassFailed(BROKEN),
    PassFailed(DOWN),
    PassEnded(seconds=12.3, failures=1),
    PassEnded(seconds=900, failures=7),
    PassEnded(seconds=300, failures=0),
)


def test_everything_that_it_says() -> None:
    said = "\n".join(watch_text(each, environment="production") for each in EVERYTHING)
    harmless(said)
    golden.check("watch.txt", said)


def test_each_event_begins_with_one_line_and_only_what_belongs_to_it_is_indented() -> None:
    for event in EVERYTHING:
        first, *rest = watch_text(event, environment=None).split("\n")
        assert not first.startswith(" ")
        assert all(line.startswith("    ") for line in rest)


def test_a_command_names_the_environment_if_there_is_one() -> None:
    for event in (OFF, HELD, EDITED):
        there = watch_text(event, environment="staging")
        assert there.endswith("check out 1a2b3c4d5e and run: reconciler apply --env staging")
        assert watch_text(event, environment=None).endswith(" and run: reconciler apply")


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (BranchMoved("origin/main", HEAD), "info"),
        (BranchMoved("origin/main", FORCED), "warning"),
        (Compared(HEAD), "info"),
        (OFF, "info"),
        (HELD, "warning"),
        (EDITED, "warning"),
        (replace(OFF, rejected=(LIVE_REJECTION,)), "warning"),
        (Applied(HEAD, RunReport(run_id="r", outcomes=(outcome(Status.VERIFIED),))), "info"),
        (Applied(HEAD, RUN), "error"),
        (Applied(HEAD, RunReport(run_id="r", interrupted=True)), "info"),
        (Applied(HEAD, RUN.model_copy(update={"interrupted": True})), "error"),
        (DriftChecked(PROJECT, DriftReport.of(NOTHING)), "info"),
        (DriftChecked(PROJECT, DRIFT), "warning"),
        (PassFailed(DOWN), "error"),
        (PassEnded(seconds=15, failures=1), "info"),
    ],
)
def test_the_level_says_whether_it_concerns_a_person(event: WatchEvent, level: str) -> None:
    assert watch_level(event) == level
