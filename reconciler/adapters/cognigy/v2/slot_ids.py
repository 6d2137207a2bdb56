"""Ids for the slot fillers that no file describes.

the filler's name, made safe        order_number
with the flow's in front            Order_intake.order_number       where the name alone is
                                                                    another slot's id too
with a digest behind                Order_intake.order_number.1f3a  where that is as well
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

_MOST_CHARACTERS = 128
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DIGEST_CHARACTERS = 64


@dataclass(frozen=True)
class Undescribed:
    """A filler without a file; `key` tells it from all others, and stays."""

    flow: str
    name: str
    key: str


def slot_ids(fillers: Iterable[Undescribed], *, taken: Collection[str]) -> Mapping[str, str]:
    """An id for each filler, by its key: valid in a slot file, none of `taken`, and no two alike.

    They depend on nothing but the names, the keys and `taken`, in whatever order they come.
    """
    left = {each.key: each for each in fillers}
    chosen: dict[str, str] = {}
    spellings: list[Callable[[Undescribed], str]] = [
        lambda each: _safe(each.name),
        lambda each: _safe(f"{each.flow}.{each.name}"),
    ]
    for spell in spellings:
        spelt = {key: spell(each) for key, each in left.items()}
        count = Counter(spelt.values())
        used = {*taken, *chosen.values()}
        fits = {key: each for key, each in spelt.items() if count[each] == 1 and each not in used}
        chosen.update(fits)
        left = {key: each for key, each in left.items() if key not in fits}
    used = {*taken, *chosen.values()}
    for key in sorted(left):
        chosen[key] = _digested(left[key], used=used)
        used.add(chosen[key])
    return chosen


def _safe(text: str) -> str:
    """`text` as an id; unchanged if it is one."""
    letters = unicodedata.normalize("NFKD", text)
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    safe = _UNSAFE.sub("_", bare).lstrip("._-")
    return safe[:_MOST_CHARACTERS] or "filler"


def _digested(each: Undescribed, *, used: Collection[str]) -> str:
    """Its names and as much of a digest as makes it unlike all others."""
    digest = hashlib.sha256(each.key.encode("utf-8", errors="backslashreplace")).hexdigest()
    base = _safe(f"{each.flow}.{each.name}")
    lengths = range(4, _DIGEST_CHARACTERS + 1, 4)
    tries = (f"{base[: _MOST_CHARACTERS - 1 - length]}.{digest[:length]}" for length in lengths)
    free = next((slot_id for slot_id in tries if slot_id not in used), None)
    if free is not None:
        return free
    again = Undescribed(flow=each.flow, name=each.name, key=digest)
    return _digested(again, used=used)
