"""A slot's name → the name of its file, safe on every file system.

Only ASCII letters, digits, `_`, `-` and `.` are used, so that no Unicode normalisation, code page
or shell can change the name. It is never a name that Windows reserves, that our reader ignores
(those that begin with `.` or `_`), or that it takes for the settings.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from reconciler.adapters.manifests.folder import SETTINGS_FILE

SUFFIX = ".yaml"
_MAX_LENGTH = 100
"""Even with a slot id of 128 characters appended, below the 255 bytes that file systems allow."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_SETTINGS_STEM = SETTINGS_FILE.removesuffix(SUFFIX)


def file_names(names: Mapping[str, str], *, taken: Collection[str] = ()) -> dict[str, str]:
    """The file name for each slot id, given the slots' names and the file names already `taken`.

    Names that differ only in case collide too. If names collide, all of them get the slot id
    appended, so that no file name depends on the order of a listing.
    """
    stems = {slot_id: _stem(name) or _stem(slot_id) for slot_id, name in names.items()}
    uses = Counter(stem.lower() for stem in stems.values())
    used = {name.lower() for name in taken}
    chosen: dict[str, str] = {}
    for slot_id in sorted(names):
        stem = stems[slot_id]
        candidates = _candidates(stem, slot_id, alone=uses[stem.lower()] == 1)
        chosen[slot_id] = next(each for each in candidates if each.lower() not in used)
        used.add(chosen[slot_id].lower())
    return chosen


def _candidates(stem: str, slot_id: str, *, alone: bool) -> Iterable[str]:
    """From the most readable to the most certain, because two ids may differ only in case."""
    if alone:
        yield f"{stem}{SUFFIX}"
    yield f"{stem}-{slot_id}{SUFFIX}"
    digest = hashlib.sha256(slot_id.encode()).hexdigest()
    yield f"{stem}-{digest[:12]}{SUFFIX}"
    yield f"{stem}-{digest}{SUFFIX}"
    for number in range(2, 1_000_000):
        yield f"{stem}-{digest}-{number}{SUFFIX}"


def _stem(text: str) -> str:
    """The closest safe name; empty if nothing is left of `text`."""
    folded = "".join(
        each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each)
    )
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", folded).strip("._-")[:_MAX_LENGTH].rstrip("._-")
    if _RESERVED.match(safe) or safe.lower() == _SETTINGS_STEM:
        return f"slot_{safe}"
    return safe
