"""What must hold at every moment, judged by what really happened.

0  there is no bug, such as an unexpected exception
1  no write leaves with a fence older than one that has recorded something since
2  every change that was begun is judged or put back in the end
3  every chain is whole, and has the lines whose hashes the fleet's chain recorded
4  nothing of a step begins before the steps before it have ended, baked and been judged; no more
   fail in a step than may, and those in hand besides
5  no tenant gets more requests in 60 s than it allows from those that hold its lease in turn;
   whoever only reads needs none
6  once nothing goes wrong any more, the fleet gets what the files say
7  no secret is in the queue, a ledger or a message
8  the exit code is that of the report, and the report that of the chain

A database that fails over to a standby which lags may lose lines and reuse a fence, so 1 to 5 may
not hold from then on; but what the fleet's chain recorded shows the loss.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.model.endpoint import Endpoint
from reconciler.model.fleet_run import SUCCEEDED, FleetAction, FleetReport, TargetStatus, Task
from reconciler.model.ledger import Entry, parse_line
from reconciler.planning.chain import check_chain
from reconciler.planning.fleet_chain import FLEET_CHAIN, FLEET_FINISHED, FLEET_STARTED, TARGET_ENDED
from reconciler.planning.history import replay
from reconciler.planning.rollout.stages import Stage
from tests.simulation.fleet.database import Database
from tests.simulation.fleet.scenario import CONTROLLER_SKEW, PER_MINUTE, WORKER_SKEW
from tests.simulation.fleet.tenants import SECRET, Sent

WINDOW_SECONDS = 60.0
WRITES = ("PUT", "DELETE")
WELL = frozenset({TargetStatus.IN_SYNC, TargetStatus.VERIFIED, TargetStatus.WAITING})


class Violation(BaseException):
    """An invariant does not hold. No handler of ours may take it for a defect."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(f"invariant {number}: {message}")
        self.number = number


@dataclass(frozen=True)
class Happened:
    """How a target ended, and when that was recorded."""

    status: TargetStatus
    at: float


