"""How an entry changes what is known about an endpoint: the fold behind `planning.history`."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from reconciler.errors import LedgerError
from reconciler.model.change import Action
from reconciler.model.content import SlotContent, trained_with
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection
from reconciler.model.ledger import (
    Applied,
    Entry,
    History,
    OpenChange,
    Stage,
    change_identity,
)
from reconciler.planning.probation import BAKE_FAILED, BAKE_PASSED, Probations

_CONTENT = TypeAdapter(SlotContent)
_RECORDED = ("action", "before", "after", "baselines", "trigger_retrain", "managed", "identity")
_LEAVING = frozenset({"rollback_failed", "change_failed"})
"""Events that end a change that had to be rolled back, and may leave it live."""
_CLOSING = frozenset({"gate_passed", "change_rolled_back", "rollback_failed", "change_failed"})


class Fold:
    """The entries of one endpoint's runs, taken one by one, oldest first."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._target = endpoint
        self._respelled: set[str] = set()
        """Runs of an older version that spelled our endpoint differently."""
        self.rejected: dict[str, Rejection] = {}
        self.stuck: dict[str, Rejection] = {}
        self.ended_rejected: dict[str, OpenChange] = {}
        self.applied: dict[str, Applied] = {}
        self.open: dict[str, OpenChange] = {}
        self.rolled_back: dict[str, OpenChange] = {}
        self.probations = Probations(endpoint)
        self.protected: set[str] = set()

    @property
    def history(self) -> History:
        """What all entries together say."""
        uncertain = {slot_id: _either(change) for slot_id, change in self.open.items()}
        return History(
            rejected=self.rejected,
            stuck=self.stuck,
            ended_rejected=self.ended_rejected,
            applied={**self.applied, **uncertain},
            open_changes=self.open,
            rolled_back=self.rolled_back,
            on_probation=self.probations.on_probation,
            failed_bakes=self.probations.failed,
            protected=frozenset(self.protected),
        )

    def begin(self, entry: Entry) -> None:
        """Take the `run_started` of a run against this endpoint."""
        if entry.data["target"] != self._target.model_dump():
            self._respelled.add(entry.run_id)
        self.probations.begin(entry)
        self.protected |= _ids(entry.data.get("protected"))
        self.protected -= _ids(entry.data.get("unprotected"))

    def take(self, entry: Entry) -> None:
        """Take any later entry of such a run. Raises LedgerError for a change that cannot be
        understood."""
        slot_id = entry.data.get("slot_id")
        if not isinstance(slot_id, str):
            return
        if entry.event == "change_started":
            self.open[slot_id] = self._opened(entry, slot_id=slot_id)
            self.ended_rejected.pop(slot_id, None)
            self.probations.start(entry, slot_id=slot_id)
        elif entry.event in (BAKE_PASSED, BAKE_FAILED):
            self._end_bake(entry, slot_id=slot_id)
        elif slot_id in self.ended_rejected and _stored(entry):
            self.probations.leave(slot_id)
            self.open[slot_id] = _reopened(self.ended_rejected.pop(slot_id), run_id=entry.run_id)
        elif slot_id in self.open:
            self._advance(entry, slot_id=slot_id)
            if _closes(entry):
                self._close(entry, slot_id=slot_id)

    def _opened(self, entry: Entry, *, slot_id: str) -> OpenChange:
        opened = _opened(entry, slot_id=slot_id)
        if entry.run_id not in self._respelled:
            return opened
        identity = self._identity(opened, opened.after)
        return opened.model_copy(update={"identity": identity})

    def _close(self, entry: Entry, *, slot_id: str) -> None:
        closed = self.open.pop(slot_id)
        if _lets_stand(entry):
            self.probations.stand(entry, closed)
        if entry.data.get("rejected") is True:
            # The tenant kept the former slot, and would do so again.
            self.rejected[closed.identity] = _rejection(entry, slot_id=slot_id)
        left = _left(entry, closed)
        if left is not None:
            self.applied[slot_id] = left
        if closed.stage is Stage.REJECTED:
            self.ended_rejected[slot_id] = closed
        if closed.stage is Stage.REJECTED and entry.event in _LEAVING:
            rejection = _left_live(entry, closed)
            self.stuck.update(dict.fromkeys(self._identities(closed), rejection))
        if not self.open:
            self.rolled_back = {}
        elif entry.event == "change_rolled_back":
            self.rolled_back[slot_id] = closed

    def _end_bake(self, entry: Entry, *, slot_id: str) -> None:
        """A change whose bake failed is like one that was rejected and left in place."""
        failed = self.probations.end(entry, slot_id=slot_id)
        if failed is None:
            return
        rejection = dict.fromkeys(self._identities(failed), _left_live(entry, failed))
        self.rejected.update(rejection)
        self.stuck.update(rejection)
        self.ended_rejected[slot_id] = failed

    def _advance(self, entry: Entry, *, slot_id: str) -> None:
        change = self.open[slot_id]
        update: dict[str, Any] = {}
        if entry.event == "gate_passed":
            for identity in (*self._identities(change), *self._former_identities(change)):
                self.rejected.pop(identity, None)
                self.stuck.pop(identity, None)
        elif entry.event == "gate_failed" or _stands_unmeasured(entry) is False:
            rejection = _rejection(entry, slot_id=slot_id)
            self.rejected.update(dict.fromkeys(self._identities(change), rejection))
            update = {
                "stage": Stage.REJECTED,
                "reason": rejection.reason,
                "success_rate": rejection.success_rate,
            }
        elif entry.event == "rollback_started" and change.stage is not Stage.REJECTED:
            # It is rolled back together with others; no gate has rejected it.
            update = {"stage": Stage.REJECTED, "reason": str(entry.data.get("reason", ""))}
        elif _stored(entry) and change.stage is Stage.STARTED:
            update = {"stage": Stage.APPLIED}
        shown = _shown_as_stored(entry)
        if shown is not None:
            update["stored"] = shown
        self.open[slot_id] = change.model_copy(update=update)
        if entry.event == "change_applied" and _trained(entry):
            trained = self.open[slot_id]
            for each, other in self.open.items():
                if _are_trained_together(trained, other):
                    # A change that was not known to be stored by then may have been stored later.
                    is_trained = other.stage is not Stage.STARTED
                    self.open[each] = other.model_copy(update={"trained": is_trained})

    def _identities(self, change: OpenChange) -> set[str]:
        """The identities of the change as sent, and as the tenant stored it."""
        stored = self._identity(change, change.stored)
        return {change.identity, stored} if change.stored else {change.identity}

    def _former_identities(self, change: OpenChange) -> set[str]:
        """Those that an older version would have recorded, which covered every field."""
        whole = change.model_copy(update={"managed": None})
        return {self._identity(whole, each) for each in (change.after, change.stored) if each}

    def _identity(self, change: OpenChange, content: SlotContent | None) -> str:
        return change_identity(
            self._target, slot_id=change.slot_id, after=content, managed=change.managed
        )


