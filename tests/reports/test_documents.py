"""Our own JSON, read back wherever it has been meanwhile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.outcome import RunReport, Status
from reconciler.reports.documents import (
    DriftDocument,
    PlanFailure,
    drift_document,
    outcome_document,
    validation_document,
)
from reconciler.reports.machine import run_json
from tests.reports.comment.examples import drift_of, outcome_of, validation_of
from tests.reports.examples import PLAN, RUN, outcome
from tests.support.build import ENDPOINT


def test_an_outcome_is_read_back_as_it_was_printed() -> None:
    found = outcome_document(outcome_of())
    assert found.endpoint is not None
    assert found.endpoint.value == ENDPOINT
    for read, written in zip(found.outcomes, RUN.outcomes, strict=True):
        assert read.model_dump() == written.model_dump(exclude={"gate_stopped"})


def test_a_drift_is_read_back_as_it_was_printed() -> None:
    found = drift_document(drift_of())
    assert isinstance(found, DriftDocument)
    written = [change for change in PLAN.changes if change.slot_id != "slot_quiet"]
    for read, change in zip(found.changes, written, strict=True):
        assert read.shown == change.model_copy(
            update={"wave": 0, "depends_on": (), "before": None, "after": None}
        )


def test_a_failure_is_told_apart_from_a_drift() -> None:
    failed = {"format_version": "1.0", "error": {"message": "m", "hint": "h"}}
    assert drift_document(failed) == PlanFailure(message="m", hint="h")


@given(st.text(st.characters()))
def test_any_text_survives_the_way(text: str) -> None:
    report = RunReport(run_id=text, outcomes=(outcome(Status.FAILED, text, message=text),))
    found = outcome_document(json.loads(run_json(report)))
    assert (found.run_id, found.outcomes[0].slot_id, found.outcomes[0].message) == (text,) * 3


def with_unknown_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{key: with_unknown_keys(each) for key, each in value.items()}, "later": [1]}
    return [with_unknown_keys(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("parse", "document"),
    [
        (outcome_document, outcome_of()),
        (validation_document, validation_of()),
        (drift_document, {**drift_of(), "changes": [], "rejected": [], "drifted": False}),
    ],
)
def test_keys_of_newer_versions_are_left_out_at_every_depth(parse: Any, document: Any) -> None:
    assert parse(with_unknown_keys(document)) == parse(document)
