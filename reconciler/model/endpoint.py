"""An endpoint: the address of a tenant, and the bot there."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from reconciler.model.base import Frozen
from reconciler.model.origin import normalised_origin


class Endpoint(Frozen):
    """What a plan, a run and a lock belong to; `bot_id` is None if none is configured.

    All spellings of an origin, in a variable, a plan file or an old line of the ledger, are the
    same endpoint.
    """

    origin: Annotated[str, AfterValidator(normalised_origin)]
    bot_id: str | None = None
