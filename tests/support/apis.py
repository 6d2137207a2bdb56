"""The capabilities of a made-up API, as different from the real one as possible."""

from __future__ import annotations

from reconciler.model.api import Api, PatternLimits
from reconciler.model.change import Action

OTHER = Api(
    name="other",
    patterns=PatternLimits(regex_type="expression", knows_engine=True),
    methods={Action.CREATE: "POST", Action.UPDATE: "PATCH", Action.DELETE: "DELETE"},
)
"""Patterns of any length, a known engine, no fill strategies; a write changes only the fields that
it names."""
