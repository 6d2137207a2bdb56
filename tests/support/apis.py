"""An API that no adapter speaks, unlike the one that is spoken in all that is data."""

from __future__ import annotations

from reconciler.model.api import Api, PatternLimits

OTHER = Api(name="other", patterns=PatternLimits(regex_type="expression", knows_engine=True))
"""No limit to a pattern, one engine, no fill strategies; a write changes what it names."""
