"""An endpoint: the address of a tenant, and the bot or project there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from reconciler.model.base import Frozen
from reconciler.model.origin import normalised_origin

Kind = Literal["bot", "project"]
"""What an API calls the thing that holds the slots and is measured."""


class Endpoint(Frozen):
    """What a plan, a run and a lock belong to; `bot_id` is None if none is configured.

    All spellings of an origin, in a variable, a plan file or an old line of the ledger, are the
    same endpoint. `kind` is a word for messages: it identifies nothing, and no dump has it.
    """

    origin: Annotated[str, AfterValidator(normalised_origin)]
    bot_id: str | None = None
    kind: Kind = Field(default="bot", exclude=True)

    @property
    def origin_variables(self) -> str:
        """The variables that `origin` comes from, all of them to be checked."""
        return "COGNIGY_TENANT and COGNIGY_BASE_URL" if self.kind == "bot" else "COGNIGY_BASE_URL"

    @property
    def id_variable(self) -> str:
        """The variable that `bot_id` comes from."""
        return f"COGNIGY_{self.kind.upper()}_ID"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Endpoint):
            return NotImplemented
        return (self.origin, self.bot_id) == (other.origin, other.bot_id)

    def __hash__(self) -> int:
        return hash((self.origin, self.bot_id))
