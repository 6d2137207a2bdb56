"""What a reviewer has to know of a plan beside its changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal

from pydantic import Field, JsonValue

from reconciler.model.base import Frozen


class Effect(str, Enum):
    """What a change of the safety does to it."""

    WEAKENS = "weakens"
    STRENGTHENS = "strengthens"
    NEITHER = "neither"


class SafetyChange(Frozen):
    """One setting of the safety that differs from the base branch.

    `slot_id` is None where it stands in reconciler.yaml. A side is None where the setting is
    none, or where there is no file.
    """

    slot_id: str | None
    field: str
    before: JsonValue
    after: JsonValue
    effect: Effect


class ExampleChange(Frozen):
    """An example from which the slot will extract something else than it does live.

    `wanted` is the list of the file in which it stands; None on a side means nothing extracted.
    """

    text: str
    wanted: Literal["match", "reject"]
    before: str | None
    after: str | None


class Review(Frozen):
    """A plan's consequences, by slot id where they are a slot's.

    `compared` is False where the base branch is not known: then `safety` says nothing.
    `untried` are the slots whose examples could not be tried, for a pattern may hang.
    `dependents` are all slots that lean on a changed one, directly or through others.
    """

    compared: bool
    safety: tuple[SafetyChange, ...] = ()
    examples: Mapping[str, tuple[ExampleChange, ...]] = Field(default_factory=dict)
    untried: tuple[str, ...] = ()
    dependents: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    @property
    def weakening(self) -> tuple[SafetyChange, ...]:
        """The changes of the safety that weaken it."""
        return tuple(change for change in self.safety if change.effect is Effect.WEAKENS)
