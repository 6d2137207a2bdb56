"""Results in files, as values."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.json_files import HOSTILE_BYTES
from reconciler.errors import DocumentError
from reconciler.formats.drift import drift_json
from reconciler.formats.outcome import outcome_json
from reconciler.formats.validation import validation_json
from reconciler.operations.saved_results import (
    read_drift,
    read_foreign_validation,
    read_outcome,
)
from tests.reports.examples import BROKEN_RUN, DRIFT, VALIDATION


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


def test_each_result_is_read_as_the_value_that_was_printed(path: Path) -> None:
    path.write_text(drift_json(DRIFT), encoding="utf-8")
    assert read_drift(path) == DRIFT
    path.write_text(validation_json(VALIDATION), encoding="utf-8")
    assert read_foreign_validation(path) == VALIDATION
    path.write_text(outcome_json(BROKEN_RUN), encoding="utf-8")
    assert read_outcome(path).error == BROKEN_RUN.error


def test_the_limit_is_lower_for_files_that_anyone_may_have_written(path: Path) -> None:
    path.write_bytes(outcome_json(BROKEN_RUN).encode() + b" " * HOSTILE_BYTES)
    assert read_outcome(path).error == BROKEN_RUN.error
    with pytest.raises(DocumentError, match="larger than 1,000,000 bytes"):
        read_foreign_validation(path)


@pytest.mark.parametrize("read", [read_drift, read_outcome, read_foreign_validation])
def test_a_file_with_something_else_is_refused_with_the_command_that_makes_it(
    path: Path, read: object
) -> None:
    assert callable(read)
    path.write_text("[]")
    with pytest.raises(DocumentError, match=r"result\.json holds no JSON object") as caught:
        read(path)
    assert "--format json" in caught.value.hint
    path.write_text("{}")
    with pytest.raises(DocumentError, match=r"result\.json is not the result"):
        read(path)
