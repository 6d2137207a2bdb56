"""What is going on, as text."""

from __future__ import annotations

from datetime import datetime, timezone

from reconciler.cli.progress.view import View, after
from reconciler.cli.progress.words import block_lines, heartbeat, stop_lines
from reconciler.model.change import Action, Change
from reconciler.model.event import (
    BaselineBegun,
    BaselineRead,
    ChangeBegun,
    ChangeEnded,
    ChangeStored,
    EvaluationBegun,
    Event,
    Measured,
    PlanBegun,
    RateLimited,
    RequestAnswered,
    RequestRepeated,
    RequestSent,
    RollbackBegun,
    RunEnded,
    SnapshotBegun,
    SnapshotTaken,
    TrainingBegun,
    WaitingForMetrics,
    WaveBegun,
    WriteBegun,
)
from reconciler.model.gate import Measurement
from reconciler.model.outcome import Outcome, RunReport, Status

NOON = datetime(2026, 11, 26, 12, 0, 0, tzinfo=timezone.utc)
FRUIT = Change(slot_id="slot_fruit", name="fruit", action=Action.UPDATE, wave=0)
SIZE = Change(slot_id="slot_size", name="size", action=Action.DELETE, wave=0)
PLANNED = PlanBegun(changes=(FRUIT, SIZE))
BEGUN = (PLANNED, ChangeBegun(change=FRUIT), BaselineRead(slot_id="slot_fruit", baseline=0.9))
STORED = (*BEGUN, ChangeStored(slot_id="slot_fruit", action=Action.UPDATE))
SETTLING = EvaluationBegun(
    slot_id="slot_fruit",
    baseline=0.9,
    min_success_rate=0.85,
    seconds=15.0,
    until=115.0,
    deadline=415.0,
)


def view_of(*events: Event, at: float = 100.0) -> View:
    view = View(started=at)
    for event in events:
        view = after(view, event, now=at)
    return view


def seen(*events: Event, later: float = 0.0) -> list[str]:
    """The block, this many seconds after these events, all of which happened at 100."""
    lines = block_lines(view_of(*events), now=100.0 + later, at=NOON)
    return [line.strip() for line in lines]


def ended(change: Change, status: Status) -> ChangeEnded:
    outcome = Outcome(slot_id=change.slot_id, action=change.action, status=status)
    return ChangeEnded(outcome=outcome)


def test_a_snapshot_is_waited_for_in_sight() -> None:
    begun = SnapshotBegun(name="reconciler-run")
    assert seen(PLANNED, begun, later=9) == [
        "taking the snapshot reconciler-run, 9 s",
        "0 done, 2 left; 9 s so far",
    ]
    assert stop_lines(view_of(PLANNED, begun), now=100.0)[0].startswith("Stopping.")
    for over in (SnapshotTaken(name="reconciler-run"), RunEnded(report=RunReport(run_id="r"))):
        assert not any("snapshot" in line for line in seen(PLANNED, begun, over, later=9))


def test_each_phase_of_the_change_in_hand_has_its_words() -> None:
    phases: list[tuple[tuple[Event, ...], str]] = [
        ((PLANNED, BaselineBegun(slot_id="slot_fruit")), "reading its baseline, 9 s"),
        (
            (*BEGUN, WriteBegun(slot_id="slot_fruit", action=Action.UPDATE, trains=True)),
            "writing, 9 s",
        ),
        ((*STORED, TrainingBegun(slot_id="slot_fruit")), "training, 9 s"),
        ((*STORED, SETTLING), "settling 9/15 s"),
        (
            (
                *STORED,
                SETTLING,
                WaitingForMetrics(
                    slot_id="slot_fruit", reason="none yet", seconds=10, until=110, deadline=415
                ),
            ),
            "measuring: none yet 9/10 s",
        ),
        ((*STORED, RollbackBegun(slot_id="slot_fruit")), "rolling back, 9 s"),
    ]
    for events, words in phases:
        assert seen(*events, later=9)[0] == f"[1/2] update slot_fruit: {words}"


def test_the_rate_stands_against_minimum_and_baseline_as_it_comes() -> None:
    reading = Measurement(success_rate=0.912)
    measured = Measured(slot_id="slot_fruit", reading=reading, baseline=0.9, min_success_rate=0.85)
    assert "baseline 0.900" in seen(*STORED, SETTLING)
    assert "0.912, minimum 0.850, baseline 0.900" in seen(*STORED, SETTLING, measured)


def test_the_wait_for_the_rate_says_how_long_and_until_when() -> None:
    wait = RateLimited(limit=100, seconds=42.0, until=142.0)
    line = "waiting 32 s, until 12:00:32Z, for the rate limit of 100 requests a minute"
    assert line in seen(*BEGUN, wait, later=10)
    assert seen(wait, later=10) == [line]
    assert line not in seen(*BEGUN, wait, RequestSent(method="GET", path="/a"), later=10)


