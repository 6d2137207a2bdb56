"""Ids as this API has them, the same in every run, so that a run can be replayed."""

from __future__ import annotations

import hashlib
import re
import uuid

_ID = re.compile(r"[a-z0-9]{24}")


class Identifiers:
    """A source of ids, none of which it gives twice. `given` counts them."""

    def __init__(self) -> None:
        self.given = 0

    def object_id(self) -> str:
        """A Mongo id: 24 hexadecimal digits."""
        return self._next().hex()[:24]

    def reference_id(self) -> str:
        """A UUID."""
        return str(uuid.UUID(bytes=self._next()[:16], version=4))

    def _next(self) -> bytes:
        self.given += 1
        return hashlib.sha256(b"sandbox %d" % self.given).digest()


def is_object_id(text: str) -> bool:
    """Whether the text could be a Mongo id."""
    return _ID.fullmatch(text) is not None
