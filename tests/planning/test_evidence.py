"""What ledgers prove about an environment."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.base import rfc3339
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Expectation
from reconciler.model.ledger import Entry
from reconciler.model.promotion import Evidence, TrialResult, shared_identity
from reconciler.planning.evidence import evidence_of, merged
from tests.support.build import ENDPOINT, slot

ONE = shared_identity("a", slot("a"))
OTHER = shared_identity("a", slot("a", patterns=("^other$",)))
GONE = shared_identity("a", None)
START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


class Book:
    """A ledger that grows by a line a minute."""

    def __init__(self, *, start: datetime = START) -> None:
        self.lines: list[Entry] = []
        self._start = start

    def note(self, event: str, *, run: str = "r1", **data: Any) -> datetime:
        """Add a line, and return its time."""
        at = self._start + timedelta(minutes=len(self.lines))
        self.lines.append(
            Entry(
                timestamp=rfc3339(at),
                run_id=run,
                seq=len(self.lines) + 1,
                event=event,
                prev_hash="",
                hash=f"{rfc3339(self._start)} {len(self.lines)}",
                data=data,
            )
        )
        return at

    def begin(
        self, *, run: str = "r1", environment: str | None = "staging", **target: str | None
    ) -> None:
        where = {**ENDPOINT.model_dump(), **target}
        self.note("run_started", run=run, target=where, environment=environment)

    def change(self, *, shared: str = ONE, action: str = "update", run: str = "r1") -> None:
        self.note("change_started", run=run, slot_id="a", action=action, shared=shared)

    def of_a(self, event: str, **data: Any) -> datetime:
        return self.note(event, slot_id="a", **data)

    @property
    def evidence(self) -> Evidence:
        return evidence_of("staging", self.lines)


@pytest.fixture
def book() -> Book:
    made = Book()
    made.begin()
    return made


def results(evidence: Evidence) -> tuple[str, TrialResult] | None:
    trial = evidence.trials.get("a")
    return (trial.identity, trial.result) if trial else None


def test_content_has_passed_since_its_gate_did(book: Book) -> None:
    book.change()
    at = book.of_a("gate_passed")
    trial = book.evidence.trials["a"]
    assert (trial.identity, trial.result, trial.at, trial.run_id) == (
        ONE,
        TrialResult.PASSED,
        at,
        "r1",
    )


@pytest.mark.parametrize(
    ("event", "data", "result"),
    [
        ("gate_failed", {}, TrialResult.REJECTED),
        ("gate_inconclusive", {"stands": False}, TrialResult.REJECTED),
        ("gate_inconclusive", {"stands": True}, TrialResult.INCONCLUSIVE),
        ("gate_inconclusive", {"stands": True, "unjudged": True}, TrialResult.UNJUDGED),
        ("rollback_started", {}, TrialResult.ROLLED_BACK),
        ("change_failed", {}, TrialResult.FAILED),
        ("change_recovered", {"outcome": "not_stored"}, TrialResult.FAILED),
        ("bake_failed", {}, TrialResult.BELOW_GATE),
        ("change_applied", {"success": True}, TrialResult.IN_PROGRESS),
        ("change_recovered", {"outcome": "stored"}, TrialResult.IN_PROGRESS),
    ],
)
def test_nothing_else_is_a_pass(
    book: Book, event: str, data: dict[str, Any], result: TrialResult
) -> None:
    book.change()
    book.of_a(event, **data)
    assert results(book.evidence) == (ONE, result)


@pytest.mark.parametrize("event", ["rollback_started", "change_rolled_back", "bake_failed"])
def test_a_pass_ends_when_the_content_is_rolled_back_or_fails_its_bake(
    book: Book, event: str
) -> None:
    book.change()
    book.of_a("gate_passed")
    book.of_a(event)
    assert results(book.evidence) != (ONE, TrialResult.PASSED)


def test_content_that_was_replaced_and_restored_needs_another_pass(book: Book) -> None:
    book.change()
    book.of_a("gate_passed")
    book.change(shared=OTHER)
    book.of_a("gate_failed")
    book.of_a("change_rolled_back")
    assert results(book.evidence) == (OTHER, TrialResult.REJECTED)
    at = book.of_a("slot_seen", status="healthy", shared=ONE)
    assert results(book.evidence) == (ONE, TrialResult.PASSED)
    assert book.evidence.trials["a"].at == at


def test_a_slot_that_is_seen_healthy_again_has_passed_since_the_first_time(book: Book) -> None:
    book.change()
    at = book.of_a("gate_passed")
    book.of_a("slot_seen", status="healthy", shared=ONE)
    assert book.evidence.trials["a"].at == at
    book.of_a("slot_seen", status="below_gate", shared=ONE)
    assert results(book.evidence) == (ONE, TrialResult.BELOW_GATE)
    book.of_a("slot_seen", status="differs", shared=ONE)
    assert results(book.evidence) == (ONE, TrialResult.EDITED)


def test_a_deletion_proves_nothing_about_the_content_that_the_files_say(book: Book) -> None:
    book.change(action="delete")  # its file makes it absent in staging alone
    book.of_a("gate_passed")
    assert results(book.evidence) == (GONE, TrialResult.PASSED)


def test_a_slot_that_is_no_longer_listed_is_gone(book: Book) -> None:
    book.change()
    book.of_a("gate_passed")
    book.note("slots_listed", slot_ids=["a", "b"])
    assert results(book.evidence) == (ONE, TrialResult.PASSED)
    book.note("slots_listed", slot_ids=["b"])
    assert results(book.evidence) == (GONE, TrialResult.PASSED)
    assert book.evidence.listed == frozenset({"b"})


def test_a_change_that_is_still_open_is_not_gone(book: Book) -> None:
    book.change(action="create")
    book.note("slots_listed", slot_ids=[])
    book.of_a("gate_passed")
    assert results(book.evidence) == (ONE, TrialResult.PASSED)


def test_a_line_of_an_older_version_that_does_not_identify_its_content_proves_nothing(
    book: Book,
) -> None:
    book.note("change_started", slot_id="a", action="update")
    book.of_a("gate_passed")
    identity, result = results(book.evidence) or ("", None)
    assert result is TrialResult.PASSED
    assert identity not in (ONE, GONE)


def test_runs_in_other_environments_prove_nothing() -> None:
    book = Book()
    for environment in ("production", None):
        book.begin(environment=environment)
        book.change()
        book.of_a("gate_passed")
    assert book.evidence == Evidence(environment="staging")


def test_runs_of_another_tenant_whose_environment_has_the_same_name_prove_nothing() -> None:
    book = Book()
    for run, bot_id in (("r1", ENDPOINT.bot_id), ("r2", "bot_of_another")):
        book.begin(run=run, bot_id=bot_id)
        book.change(run=run, shared=ONE if run == "r1" else OTHER)
        book.of_a("gate_passed", run=run)
    expected = Expectation(origin=f"{ENDPOINT.origin.upper()}/", bot_id=ENDPOINT.bot_id)
    found = evidence_of("staging", book.lines, expected=expected)
    assert (found.runs, found.endpoint, results(found)) == (1, ENDPOINT, (ONE, TrialResult.PASSED))
    elsewhere = Expectation(origin="https://other.cognigy.com")
    assert evidence_of("staging", book.lines, expected=elsewhere).runs == 0
    book.begin(run="r3", origin="nowhere")
    assert evidence_of("staging", book.lines, expected=expected).runs == 1


def test_an_environment_that_moves_to_another_tenant_begins_anew(book: Book) -> None:
    book.change()
    book.of_a("gate_passed")
    book.begin(run="r2", bot_id=None)
    assert results(book.evidence) == (ONE, TrialResult.PASSED)
    book.begin(run="r3", bot_id="bot_2")
    assert (book.evidence.runs, results(book.evidence)) == (1, None)
    book.begin(run="r4", origin="https://other.cognigy.com")
    assert book.evidence.runs == 1
    assert book.evidence.endpoint == Endpoint(
        origin="https://other.cognigy.com", bot_id=ENDPOINT.bot_id
    )


def test_a_run_that_goes_on_after_the_environment_moved_proves_nothing(book: Book) -> None:
    book.begin(run="r2", origin="https://other.cognigy.com")
    book.change(run="r1")
    book.of_a("gate_passed")
    assert results(book.evidence) is None


EVENTS = st.sampled_from(
    ["gate_passed", "gate_failed", "change_applied", "rollback_started", "change_rolled_back"]
)


@given(st.lists(st.tuples(EVENTS, st.booleans()), max_size=12))
def test_content_passes_only_by_a_gate_after_it_was_brought_last(
    steps: list[tuple[str, bool]],
) -> None:
    book = Book()
    book.begin()
    for event, is_new in steps:
        if is_new:
            book.change()
        book.of_a(event)
    found = results(book.evidence)
    names = [entry.event for entry in book.lines]
    if found == (ONE, TrialResult.PASSED):
        since = names[max(n for n, name in enumerate(names) if name == "change_started") :]
        last = max(n for n, name in enumerate(since) if name == "gate_passed")
        assert not {"gate_failed", "rollback_started", "change_rolled_back"} & set(since[last:])


@given(st.integers(0, 8), st.integers(0, 8))
def test_a_copy_of_a_ledger_changes_nothing(length: int, copied: int) -> None:
    book = Book()
    book.begin()
    for number in range(length):
        book.note(f"step_{number}" if number % 2 else "change_started", slot_id="a")
    copy = book.lines[:copied]
    assert list(merged([copy, book.lines])) == book.lines
    assert list(merged([book.lines, [None, *copy]])) == book.lines


def test_the_lines_of_two_ledgers_are_taken_by_time_and_those_of_one_in_their_order() -> None:
    early, late = Book(), Book(start=START + timedelta(hours=1))
    early.note("one")
    late.note("two")
    assert [each.event for each in merged([late.lines, early.lines])] == ["one", "two"]
    backwards = [*late.lines, *early.lines]
    assert list(merged([backwards, []])) == backwards
