"""The JSON Schema of a slot file and of reconciler.yaml (draft 2020-12)."""

from __future__ import annotations

from reconciler.adapters.manifests.schema import settings_schema, slot_schema

__all__ = ["settings_schema", "slot_schema"]
