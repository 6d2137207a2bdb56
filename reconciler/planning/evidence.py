"""Ledger lines → what they prove about an environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

from reconciler.model.change import Action
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import ANYWHERE, Expectation
from reconciler.model.ledger import Entry, text_in
from reconciler.model.promotion import Evidence, Trial, TrialResult, shared_identity
from reconciler.planning.environments import may_be

_UNKNOWN = ""
"""The identity of content that a line does not identify: it equals that of no slot."""
_SIMPLE = {
    "gate_passed": TrialResult.PASSED,
    "gate_failed": TrialResult.REJECTED,
    "bake_failed": TrialResult.BELOW_GATE,
    "change_failed": TrialResult.FAILED,
}
_ROLLBACKS = frozenset({"rollback_started", "change_rolled_back", "rollback_failed"})
_SEEN = {
    "healthy": TrialResult.PASSED,
    "below_gate": TrialResult.BELOW_GATE,
    "differs": TrialResult.EDITED,
}


def merged(ledgers: Iterable[Iterable[Entry | None]]) -> Iterator[Entry]:
    """The entries of several ledgers by time, each once, because one may be an older copy of
    another. Those of one ledger keep their order, whatever their clocks said."""
    readable = [[entry for entry in ledger if entry is not None] for ledger in ledgers]
    seen: set[str] = set()
    for entry in merge(*readable, key=lambda entry: entry.moment):
        if entry.hash not in seen:
            seen.add(entry.hash)
            yield entry


def evidence_of(
    environment: str, lines: Iterable[Entry | None], *, expected: Expectation = ANYWHERE
) -> Evidence:
    """What these lines, oldest first, prove about an environment, by runs where it is `expected`:
    in the ledger of a fleet, other tenants may have an environment of that name.

    A slot's trial begins with the change that brings its content, and its result is the last thing
    that happened to it. A pass counts for the content that the change brought, and ends when that
    is replaced, rolled back, or falls below its gate; the same content then needs another pass. If
    the environment moves to another tenant or bot, everything begins anew.
    """
    fold = _Fold(environment, expected=expected)
    for line in lines:
        if line is not None:
            fold.take(line)
    return Evidence(
        environment=environment,
        endpoint=fold.endpoint,
        runs=len(fold.runs),
        trials=fold.trials,
        listed=None if fold.listed is None else frozenset(fold.listed),
    )


class _Fold:
    def __init__(self, environment: str, *, expected: Expectation) -> None:
        self._environment = environment
        self._expected = expected
        self._brought: dict[str, str] = {}
        """The identity of what the last change of a slot brought."""
        self.endpoint: Endpoint | None = None
        self.runs: set[str] = set()
        self.trials: dict[str, Trial] = {}
        self.listed: set[str] | None = None

    def take(self, entry: Entry) -> None:
        if entry.event == "run_started":
            is_ours = entry.data.get("environment") == self._environment
            if is_ours and may_be(entry.target, expected=self._expected):
                self._begin(entry)
        elif entry.run_id in self.runs:
            slot_id = text_in(entry.data, "slot_id")
            if entry.event == "slots_listed":
                self._list(entry)
            elif slot_id is not None:
                self._try(entry, slot_id)

    def _begin(self, entry: Entry) -> None:
        endpoint, before = entry.target, self.endpoint
        if before is not None and not _is_same(endpoint, before):
            self.runs, self.trials, self.listed, self._brought = set(), {}, None, {}
            self.endpoint = endpoint
        elif before is None or before.bot_id is None:
            self.endpoint = endpoint
        self.runs.add(entry.run_id)

    def _list(self, entry: Entry) -> None:
        slot_ids = entry.data.get("slot_ids")
        if not isinstance(slot_ids, list):
            return
        self.listed = {each for each in slot_ids if isinstance(each, str)}
        for slot_id, trial in list(self.trials.items()):
            absence = shared_identity(slot_id, None)
            is_open = trial.result is TrialResult.IN_PROGRESS
            if slot_id not in self.listed and not trial.proves(absence) and not is_open:
                self._set(slot_id, TrialResult.PASSED, entry, identity=absence)

    def _try(self, entry: Entry, slot_id: str) -> None:
        if entry.event == "change_started":
            self._brought[slot_id] = _brought(entry, slot_id)
            self._set(slot_id, TrialResult.IN_PROGRESS, entry, identity=self._brought[slot_id])
        elif entry.event == "slot_seen":
            self._see(entry, slot_id)
        elif slot_id in self._brought:
            result = self._result(entry, slot_id)
            if result is not None:
                self._set(slot_id, result, entry, identity=self._brought[slot_id])

    def _result(self, entry: Entry, slot_id: str) -> TrialResult | None:
        if entry.event in _ROLLBACKS:
            is_rejected = self.trials[slot_id].result is TrialResult.REJECTED
            return None if is_rejected else TrialResult.ROLLED_BACK
        if entry.event == "gate_inconclusive":
            if entry.data.get("stands") is not True:
                return TrialResult.REJECTED
            is_unjudged = entry.data.get("unjudged") is True
            return TrialResult.UNJUDGED if is_unjudged else TrialResult.INCONCLUSIVE
        if entry.event == "change_recovered" and entry.data.get("outcome") != "stored":
            return TrialResult.FAILED
        return _SIMPLE.get(entry.event)

    def _see(self, entry: Entry, slot_id: str) -> None:
        result = _SEEN.get(text_in(entry.data, "status") or "")
        identity = text_in(entry.data, "shared") or _UNKNOWN
        trial = self.trials.get(slot_id)
        still_stands = result is TrialResult.PASSED and trial is not None and trial.proves(identity)
        if result is not None and not still_stands:
            self._set(slot_id, result, entry, identity=identity)

    def _set(self, slot_id: str, result: TrialResult, entry: Entry, *, identity: str) -> None:
        self.trials[slot_id] = Trial(
            identity=identity, result=result, run_id=entry.run_id, at=entry.moment
        )


def _brought(entry: Entry, slot_id: str) -> str:
    if entry.data.get("action") == Action.DELETE.value:
        return shared_identity(slot_id, None)
    return text_in(entry.data, "shared") or _UNKNOWN


def _is_same(one: Endpoint | None, other: Endpoint) -> bool:
    """Whether they are one tenant and bot, as far as both name a bot."""
    if one is None or one.origin != other.origin:
        return False
    return one.bot_id == other.bot_id or None in (one.bot_id, other.bot_id)
