"""What stands in the way of undoing a run in the files.

Only what the run left live can be undone, and only while nothing has changed since: neither a later
run nor an edit of the file that is not applied yet may be lost by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.errors import LedgerError
from reconciler.model.change import Action
from reconciler.model.chronicle import Chronicle, PastChange
from reconciler.model.content import SlotContent
from reconciler.model.listed import MOST, listed
from reconciler.model.outcome import Status
from reconciler.model.problem import Problem, Source
from reconciler.model.reversal import Obstacle, Reversal
from reconciler.model.rules.examples import (
    EXAMPLE_NOT_MATCHED,
    EXAMPLE_NOT_REJECTED,
    EXAMPLE_WRONG_VALUE,
)
from reconciler.model.slot import DesiredSlot, Examples, LiveSlot, SlotState
from reconciler.model.state import DesiredState
from reconciler.planning.named import Named

_OWN_EXAMPLES = frozenset(
    each.id for each in (EXAMPLE_NOT_MATCHED, EXAMPLE_NOT_REJECTED, EXAMPLE_WRONG_VALUE)
)


def chosen(chronicle: Chronicle, run_id: str, *, slots: Collection[str]) -> tuple[PastChange, ...]:
    """The changes of a run to these slots, given by id or name, or all of them if none is given.

    Raises LedgerError if the run has no such change.
    """
    changes = {past.change.slot_id: past for past in chronicle.by(run_id)}
    if not slots:
        return tuple(changes.values())
    named = Named((slot_id, name) for slot_id, past in changes.items() for name in _names(past))
    wanted = dict.fromkeys(map(named.slot_id, slots))
    unknown = [each for each in wanted if each not in changes]
    if unknown:
        advice = " ".join(filter(None, map(named.advice, unknown[:MOST])))
        changed = f"It changed: {listed(changes)}." if changes else "It changed none."
        raise LedgerError(
            f"Run {run_id} has no change of {listed(unknown)}.", hint=f"{advice} {changed}".strip()
        )
    return tuple(changes[each] for each in wanted)


def _names(past: PastChange) -> Iterator[str | None]:
    for content in (past.change.before, past.change.after):
        yield content.name if content else None


def why_nothing_stands(past: PastChange) -> str:
    """Why the change left nothing to undo; "" if it may have left something."""
    if past.status is Status.ROLLED_BACK:
        return "was rolled back"
    if past.status is Status.FAILED and not past.may_be_live:
        return "failed, and changed nothing"
    return ""


def obstacle(reversal: Reversal, *, chronicle: Chronicle, desired: DesiredState) -> Obstacle | None:
    """What stands in the way of this reversal, if anything does.

    `chronicle` is that of its endpoint, and `desired` what the files say in its environment.
    """
    past, slot_id = reversal.past, reversal.slot_id
    if past.status is None:
        reason = f"run {past.run_id} left its change open; the next apply settles it first"
        return Obstacle(slot_id=slot_id, reason=reason)
    later = _later(past, chronicle)
    if later is not None:
        return Obstacle(slot_id=slot_id, reason=_changed_by(later))
    return _edit(reversal, desired)


def _later(past: PastChange, chronicle: Chronicle) -> PastChange | None:
    """The last change of the slot since then that may be live, or may yet be."""
    changes = chronicle.of(past.change.slot_id)
    since = changes[changes.index(past) + 1 :]
    return next((each for each in since[::-1] if each.status is None or each.may_be_live), None)


def _changed_by(later: PastChange) -> str:
    if later.status is None:
        return f"run {later.run_id} has begun to change it since; the next apply settles that first"
    if later.change.action is Action.DELETE:
        return f"run {later.run_id} has deleted it since"
    if later.change.action is Action.CREATE:
        return f"run {later.run_id} has created it again since"
    fields = listed(each.field for each in later.change.fields)
    return f"run {later.run_id} has changed it since{f' ({fields})' if fields else ''}"


def _edit(reversal: Reversal, desired: DesiredState) -> Obstacle | None:
    """How the file differs from what the run applied."""
    slot, slot_id = reversal.desired, reversal.slot_id
    applied, action = reversal.past.change.after, reversal.past.change.action
    if slot is None:
        gone = "no slot file describes it any more"
        return None if action is Action.DELETE else Obstacle(slot_id=slot_id, reason=gone)
    if action is Action.DELETE:
        key, reason = "slot_id", "the file describes it again, which is not applied yet"
        is_edited = not slot.is_absent
    elif slot.content is None:
        key, reason, is_edited = "state", "`state: absent` is not applied yet", True
    elif applied is None:
        key, reason, is_edited = "slot_id", "the ledger does not say what the run applied", True
    else:
        fields = _edited_fields(slot.content, applied)
        unmanaged = reversal.unmanaged
        key, is_edited = next(iter((*fields, *unmanaged)), ""), bool(fields or unmanaged)
        reason = (
            f"the file has other values than the run applied, which are not applied yet: "
            f"{listed(fields)}"
            if fields
            else f"the file no longer manages {listed(unmanaged)}, which the run changed"
        )
    if not is_edited:
        return None
    return Obstacle(slot_id=slot_id, reason=reason, source=desired.where(slot_id, key))


def _edited_fields(content: SlotContent, applied: SlotContent) -> list[str]:
    """The fields that the file manages, and that the run applied with other values."""
    now = content.completed(applied).canonical_fields()
    return [key for key, value in applied.canonical_fields().items() if now.get(key) != value]


def never_shared(
    slot_id: str,
    former: LiveSlot,
    *,
    shared: Mapping[str, Sequence[str]],
    chronicles: Iterable[Chronicle],
) -> Obstacle | None:
    """Why the former values of these fields are no values of the environments that share them: the
    ledger knows what the slot has been there, and it was never this."""
    told = list(chronicles)
    values = former.content.canonical_fields()
    for key, environments in shared.items():
        for name in environments:
            known = [each.canonical_fields().get(key) for each in _contents(told, name, slot_id)]
            if known and values.get(key) not in known:
                return Obstacle(
                    slot_id=slot_id,
                    reason=f"`{key}` is the same in {name}, where it never had the former value; "
                    "write that under `environments:` in the file",
                )
    return None


def _contents(
    chronicles: Iterable[Chronicle], environment: str, slot_id: str
) -> Iterator[SlotContent]:
    """What the slot has been in this environment."""
    for chronicle in chronicles:
        runs = {each.run_id for each in chronicle.runs if each.environment == environment}
        for past in chronicle.of(slot_id):
            if past.run_id in runs:
                yield from filter(None, (past.change.before, past.change.after))


def new_errors(before: Iterable[Problem], after: Iterable[Problem]) -> tuple[Problem, ...]:
    """The errors that the files would have only after a revert."""
    known = {(each.slot_id, each.rule, each.message) for each in before}
    return tuple(
        each
        for each in after
        if each.is_error and (each.slot_id, each.rule, each.message) not in known
    )


def contradicted_examples(
    errors: Iterable[Problem], *, due: Collection[str]
) -> dict[str, list[Source]]:
    """The places of the examples that the former content of these slots contradicts, by slot id:
    they came with what is undone, or after it."""
    places: dict[str, list[Source]] = {}
    for each in errors:
        if each.slot_id is not None and each.slot_id in due and each.rule in _OWN_EXAMPLES:
            places.setdefault(each.slot_id, []).append(each.source)
    return places


def broken_rule(error: Problem) -> Obstacle:
    """An error that the files would have, as an obstacle."""
    return Obstacle(
        slot_id=error.slot_id or error.source.file,
        reason=f"the files would break a rule: {error.message} [{error.rule}]",
        source=error.source,
    )


def other_edits(
    reversals: Iterable[Reversal], *, before: Sequence[DesiredState], after: Sequence[DesiredState]
) -> Iterator[Obstacle]:
    """What the edits would change apart from these slots' content and examples: nothing, unless
    other parts of a file refer to what is edited."""
    due = {each.slot_id for each in reversals}
    for one, other in zip(before, after, strict=True):
        for slot_id in {**one, **other}:
            was, is_now = one.get(slot_id), other.get(slot_id)
            if slot_id in due:
                was, is_now = (_without_content(each) for each in (was or is_now, is_now))
            if was != is_now:
                reason = "its file cannot be edited without changing more"
                yield Obstacle(slot_id=slot_id, reason=reason, source=one.where(slot_id))


def _without_content(slot: DesiredSlot | None) -> DesiredSlot | None:
    if slot is None:
        return None
    return replace(slot, content=None, state=SlotState.PRESENT, address=None, examples=Examples())
