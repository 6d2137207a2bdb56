"""Check the files of a fleet offline."""

from __future__ import annotations

from pathlib import Path

from reconciler.model.validation import ValidationReport
from reconciler.operations.fleet.files import read_sources
from reconciler.operations.validate import problems_in


def validate_fleet(path: Path, *, strict: bool = False) -> ValidationReport:
    """Every problem of a fleet that can be found without a tenant, in the order of files and lines;
    those of a slots folder once, however many targets share it.

    `strict` makes warnings count as errors. Raises ManifestError if there is no fleet.yaml.
    """
    sources = read_sources(path)
    folders = [folder.manifests for folder in sources.folders.values()]
    problems = [*sources.problems]
    for manifests in folders:
        problems.extend(problems_in(manifests))
    return ValidationReport(
        problems=sources.in_order(problems),
        slots=sum(len(manifests.drafts) for manifests in folders),
        targets=len(sources.declared.fleet.by_name),
        valid=not any(problem.is_error or strict for problem in problems),
    )
