"""The way back from a run, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.base import Frozen
from reconciler.model.change import Action
from reconciler.model.chronicle import PastChange
from reconciler.model.problem import NOWHERE, Source
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.written import Written


class Obstacle(Frozen):
    """Why a slot's former content cannot go back into its file. `source` is the place in the files
    that is the reason, if one is."""

    slot_id: str
    reason: str
    source: Source = NOWHERE

    def __str__(self) -> str:
        place = f" ({self.source})" if self.source.is_known else ""
        return f"{self.slot_id}: {self.reason}{place}"


class Reversal(Frozen):
    """A change that is to be undone: `past`, with the slot `former` to it, None if there was none,
    and as its file says it now, None if no file does."""

    past: PastChange
    former: LiveSlot | None
    desired: DesiredSlot | None

    @property
    def slot_id(self) -> str:
        """The slot's id in the files."""
        return self.past.change.slot_id

    @property
    def is_done(self) -> bool:
        """Whether the files already say what was there before."""
        if self.former is None:
            return self.desired is not None and self.desired.is_absent
        content = self.desired.content if self.desired is not None else None
        if content is None or self.unmanaged:
            return False
        replaced = self.former.content if self.past.change.action is Action.UPDATE else None
        return content.completed(replaced).canonical() == self.former.canonical

    @property
    def unmanaged(self) -> tuple[str, ...]:
        """The fields that the change set, and that the file leaves as they are now."""
        content = self.desired.content if self.desired is not None else None
        if content is None or self.past.change.action is not Action.UPDATE:
            return ()
        fields = (each.field for each in self.past.change.fields)
        return tuple(each for each in fields if getattr(content, each) is None)


class NotReverted(Frozen):
    """A slot that the run tried to change, and why that left nothing to undo."""

    slot_id: str
    reason: str


@dataclass(frozen=True)
class RevertReport:
    """What became of the files.

    `environment` is that of the run, if it had one, and `also` names the others in which the
    written values hold too. `commit` is the one that the run applied. `damage` names the lines of
    the ledger that cannot be read, "" if there are none.
    """

    run_id: str
    environment: str | None
    commit: str | None
    written: tuple[Written, ...] = ()
    not_reverted: tuple[NotReverted, ...] = ()
    also: tuple[str, ...] = ()
    damage: str = ""


class Rejected(Frozen):
    """A slot that is live although its change must not stand, and why. `run_id` is the run that
    changed it, None if only the ledger can tell."""

    slot_id: str
    reason: str
    run_id: str | None = None