def test_a_retry_says_why() -> None:
    wait = RequestRepeated(
        reason="The tenant answered 503.", attempt=2, attempts=5, seconds=8.0, until=108.0
    )
    line = "waiting 5 s, until 12:00:05Z, for attempt 2 of 5 (The tenant answered 503)"
    assert seen(wait, later=3) == [line]


def test_an_answer_that_takes_its_time_is_named() -> None:
    sent = RequestSent(method="GET", path="/slots")
    assert seen(sent, later=1) == ["working, 1 s"]
    assert seen(sent, later=9) == ["waiting for the answer to GET /slots: 9 s"]
    answered = RequestAnswered(method="GET", path="/slots", status=200, seconds=1.0)
    assert seen(sent, answered, later=9) == ["working, 9 s"]


def test_the_counts_say_what_is_done_and_left_and_for_how_long() -> None:
    assert seen(*BEGUN, later=9)[-1] == "0 done, 2 left; 9 s so far"
    done = seen(*BEGUN, ended(FRUIT, Status.VERIFIED), later=9)
    assert done == ["1 done, 1 left; 9 s so far, about 9 s to go"]
    back = seen(*BEGUN, ended(FRUIT, Status.ROLLED_BACK), ended(SIZE, Status.SKIPPED), later=9)
    assert back == ["0 done, 1 rolled back, 1 skipped, 0 left; 9 s so far"]


def test_until_a_change_has_ended_the_time_to_go_is_the_plans_estimate() -> None:
    planned = PLANNED.model_copy(update={"estimated_seconds": 40.0})
    begun = (planned, ChangeBegun(change=FRUIT))
    assert seen(*begun, later=10)[-1] == "0 done, 2 left; 10 s so far, about 30 s to go"
    assert seen(*begun, later=40)[-1] == "0 done, 2 left; 40 s so far"
    one = seen(*begun, ended(FRUIT, Status.VERIFIED), later=9)
    assert one == ["1 done, 1 left; 9 s so far, about 9 s to go"]


def test_without_a_plan_the_slot_that_is_measured_is_named() -> None:
    both = (SETTLING, SETTLING.model_copy(update={"slot_id": "slot_size"}))
    reading = Measurement(success_rate=0.912)
    one = Measured(slot_id="slot_fruit", reading=reading, baseline=None, min_success_rate=0.85)
    other = one.model_copy(update={"slot_id": "slot_size"})
    assert seen(*both) == ["measuring slot_fruit (1 of 2)"]
    assert seen(*both, one) == ["measuring slot_size (2 of 2)"]
    assert seen(*both, one, other, later=9) == ["working, 9 s"]
    assert seen(*both, one, other, both[0]) == ["measuring slot_fruit (1 of 1)"]


def test_a_wave_shows_one_change_and_how_many_others() -> None:
    wave = (PLANNED, WaveBegun(changes=(FRUIT, SIZE)), ChangeBegun(change=FRUIT))
    assert seen(*wave)[0].endswith("(and 1 other in progress)")


def test_a_heartbeat_is_the_same_on_one_line() -> None:
    view = view_of(*STORED, SETTLING)
    assert heartbeat(view, now=109.0, at=NOON) == (
        "[1/2] update slot_fruit: settling 9/15 s; baseline 0.900; 0 done, 2 left; 9 s so far"
    )


def test_an_interrupt_is_told_how_long_it_takes_and_what_a_second_one_leaves_behind() -> None:
    assert stop_lines(view_of(*STORED, SETTLING), now=109.0) == (
        "Stopping after slot_fruit, at least 6 s, at most 5 min.",
        "Press again to stop immediately. That would leave slot_fruit stored and not judged; the "
        "next apply would finish it.",
    )
    assert stop_lines(view_of(*BEGUN), now=109.0)[1].endswith("Nothing of it is stored yet.")
    assert stop_lines(view_of(), now=109.0) == ("Stopping. Press again to stop immediately.",)
    both = (
        PLANNED,
        WaveBegun(changes=(FRUIT, SIZE)),
        ChangeStored(slot_id="slot_fruit", action=Action.UPDATE),
        ChangeStored(slot_id="slot_size", action=Action.DELETE),
    )
    assert stop_lines(view_of(*both), now=109.0) == (
        "Stopping after 2 changes.",
        "Press again to stop immediately. That would leave 2 slots stored and not judged; the "
        "next apply would finish them.",
    )


def test_foreign_text_does_not_steer_the_terminal() -> None:
    evil = FRUIT.model_copy(update={"slot_id": "\x1b[2Jgone\n"})
    view = view_of(PlanBegun(changes=(evil,)), ChangeBegun(change=evil))
    shown = [*block_lines(view, now=100.0, at=NOON), *stop_lines(view, now=100.0)]
    assert all(line.isprintable() for line in shown)
