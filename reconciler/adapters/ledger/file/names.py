"""The names of ledgers that are in one folder."""

from __future__ import annotations

import hashlib
import re

_UNSAFE = re.compile(r"[^a-z0-9.-]+")
_MOST_CHARACTERS = 80


def file_name_of(origin: str) -> str:
    """The name of the ledger's file of an origin, whose normalised spelling this is: the host, for
    people, and a part of a hash, because another port or scheme is another origin."""
    _, _, host = origin.partition("://")
    readable = _UNSAFE.sub("-", host.lower())[:_MOST_CHARACTERS].strip("-.") or "origin"
    digest = hashlib.sha256(origin.encode()).hexdigest()[:12]
    return f"{readable}-{digest}.jsonl"
