"""What earlier runs left open: the part that this project may settle, and the part that it shows.

A ledger says what may have been written, not who may write it: it can be an old one, another
project's, or a forgery. So recovery touches only slots that are this project's anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from reconciler.model.ledger import History, OpenChange
from reconciler.model.listed import listed
from reconciler.model.slot import CanonicalSlot

Key = TypeVar("Key", bound=Hashable)
Claims = Callable[[str], bool]
"""Whether a slot is this project's: declared by its files, or claimed by `owns`."""


def settleable(history: History, claims: Claims) -> History:
    """The same past, with the open changes of this project's slots alone.

    What was rolled back counts only beside those of the same run: a change that nobody settles
    keeps the rest of its ledger from forgetting any.
    """
    ours = {slot_id: each for slot_id, each in history.open_changes.items() if claims(slot_id)}
    runs = {each.run_id for each in ours.values()}
    rolled_back = {
        slot_id: each
        for slot_id, each in history.rolled_back.items()
        if claims(slot_id) and each.run_id in runs
    }
    return history.model_copy(update={"open_changes": ours, "rolled_back": rolled_back})


def to_settle(history: History, claims: Claims) -> tuple[str, ...]:
    """What the next apply settles first, a sentence a run."""
    ours = settleable(history, claims).open_changes.values()
    return tuple(
        f"Run {run_id} left open its change of {names}; the next apply settles it first."
        for run_id, names in _by(ours, lambda each: each.run_id).items()
    )


def left_to_a_person(
    history: History, claims: Claims, *, found: Callable[[OpenChange], str]
) -> tuple[str, ...]:
    """What no apply of this project touches, a sentence for each run and what was `found` live."""
    theirs = [each for each in history.open_changes.values() if not claims(each.slot_id)]
    return tuple(
        f"Run {run_id} left open its change of {names}, {live}. No slot file declares it and "
        "`owns` does not claim it, so apply leaves it alone: check it in the console, or have it "
        "settled by declaring it (`reconciler pull --slot SLOT_ID`)."
        for (run_id, live), names in _by(theirs, lambda each: (each.run_id, found(each))).items()
    )


def found_live(
    *, before: CanonicalSlot | None, after: CanonicalSlot | None, live: CanonicalSlot | None
) -> str:
    """How a slot compares with the change that was begun and never ended."""
    if live == after:
        return "which is live as that change made it" if live else "which is not live any more"
    if live == before:
        return "which is live as it was before" if live else "which is not live"
    return (
        "which is live with other content than before or after it" if live else "which is not live"
    )


def _by(changes: Iterable[OpenChange], key: Callable[[OpenChange], Key]) -> dict[Key, str]:
    """The slots of these changes, by key, as they are named in a sentence."""
    slot_ids: dict[Key, list[str]] = {}
    for each in changes:
        slot_ids.setdefault(key(each), []).append(each.slot_id)
    return {each: listed(found) for each, found in slot_ids.items()}