def _are_trained_together(one: OpenChange, other: OpenChange) -> bool:
    return trained_with(one.live) == trained_with(other.live)


def _ids(value: Any) -> set[str]:
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()


def _opened(entry: Entry, *, slot_id: str) -> OpenChange:
    """The change that a `change_started` starts. Raises LedgerError if it does not say which."""
    known = {key: entry.data[key] for key in _RECORDED if key in entry.data}
    try:
        # Not strictly, because in JSON tuples are lists and actions are text. Not as JSON text,
        # because pydantic does not read lone surrogates, which a tenant may send.
        return OpenChange.model_validate(
            {**known, "run_id": entry.run_id, "slot_id": slot_id}, strict=False
        )
    except ValueError as error:
        raise LedgerError(
            f"Line {entry.seq} of the ledger does not say which change of {slot_id} it starts.",
            hint="Another version wrote it, or someone edited it: run `reconciler audit verify`.",
        ) from error


def _reopened(ended: OpenChange, *, run_id: str) -> OpenChange:
    """A rejected change that is still live, taken over by the run that judges it again."""
    return ended.to_judge_again().model_copy(update={"run_id": run_id, "again": False})


def _left(entry: Entry, change: OpenChange) -> Applied | None:
    """The slot after the entry that ends its change; None if the change did not touch it."""
    if _lets_stand(entry):
        return Applied(content=change.live)
    if entry.event == "change_rolled_back":
        return Applied(former=change.before)
    if entry.event == "rollback_failed":
        return _either(change)
    if change.stage is Stage.STARTED or change.action is Action.DELETE:
        return None
    return Applied(content=change.live)


def _either(change: OpenChange) -> Applied:
    return Applied(content=change.live, former=change.before)


def _closes(entry: Entry) -> bool:
    """Whether a change is no longer open after this."""
    if entry.event == "change_recovered":
        return entry.data.get("outcome") != "stored"
    return entry.event in _CLOSING or _lets_stand(entry)


def _lets_stand(entry: Entry) -> bool:
    return entry.event == "gate_passed" or _stands_unmeasured(entry) is True


def _stands_unmeasured(entry: Entry) -> bool | None:
    """For an inconclusive gate, whether the change stands anyway; None for any other entry."""
    return entry.data.get("stands") is True if entry.event == "gate_inconclusive" else None


def _stored(entry: Entry) -> bool:
    """Whether the change is known to be live from then on."""
    found = entry.event == "change_recovered" and entry.data.get("outcome") == "stored"
    return found or entry.event == "change_applied"


def _shown_as_stored(entry: Entry) -> SlotContent | None:
    """The slot that the tenant showed in its answer to a write, if it showed one."""
    if entry.event != "change_applied" or entry.data.get("stored") is None:
        return None
    try:
        return _CONTENT.validate_python(entry.data["stored"], strict=False)
    except ValueError:
        return None


def _trained(entry: Entry) -> bool:
    """Whether an applied write had the bot trained, on everything that was live by then."""
    return entry.data.get("retrain_triggered") is True and entry.data.get("success") is True


def _left_live(entry: Entry, change: OpenChange) -> Rejection:
    """The rejection of a change that may still be live after this entry."""
    return Rejection(
        run_id=entry.run_id,
        slot_id=change.slot_id,
        reason=change.reason,
        success_rate=change.success_rate,
        baseline=change.baselines.get(change.slot_id),
    )


def _rejection(entry: Entry, *, slot_id: str) -> Rejection:
    return Rejection(
        run_id=entry.run_id,
        slot_id=slot_id,
        reason=str(entry.data.get("reason", "")),
        success_rate=entry.rate("success_rate"),
        baseline=entry.rate("baseline"),
    )
