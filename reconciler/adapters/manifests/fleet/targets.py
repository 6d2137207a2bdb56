"""A tenant's document → its targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.adapters.manifests.fleet.documents import (
    DefaultsDocument,
    TargetDocument,
    TenantDocument,
)
from reconciler.adapters.manifests.fleet.places import Level, TargetPlaces, level_at
from reconciler.adapters.manifests.fleet.written import filled_in
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.model.declared_fleet import DeclaredTarget
from reconciler.model.fleet import GIVEN_LABELS, Target
from reconciler.model.origin import normalised_origin
from reconciler.model.problem import Problem
from reconciler.model.rules.keys import BAD_VALUE
from reconciler.model.state import Path


def targets_of(
    tenant: TenantDocument,
    written: Document,
    path: Path,
    *,
    defaults: DefaultsDocument,
    defaults_level: Level,
) -> Iterator[DeclaredTarget]:
    """The targets of a tenant, which a file declares at `path`."""
    of_tenant = level_at(path, written)
    for name, environment in tenant.environments.items():
        own = level_at((*path, "environments", name), written)
        yield DeclaredTarget(
            target=_target(name, environment, tenant=tenant, defaults=defaults),
            locate=TargetPlaces(levels=(own, of_tenant, defaults_level)).where,
        )


def reserved_labels(labels: Mapping[str, str], written: Document, path: Path) -> Iterator[Problem]:
    """The problems of labels that every target has anyway."""
    for key in labels.keys() & GIVEN_LABELS:
        yield BAD_VALUE.problem(
            written.places.where_key((*path, "labels", key)),
            message=f"`labels.{key}` cannot be set: it is the name of the target's {key}",
            hint="Choose another key.",
        )


def _target(
    name: str, own: TargetDocument, *, tenant: TenantDocument, defaults: DefaultsDocument
) -> Target:
    credentials = own.credentials or tenant.credentials or defaults.credentials or ""
    expect = own.expect.to_expectation()
    origin = None if expect.origin is None else normalised_origin(expect.origin)
    return Target(
        tenant=tenant.tenant,
        environment=name,
        labels={**defaults.labels, **tenant.labels, **own.labels},
        slots=own.slots or tenant.slots or defaults.slots or "",
        pool=own.pool or tenant.pool or defaults.pool or "",
        credentials=filled_in(credentials, tenant=tenant.tenant, environment=name),
        expect=expect.model_copy(update={"origin": origin}),
        ids=own.ids,
        promote_from=own.promote_from,
        soak_hours=own.soak_hours,
    )
