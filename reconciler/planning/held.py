"""Whether a commit is held: nothing more of it is applied until there is another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry, counts_in, text_in
from reconciler.model.outcome import Status

ATTEMPTS = 5
"""The runs of a commit that may fail one after the other, such as while a tenant is in trouble."""
_REJECTING = frozenset({"gate_failed", "rollback_started", "rollback_failed"})


@dataclass(frozen=True)
class _PastRun:
    """What counts about an apply: whether it rejected a change, and whether one failed."""

    run_id: str
    commit: str | None
    entries: list[Entry] = field(default_factory=list)

    @property
    def has_rejected(self) -> bool:
        return any(each.event in _REJECTING or _is_left_rejected(each) for each in self.entries)

    @property
    def has_failed(self) -> bool:
        return any(
            each.event == "run_finished" and Status.FAILED.value in counts_in(each.data, "summary")
            for each in self.entries
        )


def reason_held(lines: Iterable[Entry | None], *, endpoint: Endpoint, commit: str) -> str:
    """Why nothing more of the commit is to be applied to the endpoint, "" if nothing is in the way.

    It is held after a run that rejected a change, because a person has to look at what that means
    for the others; and after several failed runs. An apply of anything else lifts it. None is a
    line that cannot be read.
    """
    last: list[_PastRun] = []
    for each in reversed(_applies(lines, endpoint=endpoint)):
        if each.commit != commit:
            break
        last.append(each)
    if last and last[0].has_rejected:
        return f"run {last[0].run_id} of this commit rejected a change"
    failed = 0
    while failed < len(last) and last[failed].has_failed:
        failed += 1
    if failed >= ATTEMPTS:
        return f"{failed} runs of this commit failed, the last one was {last[0].run_id}"
    return ""


def _applies(lines: Iterable[Entry | None], *, endpoint: Endpoint) -> list[_PastRun]:
    """The applies to the endpoint, oldest first. In a shared ledger, the lines of other commands'
    runs may come between theirs."""
    runs: dict[str, _PastRun] = {}
    for line in lines:
        if line is None:
            continue
        if line.event == "run_started":
            if line.target == endpoint and text_in(line.data, "command") is None:
                runs[line.run_id] = _PastRun(line.run_id, text_in(line.data, "commit"))
        elif line.run_id in runs:
            runs[line.run_id].entries.append(line)
    return list(runs.values())


def _is_left_rejected(entry: Entry) -> bool:
    """Whether a gate could not judge a change, and did not let it stand."""
    return entry.event == "gate_inconclusive" and entry.data.get("stands") is not True
