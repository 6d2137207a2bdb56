"""Check the slot files offline."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.cognigy.apis import APIS
from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.model.problem import Problem
from reconciler.model.validation import ValidationReport
from reconciler.planning.environments import environment_problems
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
    api = APIS[manifests.api]
    drafts = manifests.drafts
    unique = dict.fromkeys((*manifests.problems, *problems_of(drafts, api=api)))
    unique.update(dict.fromkeys(environment_problems(manifests.environments, desired=drafts)))
    for environment in manifests.environments.values():
        if environment.overridden:
            there = drafts.overridden_by(environment.overridden)
            unique.update(dict.fromkeys(problems_of(there, api=api)))
    return tuple(sorted(unique, key=lambda p: (p.source.file, p.source.line, p.source.column)))
