"""What one event makes of what was known of an endpoint: the fold behind `planning.history`."""

from __future__ import annotations

from typing import Any

from reconciler.errors import LedgerError
from reconciler.model.change import Action
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection
from reconciler.model.ledger import (
    Applied,
    Event,
    History,
    OpenChange,
    Stage,
    change_identity,
)
from reconciler.model.slot import SlotContent

_RECORDED = ("action", "before", "after", "baselines", "trigger_retrain", "identity")
_LEAVING = frozenset({"rollback_failed", "change_failed"})
"""What ends a change that was to be rolled back, and may have left it live."""
_CLOSING = frozenset({"gate_passed", "change_rolled_back", "rollback_failed", "change_failed"})


class Fold:
    """The events of one endpoint's runs, taken one by one, oldest first."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._target = endpoint
        self._respelled: set[str] = set()
        """Runs of an older version that spelled our endpoint in another way."""
        self.rejected: dict[str, Rejection] = {}
        self.stuck: dict[str, Rejection] = {}
        self.ended_rejected: dict[str, OpenChange] = {}
        self.applied: dict[str, Applied] = {}
        self.open: dict[str, OpenChange] = {}
        self.rolled_back: dict[str, OpenChange] = {}
        self.protected: set[str] = set()

    @property
    def history(self) -> History:
        """What they all together say."""
        uncertain = {slot_id: _either(change) for slot_id, change in self.open.items()}
        return History(
            rejected=self.rejected,
            stuck=self.stuck,
            ended_rejected=self.ended_rejected,
            applied={**self.applied, **uncertain},
            open_changes=self.open,
            rolled_back=self.rolled_back,
            protected=frozenset(self.protected),
        )

    def begin(self, event: Event) -> None:
        """Take the `run_started` of a run against this endpoint."""
        if event.data["target"] != self._target.model_dump():
            self._respelled.add(event.run_id)
        self.protected |= _ids(event.data.get("protected"))
        self.protected -= _ids(event.data.get("unprotected"))

    def take(self, event: Event) -> None:
        """Take any later event of such a run. Raises LedgerError for a change that cannot be
        understood."""
        slot_id = event.data.get("slot_id")
        if not isinstance(slot_id, str):
            return
        if event.event == "change_started":
            self.open[slot_id] = self._opened(event, slot_id=slot_id)
            self.ended_rejected.pop(slot_id, None)
        elif slot_id in self.ended_rejected and _stored(event):
            self.open[slot_id] = _reopened(self.ended_rejected.pop(slot_id), run_id=event.run_id)
        elif slot_id in self.open:
            self._advance(event, slot_id=slot_id)
            if _closes(event):
                self._close(event, slot_id=slot_id)

    def _opened(self, event: Event, *, slot_id: str) -> OpenChange:
        opened = _opened(event, slot_id=slot_id)
        if event.run_id not in self._respelled:
            return opened
        identity = change_identity(self._target, slot_id=slot_id, after=opened.after)
        return opened.model_copy(update={"identity": identity})

    def _close(self, event: Event, *, slot_id: str) -> None:
        closed = self.open.pop(slot_id)
        left = _left(event, closed)
        if left is not None:
            self.applied[slot_id] = left
        if closed.stage is Stage.REJECTED:
            self.ended_rejected[slot_id] = closed
        if closed.stage is Stage.REJECTED and event.event in _LEAVING:
            told = Rejection(
                run_id=event.run_id,
                slot_id=slot_id,
                reason=closed.reason,
                success_rate=closed.success_rate,
                baseline=closed.baselines.get(slot_id),
            )
            self.stuck.update(dict.fromkeys(self._identities(closed), told))
        if not self.open:
            self.rolled_back = {}
        elif event.event == "change_rolled_back":
            self.rolled_back[slot_id] = closed

    def _advance(self, event: Event, *, slot_id: str) -> None:
        change = self.open[slot_id]
        update: dict[str, Any] = {}
        if event.event == "gate_passed":
            for identity in self._identities(change):
                self.rejected.pop(identity, None)
                self.stuck.pop(identity, None)
        elif event.event == "gate_failed" or _stands_unmeasured(event) is False:
            rejection = _rejection(event, slot_id=slot_id)
            self.rejected.update(dict.fromkeys(self._identities(change), rejection))
            update = {
                "stage": Stage.REJECTED,
                "reason": rejection.reason,
                "success_rate": rejection.success_rate,
            }
        elif event.event == "rollback_started" and change.stage is not Stage.REJECTED:
            # It goes with others, and no gate has rejected it.
            update = {"stage": Stage.REJECTED, "reason": str(event.data.get("reason", ""))}
        elif _stored(event) and change.stage is Stage.STARTED:
            update = {"stage": Stage.APPLIED}
        shown = _shown_as_stored(event)
        if shown is not None:
            update["stored"] = shown
        self.open[slot_id] = change.model_copy(update=update)
        if event.event == "change_applied" and _trained(event):
            self.open = {
                # What nobody had seen stored by then may have come later.
                each: other.model_copy(update={"trained": other.stage is not Stage.STARTED})
                for each, other in self.open.items()
            }

    def _identities(self, change: OpenChange) -> set[str]:
        """Of what was sent, and of what the tenant made of it."""
        stored = change_identity(self._target, slot_id=change.slot_id, after=change.stored)
        return {change.identity, stored} if change.stored else {change.identity}


def _ids(value: Any) -> set[str]:
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()


def _opened(event: Event, *, slot_id: str) -> OpenChange:
    """The change that a `change_started` began. Raises LedgerError where it does not say which."""
    known = {key: event.data[key] for key in _RECORDED if key in event.data}
    try:
        # Not strictly: it was JSON, where tuples are lists, and actions text. Not as JSON again:
        # pydantic reads no lone surrogates, which a tenant may send.
        return OpenChange.model_validate(
            {**known, "run_id": event.run_id, "slot_id": slot_id}, strict=False
        )
    except ValueError as error:
        raise LedgerError(
            f"The ledger's line {event.seq} does not say what change of {slot_id} it began.",
            hint="It was written by another version, or edited: `reconciler audit verify`.",
        ) from error


def _reopened(ended: OpenChange, *, run_id: str) -> OpenChange:
    """A rejected change that is live all the same, in the hands of the run that judges it again."""
    return ended.to_judge_again().model_copy(update={"run_id": run_id, "again": False})


def _left(event: Event, change: OpenChange) -> Applied | None:
    """How the slot is after the event that ends its change; None where the change left it alone."""
    if event.event == "gate_passed" or _stands_unmeasured(event) is True:
        return Applied(content=change.live)
    if event.event == "change_rolled_back":
        return Applied(former=change.before)
    if event.event == "rollback_failed":
        return _either(change)
    if change.stage is Stage.STARTED or change.action is Action.DELETE:
        return None
    return Applied(content=change.live)


def _either(change: OpenChange) -> Applied:
    return Applied(content=change.live, former=change.before)


def _closes(event: Event) -> bool:
    """Whether a change is no longer open after this."""
    if event.event == "change_recovered":
        return event.data.get("outcome") != "stored"
    return event.event in _CLOSING or _stands_unmeasured(event) is True


def _stands_unmeasured(event: Event) -> bool | None:
    """Of an inconclusive gate: whether the change stands all the same; None of any other event."""
    return event.data.get("stands") is True if event.event == "gate_inconclusive" else None


def _stored(event: Event) -> bool:
    """Whether the change is known to be live from then on."""
    found = event.event == "change_recovered" and event.data.get("outcome") == "stored"
    return found or event.event == "change_applied"


def _shown_as_stored(event: Event) -> SlotContent | None:
    """The slot that the tenant showed in its answer to a write, if it showed one."""
    if event.event != "change_applied" or event.data.get("stored") is None:
        return None
    try:
        return SlotContent.model_validate(event.data["stored"], strict=False)
    except ValueError:
        return None


def _trained(event: Event) -> bool:
    """Whether a write that was applied has had the bot trained, on all that was live by then."""
    return event.data.get("retrain_triggered") is True and event.data.get("success") is True


def _rejection(event: Event, *, slot_id: str) -> Rejection:
    return Rejection(
        run_id=event.run_id,
        slot_id=slot_id,
        reason=str(event.data.get("reason", "")),
        success_rate=event.rate("success_rate"),
        baseline=event.rate("baseline"),
    )
