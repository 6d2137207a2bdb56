"""Check the slot files offline."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.cognigy.apis import APIS
from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.model.problem import Problem
from reconciler.model.validation import ValidationReport
from reconciler.planning.validate import validate as problems_of


def validate(slots: Path, *, strict: bool = False) -> ValidationReport:
    """Every problem that can be found without a tenant, in the order of files and lines.

    `strict` makes warnings count as errors. Raises ManifestError if there is nothing to read.
    """
    manifests = read_manifests(slots)
    problems = problems_in(manifests)
    return ValidationReport(
        problems=problems,
        slots=len(manifests.drafts),
        valid=not any(problem.is_error or strict for problem in problems),
    )


def problems_in(manifests: Manifests) -> tuple[Problem, ...]:
    """Every problem of these files, in the order of files and lines."""
    found = problems_of(manifests.drafts, api=APIS[manifests.api])
    unique = dict.fromkeys((*manifests.problems, *found))
    return tuple(sorted(unique, key=lambda p: (p.source.file, p.source.line, p.source.column)))
