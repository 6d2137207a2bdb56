"""The story of a run, from its events: each change's phases and measurements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from reconciler.model.change import Action
from reconciler.model.event import (
    ChangeBegun,
    ChangeEnded,
    EvaluationBegun,
    Event,
    Measured,
    PlanBegun,
    RecoveryBegun,
    RollbackBegun,
    RunBegun,
    RunEnded,
    VerdictReached,
)
from reconciler.model.gate import Measurement, NotMeasured, Reading, Verdict, VerdictResult
from reconciler.model.noticed import Noticed
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.reports.html.story import RunStory, Story, told
from reconciler.reports.html.timeline import phases_of, track
from tests.support.build import ENDPOINT, plan, slot

AT = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
CHANGE, OTHER = plan([slot("slot_a"), slot("slot_b")]).changes
BEGUN = RunBegun(run_id="run_1", endpoint=ENDPOINT)


def evaluation(
    slot_id: str, *, baseline: float | None = 0.9, minimum: float | None = 0.85
) -> Event:
    return EvaluationBegun(
        slot_id=slot_id,
        baseline=0.9,
        min_success_rate=minimum,
        seconds=15,
        until=0,
        deadline=300,
    )


def measured(slot_id: str, reading: Reading | float) -> Event:
    if isinstance(reading, float):
        reading = Measurement(success_rate=reading)
    return Measured(slot_id=slot_id, reading=reading, baseline=0.9, min_success_rate=0.85)


def verdict(slot_id: str, result: VerdictResult = VerdictResult.PASSED) -> Event:
    stands = result is VerdictResult.PASSED
    return VerdictReached(
        slot_id=slot_id, verdict=Verdict(result=result, stands=stands, reason="because")
    )


def ended(slot_id: str, status: Status = Status.VERIFIED, *, recovered: bool = False) -> Event:
    return ChangeEnded(
        outcome=Outcome(slot_id=slot_id, action=Action.UPDATE, status=status, recovered=recovered)
    )


def noticed(*events: Event) -> list[Noticed]:
    """The events, one every 10 seconds."""
    return [Noticed(at=AT + timedelta(seconds=10 * n), event=each) for n, each in enumerate(events)]


def story(*events: Event, watched: Sequence[str] = ()) -> Story:
    (only,) = told(noticed(*events), watched={"slot_a": watched}).stories
    return only


VERIFIED = (
    BEGUN,
    PlanBegun(changes=(CHANGE,)),
    ChangeBegun(change=CHANGE),
    evaluation("slot_a"),
    measured("slot_a", NotMeasured(reason="404")),
    measured("slot_a", 0.95),
    verdict("slot_a"),
    ended("slot_a"),
)


def test_a_change_is_written_settles_and_is_measured() -> None:
    run = told(noticed(*VERIFIED), watched={})
    assert run.changes == (CHANGE,)
    (only,) = run.stories
    assert [(each.name, (each.since - AT).total_seconds()) for each in only.phases] == [
        ("write", 20),
        ("settle", 30),
        ("measure", 45),
        ("end", 70),
    ]
    assert run.begun == AT
    assert run.ended == AT + timedelta(seconds=70)


def test_each_measurement_has_its_time_since_the_judging_began() -> None:
    (judged,) = story(*VERIFIED).judged
    assert [(each.seconds, each.rate, each.reason) for each in judged.readings] == [
        (10, None, "404"),
        (20, 0.95, ""),
    ]
    assert (judged.baseline, judged.minimum, judged.settling) == (0.9, 0.85, 15)
    assert judged.verdict is not None


def test_metrics_that_only_answer_again_after_a_rollback_are_not_a_judgement() -> None:
    only = story(
        *VERIFIED[:3],
        evaluation("slot_a"),
        measured("slot_a", 0.2),
        verdict("slot_a", VerdictResult.FAILED),
        RollbackBegun(slot_id="slot_a"),
        evaluation("slot_a", minimum=None),
        measured("slot_a", 0.9),
        ended("slot_a", Status.ROLLED_BACK),
    )
    assert len(only.judged) == 1
    assert [each.name for each in only.phases] == ["write", "settle", "measure", "roll back", "end"]


def test_a_watched_slot_belongs_to_the_change_that_it_judges() -> None:
    only = story(
        *VERIFIED[:3],
        evaluation("slot_a"),
        evaluation("slot_w", minimum=None),
        measured("slot_w", 0.5),
        verdict("slot_w", VerdictResult.FAILED),
        watched=("slot_w",),
    )
    own, other = only.judged
    assert (own.slot_id, other.slot_id) == ("slot_a", "slot_w")
    assert not own.readings
    assert other.verdict is not None


def test_in_a_wave_each_change_has_its_own_measurements() -> None:
    run = told(
        noticed(
            *(BEGUN, PlanBegun(changes=(CHANGE, OTHER))),
            *(ChangeBegun(change=CHANGE), ChangeBegun(change=OTHER)),
            *(evaluation("slot_a"), evaluation("slot_b")),
            *(measured("slot_a", 0.91), measured("slot_b", 0.92)),
        ),
        watched={},
    )
    assert [each.judged[0].readings[0].rate for each in run.stories] == [0.91, 0.92]


def test_a_change_that_is_judged_again_has_two_judgements() -> None:
    only = story(*VERIFIED[:7], evaluation("slot_a"), measured("slot_a", 0.97))
    assert [len(each.readings) for each in only.judged] == [2, 1]


def test_a_recovered_change_and_a_planned_one_of_the_same_slot_are_two_stories() -> None:
    run = told(
        noticed(
            *(BEGUN, RecoveryBegun(slot_ids=("slot_a",)), evaluation("slot_a")),
            *(measured("slot_a", 0.7), ended("slot_a", recovered=True)),
            *(PlanBegun(changes=(CHANGE,)), ChangeBegun(change=CHANGE), ended("slot_a")),
        ),
        watched={},
    )
    recovered, planned = run.stories
    assert recovered.judged
    assert not planned.judged
    for each in run.stories:
        assert each.outcome is not None
        assert run.of(each.outcome) is each


def test_a_skipped_change_has_no_story() -> None:
    run = told(noticed(BEGUN, ended("slot_a", Status.SKIPPED)), watched={})
    assert run.stories == []
    skipped = Outcome(slot_id="slot_a", action=Action.UPDATE, status=Status.SKIPPED)
    assert track(run.of(skipped), run) is None


def test_the_bars_of_a_change_cover_it_from_begin_to_end() -> None:
    run = told(noticed(*VERIFIED), watched={})
    made = track(run.stories[0], run)
    assert made is not None
    assert [(bar.kind, bar.x) for bar in made.bars] == [
        ("write", 285.7),
        ("settle", 428.6),
        ("measure", 642.9),
    ]
    assert made.bars[-1].x + made.bars[-1].width == 1000
    assert made.seconds == 50
    assert made.text == "write 10 s, settle 15 s, measure 25 s"
    assert phases_of(run.stories) == ("write", "settle", "measure")


def test_a_change_that_never_ended_lasts_to_the_end_of_the_run() -> None:
    report = RunEnded(report=RunReport(run_id="run_1"))
    run = told(noticed(*VERIFIED[:4], report), watched={})
    made = track(run.stories[0], run)
    assert made is not None
    assert made.bars[-1].x + made.bars[-1].width == 1000


def test_a_run_that_never_began_has_no_bars() -> None:
    assert track(Story("slot_a"), RunStory()) is None


def test_a_phase_that_is_cut_short_ends_with_what_followed() -> None:
    run = told(
        noticed(*VERIFIED[:4], verdict("slot_a"), RollbackBegun(slot_id="slot_a"), ended("slot_a")),
        watched={},
    )
    made = track(run.stories[0], run)
    assert made is not None
    assert made.text == "write 10 s, settle 15 s, measure 5 s, roll back 10 s"
    early = told(noticed(*VERIFIED[:4], ended("slot_a")), watched={})
    cut = track(early.stories[0], early)
    assert cut is not None
    assert cut.text == "write 10 s, settle 10 s"
