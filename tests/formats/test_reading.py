"""What holds for every document that is parsed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.formats.drift import drift_json, parsed_drift
from reconciler.formats.outcome import outcome_json, parsed_outcome
from reconciler.formats.validation import parsed_validation, validation_json
from tests.reports.examples import DRIFT, RUN, VALIDATION


def with_unknown_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{key: with_unknown_keys(each) for key, each in value.items()}, "later": [1]}
    return [with_unknown_keys(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parsed_outcome, outcome_json(RUN)),
        (parsed_validation, validation_json(VALIDATION)),
        (parsed_drift, drift_json(DRIFT)),
    ],
    ids=["outcome", "validation", "drift"],
)
def test_keys_of_newer_versions_are_ignored_at_every_depth(parse: Any, text: str) -> None:
    document = json.loads(text)
    assert parse(with_unknown_keys(document), source="x") == parse(document, source="x")
