"""The APIs by name, as `api:` in reconciler.yaml says it."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.api import Api

APIS: Mapping[str, Api] = {api.name: api for api in (COGNIGY_V1, COGNIGY_V2)}
"""What each can do."""
