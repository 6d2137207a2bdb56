"""An endpoint: the address of a tenant, and the bot or project there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from reconciler.model.base import Frozen
from reconciler.model.origin import normalised_origin

Kind = Literal["bot", "project"]
"""What an API calls the thing that holds the slots and is measured."""


class Places(Frozen):
    """Where the configuration says what leads to an endpoint, for messages: its origin, its bot or
    project, and our OAuth client or API key there."""

    origin: str
    bot: str
    credentials: str


VARIABLES: Mapping[Kind, Places] = {
    "bot": Places(
        origin="COGNIGY_TENANT or COGNIGY_BASE_URL",
        bot="COGNIGY_BOT_ID",
        credentials="COGNIGY_CLIENT_ID and COGNIGY_CLIENT_SECRET",
    ),
    "project": Places(
        origin="COGNIGY_BASE_URL", bot="COGNIGY_PROJECT_ID", credentials="COGNIGY_API_KEY"
    ),
}
"""The places of a single project."""


class Endpoint(Frozen):
    """What a plan, a run and a lock belong to; `bot_id` is None if none is configured.

    All spellings of an origin, in a variable, a plan file or an old line of the ledger, are the
    same endpoint. `kind` and `found_in` are words for messages: they identify nothing, and no dump
    has them.
    """

    origin: Annotated[str, AfterValidator(normalised_origin)]
    bot_id: str | None = None
    kind: Kind = Field(default="bot", exclude=True)
    found_in: Places | None = Field(default=None, exclude=True, repr=False)

    @property
    def places(self) -> Places:
        """Where it comes from: variables, unless it says otherwise."""
        return self.found_in or VARIABLES[self.kind]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Endpoint):
            return NotImplemented
        return (self.origin, self.bot_id) == (other.origin, other.bot_id)

    def __hash__(self) -> int:
        return hash((self.origin, self.bot_id))
