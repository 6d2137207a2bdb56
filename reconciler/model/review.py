"""What a reviewer must know about a plan in addition to its changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal

from pydantic import Field, JsonValue

from reconciler.model.base import Frozen
from reconciler.model.effect import Effects


class SafetyEffect(str, Enum):
    """How a changed safety setting affects safety."""

    WEAKENS = "weakens"
    STRENGTHENS = "strengthens"
    NEITHER = "neither"


class SafetyChange(Frozen):
    """One safety setting that differs from the base branch.

    `slot_id` is None for a setting of reconciler.yaml. A side is None if the setting is null
    there, or there is no file.
    """

    slot_id: str | None
    field: str
    before: JsonValue
    after: JsonValue
    effect: SafetyEffect


class ExampleChange(Frozen):
    """An example from which the slot will extract something other than the live slot does.

    `expected` is the list in the file that holds it. A side is None if nothing is extracted.
    """

    text: str
    expected: Literal["match", "reject"]
    before: str | None
    after: str | None


class Review(Frozen):
    """The consequences of a plan, by slot id where they concern one slot.

    `compared` is False if the base branch is not known: then `safety` says nothing. `untried` are
    the slots whose examples could not be tried, because a pattern may hang. `dependents` are all
    slots that depend on a changed one, directly or through others. `gate` says what an apply does
    to a change that its gate rejects: `off` if no gate judges any, None if none could. `effects`
    are what the changed patterns mean.
    """

    compared: bool
    gate: Literal["rollback", "halt", "off"] | None = None
    safety: tuple[SafetyChange, ...] = ()
    examples: Mapping[str, tuple[ExampleChange, ...]] = Field(default_factory=dict)
    untried: tuple[str, ...] = ()
    dependents: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    effects: Effects = Effects()

    @property
    def weakening(self) -> tuple[SafetyChange, ...]:
        """The changed safety settings that weaken safety."""
        return tuple(change for change in self.safety if change.effect is SafetyEffect.WEAKENS)
