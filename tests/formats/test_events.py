"""The lines of `apply --events`."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from reconciler.formats.events import event_line, events_schema
from reconciler.model.change import Action, Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import (
    BaselineRead,
    ChangeBegun,
    ChangeEnded,
    EvaluationBegun,
    Event,
    Measured,
    PlanBegun,
    RateLimited,
    RequestAnswered,
    RunBegun,
    RunEnded,
    VerdictReached,
    Warned,
)
from reconciler.model.gate import Measurement, NotMeasured, Verdict, VerdictResult
from reconciler.model.noticed import Noticed
from reconciler.model.outcome import Outcome, RunReport, Status

NOON = datetime(2026, 11, 26, 12, 0, 0, tzinfo=timezone.utc)
ENDPOINT = Endpoint(origin="https://acme.cognigy.com", bot_id="bot_1")
CHANGE = Change(slot_id="a", name="fruit", action=Action.UPDATE, wave=2)
OUTCOME = Outcome(slot_id="a", action=Action.UPDATE, status=Status.VERIFIED, success_rate=0.9)

EXAMPLES: list[Event] = [
    RunBegun(run_id="run_1", endpoint=ENDPOINT),
    PlanBegun(changes=(CHANGE,)),
    ChangeBegun(change=CHANGE),
    BaselineRead(slot_id="a", baseline=None),
    Measured(
        slot_id="a",
        reading=Measurement(success_rate=0.9, sample_count=12),
        baseline=0.95,
        min_success_rate=0.85,
    ),
    Measured(slot_id="a", reading=NotMeasured(reason="404"), baseline=None, min_success_rate=None),
    VerdictReached(
        slot_id="a", verdict=Verdict(result=VerdictResult.PASSED, stands=True, reason="so")
    ),
    RateLimited(limit=100, seconds=42.5, until=1042.5),
    RequestAnswered(method="GET", path="/a", status=None, seconds=1.5),
    Warned(message="look \x1b[2J\ud800 here\n"),
    ChangeEnded(outcome=OUTCOME),
    RunEnded(report=RunReport(run_id="run_1", endpoint=ENDPOINT, outcomes=(OUTCOME,))),
]


def line(event: Event) -> dict[str, Any]:
    text = event_line(Noticed(at=NOON, event=event))
    assert text.endswith("\n")
    assert text.isascii()
    assert text[:-1].isprintable()
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda each: type(each).__name__)
def test_a_line_is_as_the_schema_says(event: Event) -> None:
    Draft202012Validator(events_schema()).validate(line(event))


def test_a_line_that_lacks_something_is_not() -> None:
    lacking = {key: each for key, each in line(EXAMPLES[0]).items() if key != "target"}
    assert not Draft202012Validator(events_schema()).is_valid(lacking)


def test_the_schema_knows_every_event_and_allows_new_keys() -> None:
    schema = events_schema()
    Draft202012Validator.check_schema(schema)
    assert len(schema["oneOf"]) == len(get_args(Event))
    assert all("description" in schema["$defs"][kind.__name__] for kind in get_args(Event))
    Draft202012Validator(schema).validate({**line(EXAMPLES[0]), "new": 1})


def test_a_line_says_when_what_and_about_which_slot() -> None:
    assert line(BaselineRead(slot_id="a", baseline=0.5)) == {
        "version": "1.0",
        "timestamp": "2026-11-26T12:00:00.000Z",
        "event": "baseline_read",
        "slot_id": "a",
        "baseline": 0.5,
    }
    assert line(ChangeEnded(outcome=OUTCOME))["slot_id"] == "a"
    assert "slot_id" not in line(Warned(message="so"))


def test_a_change_has_the_slot_but_not_its_content() -> None:
    brief = {"slot_id": "a", "name": "fruit", "action": "update", "wave": 2}
    assert line(ChangeBegun(change=CHANGE))["change"] == brief
    assert line(PlanBegun(changes=(CHANGE,)))["changes"] == [brief]


def test_times_are_those_of_the_calendar() -> None:
    event = EvaluationBegun(
        slot_id="a",
        baseline=None,
        min_success_rate=None,
        seconds=15.0,
        until=115.0,
        deadline=415.0,
    )
    told = line(event)
    assert (told["seconds"], told["until"], told["deadline"]) == (
        15.0,
        "2026-11-26T12:00:15.000Z",
        "2026-11-26T12:05:15.000Z",
    )
