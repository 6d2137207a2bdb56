"""The slot that a change replaced, from the ledger alone."""

from __future__ import annotations

import dataclasses
from typing import Any

from reconciler.adapters.cognigy.v1.shapes import parse_slot
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.adapters.cognigy.v2.shapes import revived
from reconciler.adapters.manifests.documents import DOCUMENTS
from reconciler.errors import TenantError
from reconciler.model.change import Action
from reconciler.model.chronicle import PastChange
from reconciler.model.project import Project
from reconciler.model.slot import LiveSlot


def former_slot(past: PastChange, project: Project) -> LiveSlot | None:
    """The slot before the change, as the files speak of it; None if there was none, or if the
    project has no such slots."""
    if past.former is None:
        return None
    try:
        if project.api.name == COGNIGY_V2.name:
            slot = _creatable(revived(past.former), past)
        else:
            slot = _by_key(parse_slot(past.former, about="Reading the ledger"), project)
    except TenantError:
        return None
    return slot if slot.slot_id == past.change.slot_id else None


def _creatable(slot: LiveSlot, past: PastChange) -> LiveSlot:
    """A deleted slot without what only slots of another type look for: the tenant may have kept
    that, and a new slot cannot have it."""
    content = slot.content
    if past.change.action is not Action.DELETE:
        return slot
    sought = DOCUMENTS[COGNIGY_V2.name].sought
    unused: dict[str, Any] = {key: None for key in sought if key != content.type}
    return dataclasses.replace(slot, content=dataclasses.replace(content, **unused))


def _by_key(slot: LiveSlot, project: Project) -> LiveSlot:
    environment = project.environment
    if environment is None:
        return slot
    dependencies = tuple(map(environment.key_of, slot.content.dependencies))
    content = dataclasses.replace(slot.content, dependencies=dependencies)
    return dataclasses.replace(slot, slot_id=environment.key_of(slot.slot_id), content=content)
