"""The capabilities of a made-up API, as different from the real one as possible."""

from __future__ import annotations

from reconciler.model.api import Api, PatternLimits

OTHER = Api(name="other", patterns=PatternLimits(regex_type="expression", knows_engine=True))
"""Patterns of any length, a known engine, no fill strategies; a write changes only the fields that
it names."""
