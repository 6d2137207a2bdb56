"""What a request is for, whichever API it is of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a request is for."""

    TOKEN = "token"
    READ = "read"
    STORE = "store"
    DELETE = "delete"
    TRAIN = "train"
    MEASURE = "measure"
    RUN = "run"
    """A measurement that is made by running something."""


@dataclass(frozen=True)
class Call:
    """A request; `slot_id` is "" unless it is about one slot."""

    kind: Kind
    slot_id: str = ""

    @property
    def writes(self) -> bool:
        """Whether it stores or deletes a slot."""
        return self.kind in (Kind.STORE, Kind.DELETE)
