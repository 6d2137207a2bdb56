"""What version 2 of the API can do, according to the vendor's reference."""

from __future__ import annotations

from reconciler.model.api import Api, PatternLimits
from reconciler.model.change import Action

COGNIGY_V2 = Api(
    name="cognigy-v2",
    patterns=PatternLimits(regex_type="regex", knows_engine=True, delimited=True),
    methods={Action.CREATE: "POST", Action.UPDATE: "PATCH", Action.DELETE: "DELETE"},
    fixed_fields=("type",),
    uncreatable_types=("intent",),
    deletion_warning="a node that enables or disables this slot filler holds its id, and will no "
    "longer find it, even if a filler of the same name is created again",
    takes_snapshots=True,
)
"""Its regular expressions are JavaScript's, and a PATCH changes only the fields that it names."""
