"""The JSON Schema of a slot file and of reconciler.yaml (draft 2020-12), for each API, and of
fleet.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.adapters.manifests import schema
from reconciler.adapters.manifests.documents import DOCUMENTS
from reconciler.adapters.manifests.fleet import schema as of_fleets
from reconciler.adapters.manifests.folder import read_api_name

API_NAMES = tuple(DOCUMENTS)
"""The APIs that there are schemas for."""


def slot_schema(api: str) -> dict[str, Any]:
    """The schema of a slot file."""
    return schema.slot_schema(DOCUMENTS[api])


def settings_schema(api: str) -> dict[str, Any]:
    """The schema of reconciler.yaml."""
    return schema.settings_schema(DOCUMENTS[api])


def fleet_schema() -> dict[str, Any]:
    """The schema of fleet.yaml, and of the files that it includes."""
    return of_fleets.fleet_schema()


def api_of(slots: Path) -> str:
    """The name of the API that a folder's files are for, which need not exist yet. Raises
    ManifestError if its reconciler.yaml cannot say."""
    return read_api_name(slots)
