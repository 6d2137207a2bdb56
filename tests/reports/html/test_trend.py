"""A slot's rates over months, with its changes as marks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from reconciler.model.change import Action, Change
from reconciler.model.chronicle import PastChange, Sample
from reconciler.model.outcome import Status
from reconciler.reports.html.trend import Period, Trend, sparkline, trend

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
YEAR = Period(since=AT, until=AT + timedelta(days=360))


def sample(day: int, rate: float, *, stands: bool = True) -> Sample:
    return Sample(at=AT + timedelta(days=day), rate=rate, stands=stands)


def change(day: int, status: Status | None = Status.VERIFIED) -> PastChange:
    return PastChange(
        change=Change(slot_id="a", name="a", action=Action.UPDATE, wave=0),
        run_id="run_1",
        begun=AT + timedelta(days=day),
        status=status,
        minimum=0.85,
    )


def drawing(samples: list[Sample], changes: list[PastChange], *, period: Period = YEAR) -> Trend:
    made = trend(samples, changes, period=period)
    assert made is not None
    return made


def test_a_point_and_the_mark_of_its_change_stand_above_one_another() -> None:
    made = drawing([sample(180, 0.9)], [change(180)])
    assert made.points[0].x == made.marks[0].x
    assert made.left < made.marks[0].x < made.right


def test_a_rate_that_did_not_stand_is_a_point_outside_the_line() -> None:
    made = drawing(
        [sample(0, 0.9), sample(100, 0.2, stands=False), sample(200, 0.9)],
        [change(100, Status.ROLLED_BACK)],
    )
    assert [point.kind for point in made.points] == ["good", "bad", "good"]
    assert made.path.count("L") == 1
    assert made.marks[0].badge.kind == "bad"


def test_marks_that_are_too_near_share_a_label() -> None:
    made = drawing([sample(0, 0.9)], [change(0), change(1), change(100)])
    assert [mark.label for mark in made.marks] == ["1", "", "3"]


def test_the_axis_has_days_or_for_a_short_time_hours() -> None:
    assert [tick.text for tick in drawing([sample(0, 0.9)], []).times] == [
        *("01 Jan 2026", "01 Apr 2026", "30 Jun 2026", "28 Sep 2026", "27 Dec 2026"),
    ]
    hour = Period(since=AT, until=AT + timedelta(hours=1))
    times = drawing([sample(0, 0.9)], [], period=hour).times
    assert [tick.text for tick in times][::4] == ["00:00", "01:00"]


def test_a_single_moment_can_be_drawn() -> None:
    made = drawing([sample(0, 0.9)], [change(0)], period=Period(since=AT, until=AT))
    assert made.points[0].x == made.left


def test_the_minimum_is_that_of_the_last_change_whose_gate_is_known() -> None:
    made = drawing([sample(0, 0.9)], [change(0)])
    assert made.minimum is not None
    assert made.points[0].y < made.minimum


def test_a_change_that_never_finished_is_marked_as_such() -> None:
    assert drawing([sample(0, 0.9)], [change(0, None)]).marks[0].badge.word == "never finished"


def test_the_words_have_the_ends_of_the_line() -> None:
    assert drawing([sample(0, 0.5), sample(9, 0.9)], [change(5)]).text == (
        "2 rates, from 0.500 to 0.900, and 1 change."
    )


def test_without_a_rate_there_is_nothing_to_draw() -> None:
    assert trend([], [change(0)], period=YEAR) is None
    assert sparkline([], period=YEAR) is None