class Invariants:
    """Watches everything. `stages` are the steps of each bundle, by digest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.on_append = self._recorded
        self._bundles: dict[str, str] = {}
        self.stages: dict[str, Sequence[Stage]] = {}
        self._arrivals: dict[str, deque[float]] = defaultdict(deque)
        self._writes: dict[str, list[float]] = defaultdict(list)
        self._applied: dict[tuple[str, str], Happened] = {}
        self._checked: dict[tuple[str, str], Happened] = {}
        self._failed: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.has_lost = False
        self.finds_a_loss = False

    def _break(self, number: int, message: str) -> None:
        if not self.has_lost:
            raise Violation(number, message)

    def leaves(self, sent: Sent) -> None:
        """A request leaves its process."""
        newest = self._database.last_fence(sent.origin)
        if sent.method in WRITES and sent.fence < newest:
            self._break(1, f"a write to {sent.target} has fence {sent.fence}, not {newest}")

    def arrives(self, sent: Sent) -> None:
        """A request arrives at its tenant."""
        if not sent.fence:
            return
        now, arrivals = self._database.now, self._arrivals[sent.origin]
        arrivals.append(now)
        while arrivals[0] <= now - WINDOW_SECONDS:
            arrivals.popleft()
        if len(arrivals) > PER_MINUTE:
            self._break(5, f"{sent.origin} gets {len(arrivals)} requests in a minute")
        if sent.method in WRITES:
            self._writes[sent.target].append(now)

    def begins(self, task: Task) -> None:
        """A worker begins a task."""
        if task.action is not FleetAction.APPLY:
            return
        stages = self.stages[task.bundle]
        number = next(each.number for each in stages if task.target in each.names)
        for stage in stages[: number - 1]:
            failed = sum(not self._is_done(task.bundle, name, stage) for name in stage.names)
            if failed > stage.max_failures:
                message = f"{task.target} begins before step {stage.number} is done"
                self._break(4, message)

    def _recorded(self, chain: str, line: str) -> None:
        """A line is committed, whether or not its writer hears of it."""
        entry = parse_line(line.encode()) if chain == FLEET_CHAIN else None
        if entry is None:
            return
        if entry.event == FLEET_STARTED:
            self._bundles[entry.run_id] = str(entry.data["bundle"])
        elif entry.event == TARGET_ENDED:
            self._end(entry, self._bundles[entry.run_id])

    def _end(self, entry: Entry, bundle: str) -> None:
        """The controller takes a result."""
        name, step = str(entry.data["target"]), int(str(entry.data["step"]))
        happened = Happened(TargetStatus(entry.data["status"]), self._database.now)
        if entry.data["phase"] == FleetAction.CHECK.value:
            self._checked[bundle, name] = happened
        else:
            self._applied[bundle, name] = happened
            self._checked.pop((bundle, name), None)
        if happened.status not in SUCCEEDED:
            failed = self._failed[entry.run_id, step]
            failed.add(name)
            stage = self.stages[bundle][step - 1]
            if len(failed) > stage.max_failures + stage.max_parallel:
                self._break(4, f"{len(failed)} targets fail in step {step}")

    def _is_done(self, bundle: str, name: str, stage: Stage) -> bool:
        """Whether the target has ended well and, if it was changed before it has, was checked when
        that had baked."""
        applied = self._applied.get((bundle, name))
        if applied is None or applied.status not in WELL:
            return False
        changes = [each for each in self._writes[name] if each <= applied.at]
        if not stage.bake_seconds or not changes:
            return True
        is_verified = applied.status is TargetStatus.VERIFIED
        wrong = 2 * CONTROLLER_SKEW + (0.0 if is_verified else 2 * WORKER_SKEW)
        baked = max(changes) + stage.bake_seconds - wrong
        if applied.at > baked and not is_verified:
            return True
        checked = self._checked.get((bundle, name))
        return checked is not None and checked.status in SUCCEEDED and checked.at >= baked

    def reported(self, report: FleetReport) -> None:
        """A run of the fleet has ended."""
        statuses = [each.status for each in report.results]
        if report.exit_code != _exit_code(report, statuses):
            raise Violation(8, f"exit code {report.exit_code} for {Counter(statuses)}")
        counts = {status.value: number for status, number in report.counts.items() if number}
        said = [
            (each.data["complete"], each.data["counts"])
            for each in self._lines(FLEET_CHAIN)
            if (each.run_id, each.event) == (report.run_id, FLEET_FINISHED)
        ]
        if said != [(report.is_complete, counts)] and not self.has_lost:
            raise Violation(8, f"{said} in the chain, {counts} in the report")

    def at_the_end(self, endpoints: Iterable[Endpoint], *, said: Iterable[str]) -> None:
        """What can only be judged once all has ended; `said` is all that went to the queue and in
        messages."""
        tables = self._database.tables
        hashes: set[str] = set()
        for chain, rows in tables.events.items():
            faults = list(check_chain([each.line.encode() for each in rows]))
            if faults:
                self._break(3, f"the chain of {chain}: {faults[0]}")
            hashes.update(each.hash for each in rows)
        for line in self._lines(FLEET_CHAIN):
            recorded = line.data.get("ledger_hash")
            if recorded and recorded not in hashes:
                self.finds_a_loss = True
                self._break(3, f"{line.data['target']} ended with a line that is nowhere")
        for endpoint in endpoints:
            self._require_all_judged(endpoint)
        lines = (each.line for rows in tables.events.values() for each in rows)
        if any(SECRET in each for each in (*said, *lines)):
            raise Violation(7, "a secret is written down")

    def _require_all_judged(self, endpoint: Endpoint) -> None:
        """No change is left open, at the end or when the next change of its slot begins."""
        lines = self._lines(endpoint.origin)
        begun = [number for number, each in enumerate(lines) if each.event == "change_started"]
        own = {each.run_id for each in lines if each.target == endpoint}
        for number in (*(each for each in begun if lines[each].run_id in own), len(lines)):
            left = replay(lines[:number], endpoint=endpoint).open_changes
            if left:
                self._break(2, f"{endpoint.bot_id} has open changes: {sorted(left)}")

    def _lines(self, chain: str) -> list[Entry]:
        rows = self._database.tables.events.get(chain, [])
        return [each for row in rows if (each := parse_line(row.line.encode())) is not None]


def _exit_code(report: FleetReport, statuses: Sequence[TargetStatus]) -> int:
    """As the documentation says: the first of these that is true."""
    if report.is_interrupted:
        return 130
    if TargetStatus.REJECTED in statuses or TargetStatus.UNHEALTHY in statuses:
        return 3
    if statuses and set(statuses) == {TargetStatus.STALE}:
        return 4
    return 1 if report.halt is not None or any(each.has_failed for each in report.results) else 0
