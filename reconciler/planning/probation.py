"""Which changes are on probation, by the entries of the ledger.

    a gate lets a change stand, and     on probation, until the bake_hours of that line are over
    the line has bake_hours
    the slot is changed again           not on probation
    bake_passed, of the same change     not on probation
    bake_failed, of the same change     failed, until the slot is changed or judged again

A deletion is never on probation, nor is what no gate has judged or an older version has recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue

from reconciler.model.bake import Bake, BakeResult, FailedBake, Probation, Suspect
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry, OpenChange, Stage, change_identity, text_in

BAKE_PASSED, BAKE_FAILED = "bake_passed", "bake_failed"
MAX_HOURS = 8760.0


class Probations:
    """The changes of one endpoint that are on probation; `failed` are those whose bake failed, by
    slot id."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._runs: dict[str, Mapping[str, JsonValue]] = {}
        self._starts: dict[str, Entry] = {}
        self._standing: dict[str, tuple[Probation, OpenChange]] = {}
        self.failed: dict[str, FailedBake] = {}

    @property
    def on_probation(self) -> dict[str, Probation]:
        """The changes on probation, by slot id."""
        return {slot_id: probation for slot_id, (probation, _) in self._standing.items()}

    def begin(self, entry: Entry) -> None:
        """Take a `run_started`."""
        self._runs[entry.run_id] = entry.data

    def start(self, entry: Entry, *, slot_id: str) -> None:
        """Take a `change_started` of this slot."""
        self._starts[slot_id] = entry
        self.leave(slot_id)

    def leave(self, slot_id: str) -> None:
        """The slot has another change in hand, or the same one once more."""
        self._standing.pop(slot_id, None)
        self.failed.pop(slot_id, None)

    def stand(self, entry: Entry, change: OpenChange) -> None:
        """Take the entry by which its gate let this change stand."""
        start = self._starts.get(change.slot_id)
        until = _until(entry)
        if start is None or until is None or change.live is None:
            return
        origin = self._runs.get(change.run_id, {})
        probation = Probation(
            slot_id=change.slot_id,
            run_id=change.run_id,
            actor=text_in(origin, "actor"),
            commit=text_in(origin, "commit"),
            identity=change_identity(
                self._endpoint,
                slot_id=change.slot_id,
                after=change.live,
                managed=change.managed,
            ),
            managed=change.managed,
            action=change.action,
            baselines=change.baselines,
            begun=start.moment,
            until=until,
        )
        self._standing[change.slot_id] = (probation, change)

    def end(self, entry: Entry, *, slot_id: str) -> OpenChange | None:
        """Take the verdict on a bake; returns the change if this rejects it, with the reason."""
        standing = self._standing.get(slot_id)
        if standing is None:
            return None
        probation, change = standing
        if not _is_about(entry, probation):
            return None
        del self._standing[slot_id]
        if entry.event == BAKE_PASSED:
            return None
        bake = _failed(entry, probation)
        self.failed[slot_id] = FailedBake(probation=probation, bake=bake)
        update = {
            "stage": Stage.REJECTED,
            "reason": f"its bake failed: {bake.reason}",
            "success_rate": bake.success_rate,
        }
        return change.model_copy(update=update)


def _until(entry: Entry) -> datetime | None:
    """When the bake ends that this verdict begins; None if it begins none."""
    hours = entry.data.get("bake_hours")
    if not isinstance(hours, (int, float)) or isinstance(hours, bool) or not 0 < hours <= MAX_HOURS:
        return None
    try:
        return entry.moment + timedelta(hours=hours)
    except OverflowError:  # the end of time
        return None


def _is_about(entry: Entry, probation: Probation) -> bool:
    said = (entry.data.get("change_run_id"), entry.data.get("identity"))
    return said == (probation.run_id, probation.identity)


def _failed(entry: Entry, probation: Probation) -> Bake:
    return Bake(
        slot_id=probation.slot_id,
        result=BakeResult.FAILED,
        run_id=probation.run_id,
        commit=probation.commit,
        until=probation.until,
        success_rate=entry.rate("success_rate"),
        baseline=entry.rate("baseline"),
        min_success_rate=entry.rate("min_success_rate"),
        reason=text_in(entry.data, "reason") or "",
        suspects=tuple(_suspects(entry.data.get("suspects"))),
    )


def _suspects(value: JsonValue) -> Iterator[Suspect]:
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict):
            slot_id, run_id = text_in(each, "slot_id"), text_in(each, "run_id")
            if slot_id is not None and run_id is not None:
                yield Suspect(slot_id=slot_id, run_id=run_id, commit=text_in(each, "commit"))
