"""An environment: one deployment of the same slots, such as staging or production."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reconciler.model.base import Frozen
from reconciler.model.problem import Source
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState, Locator

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,31}$"
"""What an environment may be called: reports and workflows show the name as it is."""


class Expectation(Frozen):
    """Where an environment's configuration has to lead; None where anything will do. `bot_id` is a
    project's with version 2 of the API; `key` is the one that the files say it by."""

    origin: str | None = None
    bot_id: str | None = None
    key: Literal["bot_id", "project_id"] = "bot_id"


ANYWHERE = Expectation()


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An environment as the files declare it.

    `settings` are the project's with those of the environment over them. `overridden` are the slots
    whose files say something of their own for it, as they are there; all others are the same in
    every environment. `ids` maps a slot's key, its `slot_id` in the files, to the id that the
    tenant has for it, where that differs. `promote_from` names the environment where a slot's
    content has to pass its gate, and then to stand for `soak_hours`, before it is planned here;
    None if this environment waits for no other. `locate` finds a path within the environment in
    reconciler.yaml.
    """

    name: str
    settings: Settings
    overridden: DesiredState = field(default_factory=DesiredState)
    ids: Mapping[str, str] = field(default_factory=dict)
    expect: Expectation = ANYWHERE
    promote_from: str | None = None
    soak_hours: float = 0
    locate: Locator

    def where(self, *path: str | int) -> Source:
        """The place of `path` within the environment in reconciler.yaml."""
        return self.locate(path)

    def id_of(self, slot_id: str) -> str:
        """The tenant's id of the slot with this key."""
        return self.ids.get(slot_id, slot_id)

    def key_of(self, tenant_id: str) -> str:
        """The key of the slot that has this id in the tenant."""
        return next((key for key, each in self.ids.items() if each == tenant_id), tenant_id)
