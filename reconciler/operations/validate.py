"""Check the slot files offline."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.cognigy.apis import APIS
from reconciler.adapters.manifests import read_manifests
from reconciler.model.validation import ValidationReport
from reconciler.planning.validate import validate as problems_of


def validate(slots: Path, *, strict: bool = False) -> ValidationReport:
    """Every problem that can be found without a tenant, in the order of files and lines.

    `strict` makes warnings count as errors. Raises ManifestError if there is nothing to read.
    """
    manifests = read_manifests(slots)
    found = problems_of(manifests.drafts, api=APIS[manifests.api])
    unique = dict.fromkeys((*manifests.problems, *found))
    ordered = sorted(unique, key=lambda p: (p.source.file, p.source.line, p.source.column))
    return ValidationReport(
        problems=tuple(ordered),
        slots=len(manifests.drafts),
        valid=not any(problem.is_error or strict for problem in ordered),
    )
