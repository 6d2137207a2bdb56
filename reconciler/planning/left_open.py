"""What earlier runs left open: what this project may recover, and what it only reports.

A ledger says what may have been written, not who may write it: it can be out of date, another
project's, or forged. So recovery touches only slots that belong to this project anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from reconciler.model.commands import PROJECT, Commands
from reconciler.model.content import CanonicalSlot
from reconciler.model.ledger import History, OpenChange
from reconciler.model.listed import listed

Key = TypeVar("Key", bound=Hashable)
Claims = Callable[[str], bool]
"""Whether a slot belongs to this project: its files declare it, or `owns` claims it."""


def recoverable(history: History, claims: Claims) -> History:
    """The same history, with only the open changes of this project's slots.

    Changes that were rolled back count only if the same run has open ones: otherwise a change that
    nobody ever recovers would keep all of them in the history.
    """
    ours = {slot_id: each for slot_id, each in history.open_changes.items() if claims(slot_id)}
    runs = {each.run_id for each in ours.values()}
    rolled_back = {
        slot_id: each
        for slot_id, each in history.rolled_back.items()
        if claims(slot_id) and each.run_id in runs
    }
    return history.model_copy(update={"open_changes": ours, "rolled_back": rolled_back})


def to_recover(history: History, claims: Claims) -> tuple[str, ...]:
    """What the next apply recovers first, one sentence for each run."""
    ours = recoverable(history, claims).open_changes.values()
    return tuple(
        f"Run {run_id} left its change of {names} open; the next apply recovers it first."
        for run_id, names in _by(ours, lambda each: each.run_id).items()
    )


def left_to_a_person(
    history: History,
    claims: Claims,
    *,
    found: Callable[[OpenChange], str],
    commands: Commands = PROJECT,
) -> tuple[str, ...]:
    """What no apply of this project touches, one sentence for each run and state `found` live."""
    others = [each for each in history.open_changes.values() if not claims(each.slot_id)]
    return tuple(
        f"Run {run_id} left its change of {names} open ({live}). No slot file declares it and "
        "`owns` does not claim it, so apply leaves it alone: check it in the console, or declare "
        f"it{commands.for_declaring} to have it recovered."
        for (run_id, live), names in _by(others, lambda each: (each.run_id, found(each))).items()
    )


def found_live(
    *, before: CanonicalSlot | None, after: CanonicalSlot | None, live: CanonicalSlot | None
) -> str:
    """How a live slot compares with the change that was started and never ended."""
    if live == after:
        return "live as that change made it" if live else "no longer live"
    if live == before:
        return "live as it was before" if live else "not live"
    return "live with other content than before or after it" if live else "not live"


def _by(changes: Iterable[OpenChange], key: Callable[[OpenChange], Key]) -> dict[Key, str]:
    """The slots of these changes by key, listed as in a sentence."""
    slot_ids: dict[Key, list[str]] = {}
    for each in changes:
        slot_ids.setdefault(key(each), []).append(each.slot_id)
    return {each: listed(found) for each, found in slot_ids.items()}
