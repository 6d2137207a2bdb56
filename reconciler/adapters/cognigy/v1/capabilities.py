"""What version 1 of the API can do, according to the vendor's guide."""

from __future__ import annotations

from reconciler.model.api import Api, PatternLimits, Strategy
from reconciler.model.change import Action

COGNIGY_V1 = Api(
    name="cognigy-v1",
    patterns=PatternLimits(
        regex_type="regex",
        max_length=50,
        untrainable=("\\u", "\\U", "\\x{", "\\p{", "\\P{", "\\N{"),
        knows_engine=False,
    ),
    strategies=(
        Strategy(name="bestMatch"),
        Strategy(name="firstMatch", takes_first=True),
        Strategy(name="strict", takes_first=True, whole_text=True),
        Strategy(name="fuzzy", ignores_case=True),
    ),
    replacing_method="PUT",
    methods={Action.CREATE: "PUT", Action.UPDATE: "PUT", Action.DELETE: "DELETE"},
)
"""The guide does not say which engine reads its regular expressions."""
