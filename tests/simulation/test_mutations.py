"""The simulation can fail: for each invariant there are breaks of ours that it catches.

Here alone a test patches our own modules, for here they are not what is tested: each patch is a
mistake that somebody could make, and the test is whether the simulation finds it, by the number of
the invariant that it breaks, within the first seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner

import reconciler.engine.attempt
import reconciler.engine.conclusion
import reconciler.engine.recovery
import reconciler.engine.rollback
import reconciler.engine.run
import reconciler.engine.write
import reconciler.planning.planner
from reconciler.adapters.cognigy import limiter, transport
from reconciler.adapters.cognigy.v1 import tenant as v1
from reconciler.adapters.ledger.file import FileLedger
from reconciler.engine import judging
from reconciler.engine.policy import RunPolicy
from reconciler.engine.reading import Check, look_closely
from reconciler.engine.write import Write
from reconciler.errors import OutcomeUnknownError, TenantError, UnavailableError
from reconciler.model.change import Action, Change
from reconciler.model.event import ChangeEnded, WaitingForMetrics
from reconciler.model.gate import Measurement, Verdict, VerdictResult
from reconciler.model.ledger import OpenChange
from reconciler.model.outcome import Outcome
from reconciler.model.slot import LiveSlot, SlotContent, canonical
from reconciler.planning.order import Order
from reconciler.ports import Ports, Sighting
from tests.simulation.__main__ import main
from tests.simulation.runner import run_seed, temporary_folder

SEEDS = 1_000

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]

ordered = reconciler.planning.planner._ordered
carry_out = reconciler.engine.write.carry_out
append = FileLedger.append


def deletions_come_first(patch: Patch) -> None:
    def first(order: Order) -> tuple[Change, ...]:
        return tuple(sorted(ordered(order), key=lambda each: each.action is not Action.DELETE))

    patch.setattr("reconciler.planning.planner._ordered", first)


def deletions_come_in_the_order_of_creations(patch: Patch) -> None:
    def turned(order: Order) -> tuple[Change, ...]:
        changes = ordered(order)
        deletions = [each for each in changes if each.action is Action.DELETE]
        return (*(each for each in changes if each not in deletions), *reversed(deletions))

    patch.setattr("reconciler.planning.planner._ordered", turned)


def dependents_come_first(patch: Patch) -> None:
    patch.setattr("reconciler.planning.planner._ordered", lambda order: ordered(order)[::-1])


def a_run_goes_on_after_a_rejection(patch: Patch) -> None:
    patch.setattr(reconciler.engine.run, "_stopped", lambda _outcome: False)


def what_depends_on_a_skipped_change_is_made(patch: Patch) -> None:
    whole = reconciler.engine.run.Run._skip_for_rejection

    def only_itself(self: Any, change: Change) -> Outcome | None:
        return whole(self, change.model_copy(update={"depends_on": ()}))

    patch.setattr(reconciler.engine.run.Run, "_skip_for_rejection", only_itself)


def places_are_given_back_at_the_start(patch: Patch) -> None:
    @contextmanager
    def place(self: Any) -> Iterator[None]:
        self.await_room(1)
        self._ended.append(self._clock.monotonic())
        yield

    patch.setattr(limiter.Limiter, "place", place)


def the_token_takes_no_place(patch: Patch) -> None:
    limited = transport._LimitedTransport.handle_request

    def handle(self: Any, request: Any) -> Any:
        if request.url.path == "/oauth/token":
            return self._inner.handle_request(request)
        return limited(self, request)

    patch.setattr(transport._LimitedTransport, "handle_request", handle)


def a_minute_is_shorter(patch: Patch) -> None:
    patch.setattr(limiter, "WINDOW_SECONDS", 55.0)


def live_is_not_compared_with_the_plan(patch: Patch) -> None:
    patch.setattr(Check, "_require_as_planned", lambda _self, _change: None)


def writes_have_no_condition(patch: Patch) -> None:
    patch.setattr(v1, "precondition", lambda _replaces, *, has_etags: None)


def a_rollback_does_not_look(patch: Patch) -> None:
    def whatever_is_live(self: Any, made: Write) -> LiveSlot | None:
        return look_closely(made.slot_id, ports=self._ports)

    patch.setattr(reconciler.engine.rollback._Restoring, "_replaceable", whatever_is_live)


def a_rollback_sends_nothing_where_a_read_shows_the_former_slot(patch: Patch) -> None:
    roll_back = reconciler.engine.rollback._Restoring._carry_out

    def unless_it_shows(self: Any, write: Write) -> None:
        if write.former != write.expected:
            roll_back(self, write)

    patch.setattr(reconciler.engine.rollback._Restoring, "_carry_out", unless_it_shows)


def a_contradicting_read_counts_at_once(patch: Patch) -> None:
    def once(_is_expected: Any, *, look: Any, **_rest: Any) -> LiveSlot | None:
        return look()  # type: ignore[no-any-return]  # a look is a look

    for module in ("attempt", "recovery", "rollback", "training", "write"):
        patch.setattr(f"reconciler.engine.{module}.read_until", once)


def what_the_tenant_stored_is_not_looked_at(patch: Patch) -> None:
    patch.setattr(v1, "stored_slot", lambda _answer, **_rest: None)


def a_third_content_is_written_over(patch: Patch) -> None:
    def only_ours(self: Any) -> bool:
        return bool(canonical(self._current) == self._write.expected)

    patch.setattr(reconciler.engine.write._Sending, "_is_stored", only_ours)


def recovery_judges_nothing(patch: Patch) -> None:
    def close(self: Any) -> None:
        for _, attempt in self._attempts:
            attempt.stand(Verdict(result=VerdictResult.PASSED, stands=True, reason=""))

    patch.setattr(reconciler.engine.recovery.Recovery, "_conclude", close)


def recovery_does_not_train(patch: Patch) -> None:
    patch.setattr(OpenChange, "trained", property(lambda _self: True), raising=False)


def the_listing_of_the_plan_is_the_last_look(patch: Patch) -> None:
    def as_planned(self: Any, slot_ids: Sequence[str], **_rest: Any) -> Sighting:
        listed = {each: self._listed.get(each) for each in slot_ids}
        return Sighting(at=self._clock.monotonic(), slots=listed)

    patch.setattr(v1.CognigyTenant, "read_ahead", as_planned)


def a_wave_is_not_trained(patch: Patch) -> None:
    store = reconciler.engine.attempt.Attempt.store

    def untrained(self: Any, *, train: bool) -> None:
        store(self, train=train and self.policy.rollout.batch == "change")

    patch.setattr(reconciler.engine.attempt.Attempt, "store", untrained)
    patch.setattr(reconciler.engine.conclusion.Conclusion, "train", lambda _self: None)


def recovery_takes_everything_for_not_stored(patch: Patch) -> None:
    def not_stored(*_args: Any, **_rest: Any) -> Any:
        return reconciler.engine.recovery.Diagnosis.NOT_STORED

    patch.setattr(reconciler.engine.recovery, "_diagnose", not_stored)


def a_rejected_change_is_reported_as_verified(patch: Patch) -> None:
    def verified(self: Any, _verdict: Any) -> None:
        self.stand(Verdict(result=VerdictResult.PASSED, stands=True, reason=""))

    patch.setattr(reconciler.engine.attempt.Attempt, "reject", verified)


def a_rollback_puts_nothing_back(patch: Patch) -> None:
    patch.setattr(reconciler.engine.conclusion, "roll_back", lambda *_args, **_rest: {})


def an_unknown_outcome_is_taken_for_a_failure(patch: Patch) -> None:
    def certain(write: Write, *, ports: Ports, max_attempts: int) -> SlotContent | None:
        try:
            return carry_out(write, ports=ports, max_attempts=max_attempts)
        except OutcomeUnknownError as error:
            raise UnavailableError(error.message) from error

    patch.setattr(reconciler.engine.attempt, "carry_out", certain)


def an_attempt_whose_answer_is_lost_has_trained(patch: Patch) -> None:
    patch.setattr(v1, "_UNTRAINABLE", None)


def garbage_is_a_perfect_rate(patch: Patch) -> None:
    patch.setattr(v1, "parse_measurement", lambda _body, *, about: Measurement(success_rate=1.0))


def every_change_is_unjudged(patch: Patch) -> None:
    patch.setattr(RunPolicy, "gate_of", lambda _self, _change: None)


def the_intention_is_recorded_late(patch: Patch) -> None:
    late: list[tuple[Any, str, dict[str, Any]]] = []

    def write(self: FileLedger, event: str, /, **data: Any) -> None:
        if event == "change_started":
            late[:] = [(self, event, data)]
            return
        for its_ledger, kept, its_data in late:
            if its_ledger is self:
                append(self, kept, **its_data)
        late.clear()
        append(self, event, **data)

    patch.setattr(FileLedger, "append", write)


def a_rollback_is_not_recorded(patch: Patch) -> None:
    def write(self: FileLedger, event: str, /, **data: Any) -> None:
        if event != "rollback_started":
            append(self, event, **data)

    patch.setattr(FileLedger, "append", write)


def lines_do_not_chain(patch: Patch) -> None:
    def write(self: FileLedger, event: str, /, **data: Any) -> None:
        append(self, event, **data)
        self._last_hash = ""

    patch.setattr(FileLedger, "append", write)


def a_torn_line_is_written_on(patch: Patch) -> None:
    patch.setattr(FileLedger, "_move_torn_tail", lambda self: None)


def a_rejection_is_forgotten(patch: Patch) -> None:
    patch.setattr(reconciler.engine.attempt, "change_identity", lambda *_args, **_rest: "unlike")


def deletions_are_left_out(patch: Patch) -> None:
    def without(order: Order) -> tuple[Change, ...]:
        return tuple(each for each in ordered(order) if each.action is not Action.DELETE)

    patch.setattr("reconciler.planning.planner._ordered", without)


def what_is_open_is_never_recovered(patch: Patch) -> None:
    def away(_self: Any) -> None:
        raise TenantError("not today")

    patch.setattr(reconciler.engine.recovery.Recovery, "carry_out", away)


def what_ends_is_not_said(patch: Patch) -> None:
    patch.setattr(
        reconciler.engine.run.Run, "_end", lambda self, outcome: self._outcomes.append(outcome)
    )


def what_has_ended_ends_again(patch: Patch) -> None:
    end = reconciler.engine.run.Run._end

    def twice(self: Any, outcome: Outcome) -> None:
        end(self, outcome)
        self._ports.observer.notice(ChangeEnded(outcome=outcome))

    patch.setattr(reconciler.engine.run.Run, "_end", twice)


def a_wait_is_longer_than_it_says(patch: Patch) -> None:
    waiting = judging._waiting

    def late(evaluation: Any, reading: Any, *, now: float) -> WaitingForMetrics:
        return waiting(evaluation, reading, now=now + 1.0)

    patch.setattr(judging, "_waiting", late)


def a_doubt_is_not_said(patch: Patch) -> None:
    def pause(attempt: int, *, ports: Ports, **_rest: Any) -> None:
        ports.clock.sleep(float(attempt))

    patch.setattr(reconciler.engine.write, "pause_after", pause)


BREAKS: dict[Break, int] = {
    deletions_come_first: 1,
    deletions_come_in_the_order_of_creations: 1,
    dependents_come_first: 2,
    a_run_goes_on_after_a_rejection: 2,
    what_depends_on_a_skipped_change_is_made: 2,
    places_are_given_back_at_the_start: 3,
    the_token_takes_no_place: 3,
    a_minute_is_shorter: 3,
    live_is_not_compared_with_the_plan: 4,
    writes_have_no_condition: 4,
    the_listing_of_the_plan_is_the_last_look: 4,
    a_rollback_does_not_look: 4,
    a_third_content_is_written_over: 4,
    a_rollback_sends_nothing_where_a_read_shows_the_former_slot: 5,
    a_contradicting_read_counts_at_once: 5,
    what_the_tenant_stored_is_not_looked_at: 5,
    recovery_judges_nothing: 5,
    recovery_does_not_train: 5,
    a_wave_is_not_trained: 5,
    recovery_takes_everything_for_not_stored: 5,
    a_rejected_change_is_reported_as_verified: 5,
    a_rollback_puts_nothing_back: 5,
    an_unknown_outcome_is_taken_for_a_failure: 5,
    an_attempt_whose_answer_is_lost_has_trained: 5,
    garbage_is_a_perfect_rate: 5,
    every_change_is_unjudged: 5,
    the_intention_is_recorded_late: 6,
    a_rollback_is_not_recorded: 6,
    lines_do_not_chain: 6,
    a_torn_line_is_written_on: 6,
    a_rejection_is_forgotten: 7,
    deletions_are_left_out: 7,
    what_is_open_is_never_recovered: 7,
    what_ends_is_not_said: 8,
    what_has_ended_ends_again: 8,
    a_wait_is_longer_than_it_says: 8,
    a_doubt_is_not_said: 8,
}


@pytest.mark.parametrize(
    ("break_it", "number"), BREAKS.items(), ids=[each.__name__ for each in BREAKS]
)
def test_a_break_is_caught(monkeypatch: pytest.MonkeyPatch, break_it: Break, number: int) -> None:
    break_it(monkeypatch)
    found: set[int] = set()
    with temporary_folder() as folder:
        for seed in range(SEEDS):
            violation = run_seed(seed, folder).violation
            if violation is not None:
                found.add(violation.number)
            if number in found:
                return
    pytest.fail(f"not caught as invariant {number} in {SEEDS} seeds, but as {found or 'none'}")


def test_the_command_line_ends_with_1_and_the_trace_of_the_first_seed_that_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines_do_not_chain(monkeypatch)
    result = CliRunner().invoke(main, ["--seeds", "50", "--workers", "1"])
    assert result.exit_code == 1
    told = result.stdout.strip().splitlines()
    assert told[-2].startswith("seed ")
    assert "invariant 6: the chain breaks at" in told[-2]
    assert any("  ledger    run_started" in line for line in told)
    again = told[-1].removeprefix("again: python -m tests.simulation ").split()
    assert CliRunner().invoke(main, again).exit_code == 1
    monkeypatch.undo()
    assert CliRunner().invoke(main, again).exit_code == 0


def test_there_is_a_break_of_every_invariant() -> None:
    assert set(BREAKS.values()) == set(range(1, 9))
