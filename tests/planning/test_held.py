"""Whether a commit is held, by what the ledger says about the runs that applied it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry
from reconciler.planning.held import ATTEMPTS, reason_held
from tests.support.build import ENDPOINT
from tests.support.entries import entry

HEAD, OLDER = "c" * 40, "b" * 40
OTHER = Endpoint(origin="https://other.cognigy.com", bot_id="bot_1")


def run(
    number: int, *events: Entry, commit: str | None = HEAD, at: Endpoint = ENDPOINT, **data: Any
) -> list[Entry]:
    """A run: its start, and these events."""
    begun = {"target": at.model_dump(), "commit": commit, **data}
    name = f"run_{number}"
    own = [each.model_copy(update={"run_id": name}) for each in events]
    return [entry("run_started", run=name, **begun), *own]


def finished(**summary: int) -> Entry:
    return entry("run_finished", summary=summary)


def held(*runs: Iterable[Entry | None], commit: str = HEAD) -> str:
    lines = [each for one in runs for each in one]
    return reason_held(lines, endpoint=ENDPOINT, commit=commit)


PASSED = (entry("gate_passed", slot_id="a"), finished(verified=1))
FAILED = (entry("change_failed", slot_id="a"), finished(failed=1, skipped=2))


@pytest.mark.parametrize(
    "event",
    [
        entry("gate_failed", slot_id="a"),
        entry("gate_inconclusive", slot_id="a"),
        entry("rollback_started", slot_id="a"),
        entry("rollback_failed", slot_id="a"),
    ],
)
def test_a_commit_is_held_after_its_run_rejected_a_change(event: Entry) -> None:
    assert (
        held(run(1, event, finished(rolled_back=1))) == "run run_1 of this commit rejected a change"
    )
    assert held(run(1, event)) != ""  # a crash, before the run could finish


@pytest.mark.parametrize(
    "events", [PASSED, (entry("gate_inconclusive", slot_id="a", stands=True), finished())]
)
def test_it_is_not_held_after_a_run_whose_changes_stand(events: tuple[Entry, ...]) -> None:
    assert held(run(1, *events)) == ""
    assert held() == ""


REJECTED = (entry("gate_failed", slot_id="a"), finished(rolled_back=1))


def test_another_commit_is_not_held() -> None:
    assert held(run(1, *REJECTED, commit=OLDER)) == ""
    assert held(run(1, *REJECTED), run(2, *PASSED, commit=OLDER)) == ""


def test_an_apply_by_a_person_lifts_it() -> None:
    assert held(run(1, *REJECTED), run(2, *PASSED, commit=None)) == ""
    assert held(run(1, *REJECTED), run(2, *PASSED)) == ""


def test_other_endpoints_and_what_other_commands_record_do_not_matter() -> None:
    assert held(run(1, *REJECTED, at=OTHER)) == ""
    assert held(run(1, *REJECTED), run(2, *PASSED, at=OTHER)) != ""
    assert held(run(1, *REJECTED), run(2, finished(bake_passed=1), command="drift")) != ""


def test_several_failures_one_after_the_other_hold_it() -> None:
    failures = [run(number, *FAILED) for number in range(ATTEMPTS)]
    assert held(*failures[1:]) == ""
    assert held(*failures) == f"5 runs of this commit failed, the last one was run_{ATTEMPTS - 1}"
    assert held(*failures, run(9, *PASSED), *failures[1:]) == ""
    assert held(run(0, *FAILED, commit=OLDER), *failures[1:]) == ""


def test_lines_that_cannot_be_read_and_runs_between_each_other_are_no_obstacle() -> None:
    first, second = run(1, *REJECTED), run(2, finished(), command="drift")
    assert held([first[0], None, second[0], *first[1:], second[1]]) != ""
