"""The ledger's entries → what happened to each endpoint over time, for people.

`planning.history` folds the same entries into what the next run has to know; here nothing is
forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError

from reconciler.model.change import Action, Change
from reconciler.model.chronicle import Chronicle, PastChange, PastRun, Sample
from reconciler.model.content import CanonicalSlot, SlotContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry, counts_in, text_in
from reconciler.model.outcome import Status
from reconciler.planning.diff import changed_fields

Revive = Callable[[Mapping[str, JsonValue]], "SlotContent | None"]
"""A slot as a tenant sent it → its fields; None if no API sends such a slot."""

_CONTENT = TypeAdapter(SlotContent)
_ENDS = {
    "change_rolled_back": Status.ROLLED_BACK,
    "rollback_failed": Status.ROLLBACK_FAILED,
    "change_failed": Status.FAILED,
}
_STORED = frozenset({"change_applied", "change_recovered"})
_GATES = frozenset({"gate_passed", "gate_failed", "gate_inconclusive"})
_BAKES = frozenset({"bake_passed", "bake_failed"})


def chronicles(lines: Iterable[Entry | None], *, revive: Revive) -> dict[Endpoint, Chronicle]:
    """What happened to each endpoint; None is a line that cannot be read, which is left out, as is
    a change that cannot be understood."""
    tellers: dict[Endpoint, _Teller] = {}
    of_run: dict[str, _Teller] = {}
    for line in lines:
        if line is None:
            continue
        endpoint = line.target if line.event == "run_started" else None
        if endpoint is not None and line.run_id not in of_run:
            of_run[line.run_id] = tellers.setdefault(endpoint, _Teller(revive))
        if line.run_id in of_run:
            of_run[line.run_id].take(line)
    return {endpoint: teller.chronicle for endpoint, teller in tellers.items()}


class _Teller:
    """The entries of one endpoint, taken one by one, oldest first."""

    def __init__(self, revive: Revive) -> None:
        self._revive = revive
        self._runs: dict[str, PastRun] = {}
        self._changes: list[PastChange] = []
        self._latest: dict[str, int] = {}
        self._samples: dict[str, list[Sample]] = {}

    @property
    def chronicle(self) -> Chronicle:
        """All that was taken."""
        return Chronicle(
            runs=tuple(self._runs.values()),
            changes=tuple(self._changes),
            samples={slot_id: tuple(each) for slot_id, each in self._samples.items()},
        )

    def take(self, entry: Entry) -> None:
        """Take the next entry."""
        if entry.event == "run_started":
            self._runs[entry.run_id] = _begun(entry)
        elif entry.event == "run_finished":
            update = {"ended": entry.moment, "summary": counts_in(entry.data, "summary")}
            self._runs[entry.run_id] = self._runs[entry.run_id].model_copy(update=update)
        elif entry.event == "change_started":
            self._start(entry)
        elif entry.event in _GATES:
            self._judge(entry)
        elif entry.event in _BAKES:
            self._bake(entry)
        elif entry.event in _ENDS:
            self._update(entry, status=_ENDS[entry.event])
        elif entry.event == "change_recovered" and entry.data.get("outcome") != "stored":
            self._update(entry, status=Status.FAILED)
        elif entry.event in _STORED:
            self._update(entry, is_stored=True)

    def _start(self, entry: Entry) -> None:
        change, former = self._change(entry), entry.data.get("before")
        if change is None:
            return
        self._latest[change.slot_id] = len(self._changes)
        self._changes.append(
            PastChange(
                change=change,
                run_id=entry.run_id,
                begun=entry.moment,
                former=former if isinstance(former, dict) else None,
                baseline=entry.rate("baseline"),
            )
        )
        baselines = entry.data.get("baselines")
        for slot_id, rate in (baselines if isinstance(baselines, dict) else {}).items():
            if isinstance(rate, (int, float)):
                self._sample(slot_id, Sample(at=entry.moment, rate=rate, is_baseline=True))

    def _judge(self, entry: Entry) -> None:
        """A verdict ends a change only if the change stands: else its rollback does, or its
        failure."""
        rate = entry.rate("success_rate")
        stands = entry.event == "gate_passed" or entry.data.get("stands") is True
        update: dict[str, Any] = {"success_rate": rate, "minimum": entry.rate("min_success_rate")}
        if stands:
            update["status"] = _standing(entry)
        self._update(entry, **update)
        self._sample_of(entry, stands=stands)

    def _bake(self, entry: Entry) -> None:
        """A verdict on a change that stands: it stays live, even if it is not to stand."""
        passed = entry.event == "bake_passed"
        if not passed:
            self._update(entry)
        self._sample_of(entry, stands=passed)

    def _update(self, entry: Entry, **update: Any) -> None:
        slot_id = entry.data.get("slot_id")
        place = self._latest.get(slot_id) if isinstance(slot_id, str) else None
        if place is None:
            return
        reason = entry.data.get("reason") or self._changes[place].reason
        self._changes[place] = self._changes[place].model_copy(
            update={**update, "reason": str(reason)}
        )

    def _sample_of(self, entry: Entry, *, stands: bool) -> None:
        rate, slot_id = entry.rate("success_rate"), entry.data.get("slot_id")
        if rate is not None and isinstance(slot_id, str):
            self._sample(slot_id, Sample(at=entry.moment, rate=rate, stands=stands))

    def _sample(self, slot_id: str, sample: Sample) -> None:
        self._samples.setdefault(slot_id, []).append(sample)

    def _change(self, entry: Entry) -> Change | None:
        slot_id, before = entry.data.get("slot_id"), entry.data.get("before")
        after = _content(entry.data.get("after"))
        former = self._revive(before) if isinstance(before, dict) else None
        try:
            action = Action(entry.data.get("action"))
        except ValueError:
            return None
        if not isinstance(slot_id, str):
            return None
        shown = after or former
        return Change(
            slot_id=slot_id,
            name=(shown.name if shown else None) or slot_id,
            action=action,
            wave=0,
            before=_canonical(former),
            after=after,
            fields=changed_fields(_canonical(former), _canonical(after)),
        )


def _begun(entry: Entry) -> PastRun:
    data = entry.data
    return PastRun(
        run_id=entry.run_id,
        begun=entry.moment,
        command=text_in(data, "command"),
        environment=text_in(data, "environment"),
        actor=text_in(data, "actor"),
        commit=text_in(data, "commit"),
        reason=text_in(data, "reason"),
        judged=data.get("gate") is not False,
    )


def _standing(entry: Entry) -> Status:
    if entry.event == "gate_passed":
        return Status.VERIFIED
    return Status.UNJUDGED if entry.data.get("unjudged") is True else Status.INCONCLUSIVE


def _canonical(content: SlotContent | None) -> CanonicalSlot | None:
    return content.canonical() if content is not None else None


def _content(value: JsonValue) -> SlotContent | None:
    if value is None:
        return None
    try:
        return _CONTENT.validate_python(value, strict=False)
    except ValidationError:
        return None
