"""What the model of a project does in the background: trainings, and runs of its playbook.

Each regex says what it does to the playbook's asserts, once its flow is trained with it:

    /good 7/             nothing
    /bad 7/              the assert of its own result fails, which names its key
    /thief of slot_2 7/  the assert of slot_2's result fails
    /rude 7/             an assert fails that names nobody
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random

from tests.simulation.scenario import Content, Document
from tests.simulation.trace import Trace
from tests.support.clock import VirtualClock

POLITENESS = "politeness"
MISHAPS: Mapping[str, tuple[str, ...]] = {
    "trainIntents": ("error", "cancelled", "slow"),
    "runPlaybook": ("error", "cancelled", "slow", "lost", "flaky"),
}
"""What may go wrong, by the type of a task."""
SLOW_SECONDS = 10_000.0
NEVER = 1e9


@dataclass(frozen=True)
class Pace:
    """How long things take, and how late the tenant shows them; `mishap_odds` are per task."""

    late_task: float = 0.0
    late_run_id: float = 0.0
    late_run: float = 0.0
    training_seconds: float = 2.0
    run_seconds: float = 1.0
    mishap_odds: float = 0.0


@dataclass
class _Task:
    id: str
    kind: str
    parameters: Document
    begun: float
    ends: float
    act: Callable[[], None]
    status: str = "queued"
    reason: str | None = None
    data: Document = field(default_factory=dict)
    data_at: float = 0.0


@dataclass(frozen=True)
class Run:
    """The asserts that failed in a run of the playbook, and what its flow was trained with."""

    id: str
    flow: str
    failed: Collection[str]
    trained: Mapping[str, Content]
    moment: int
    readable_at: float


class Background:
    """The tasks of a project. `moment` is that of the tenant."""

    def __init__(
        self,
        pace: Pace,
        *,
        dice: Random,
        clock: VirtualClock,
        trace: Trace,
        moment: Callable[[], int],
    ) -> None:
        self.pace = pace
        self._dice = dice
        self._clock = clock
        self._trace = trace
        self._moment = moment
        self._ids = map("{:024x}".format, count(100_000))
        self._tasks: dict[str, _Task] = {}
        self._pending: list[_Task] = []
        self._runs: dict[str, Run] = {}
        self.trained: dict[tuple[str, str], Mapping[str, Content]] = {}
        """What each flow was last trained with in each locale."""

    def finish(self) -> None:
        """Let everything end that is due by now."""
        for task in sorted(self._pending, key=lambda each: each.ends):
            if task.ends <= self._clock.monotonic():
                self._pending.remove(task)
                task.act()

    def train(
        self, flow: str, locale: str, contents: Mapping[str, Content], *, parameters: Document
    ) -> Document:
        """Begin to train a flow, as it is now. Returns the task."""

        def work(_task: _Task, _mishap: str) -> None:
            self.trained[flow, locale] = contents

        return self._begin("trainIntents", parameters, self.pace.training_seconds, work)

    def run(self, flow: str, locale: str, *, parameters: Document) -> Document:
        """Begin to run the playbook on a flow. Returns the task."""

        def work(task: _Task, mishap: str) -> None:
            trained = self.trained[flow, locale]
            failed = {each for name, content in trained.items() for each in broken(name, content)}
            failed |= {POLITENESS} if mishap == "flaky" else set()
            readable_at = task.ends + (NEVER if mishap == "lost" else self.pace.late_run)
            run = Run(next(self._ids), flow, failed, trained, self._moment(), readable_at)
            self._runs[run.id] = run
            task.data = {"playbookRunId": run.id}
            task.data_at = task.ends + self.pace.late_run_id

        return self._begin("runPlaybook", parameters, self.pace.run_seconds, work)

    def _begin(
        self, kind: str, parameters: Document, seconds: float, work: Callable[[_Task, str], None]
    ) -> Document:
        now, mishap = self._clock.monotonic(), self._mishap(kind)
        ends = now + (SLOW_SECONDS if mishap == "slow" else seconds)
        task = _Task(next(self._ids), kind, parameters, now, ends, lambda: None)

        def end() -> None:
            if mishap in ("error", "cancelled"):
                task.status = mishap
                task.reason = "It did not work out." if mishap == "error" else None
            else:
                task.status = "done"
                work(task, mishap)

        task.act = end
        self._tasks[task.id] = task
        self._pending.append(task)
        return self._shown(task)

    def _mishap(self, kind: str) -> str:
        if self._dice.random() >= self.pace.mishap_odds:
            return ""
        mishap = self._dice.choice(MISHAPS[kind])
        self._trace.count(f"{kind}: {mishap}")
        self._trace.say("task", f"{kind} will be {mishap}")
        return mishap

    @property
    def tasks(self) -> Mapping[str, Document]:
        """The tasks that the tenant shows by now, by their ids."""
        latest = self._clock.monotonic() - self.pace.late_task
        return {id_: self._shown(task) for id_, task in self._tasks.items() if task.begun <= latest}

    def ended_run(self, run_id: str) -> Run | None:
        """The run, if it can be read by now."""
        run = self._runs.get(run_id)
        return run if run and self._clock.monotonic() >= run.readable_at else None

    def _shown(self, task: _Task) -> Document:
        now = self._clock.monotonic()
        running = "active" if now > task.begun + 0.5 else "queued"
        return {
            "_id": task.id,
            "type": task.kind,
            "status": running if task in self._pending else task.status,
            "failReason": task.reason,
            "parameters": task.parameters,
            "data": task.data if now >= task.data_at else {},
        }


def broken(name: str, content: Content) -> Collection[str]:
    """The asserts that fail because of this filler."""
    word, *rest = str(content[2] if content else "").strip("/").split() or [""]
    if word == "thief":
        return [rest[1]]
    return {"bad": [name], "rude": [POLITENESS]}.get(word, [])
