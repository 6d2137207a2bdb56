"""Problems as text for a terminal: a golden file, and the headline."""

from __future__ import annotations

import click

from reconciler.model.validation import ValidationReport
from reconciler.reports.validation_text import validation_text
from tests.reports import golden
from tests.reports.examples import PROBLEMS, VALIDATION
from tests.reports.terminal import harmless


def test_problems_as_text() -> None:
    harmless(validation_text(VALIDATION))
    golden.check("validation.txt", validation_text(VALIDATION))


def test_a_strict_validation_says_that_a_warning_makes_files_invalid() -> None:
    valid = validation_text(ValidationReport(problems=(), slots=1, valid=True))
    assert click.unstyle(valid) == "Valid: 1 slot, 0 errors, 0 warnings."
    strict = validation_text(ValidationReport(problems=PROBLEMS[1:2], slots=1, valid=False))
    assert click.unstyle(strict).endswith("\n\nNot valid: 1 slot, 0 errors, 1 warning.")
