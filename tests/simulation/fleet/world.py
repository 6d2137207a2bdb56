"""The world of one seed: tenants, a database, a queue, workers, and whoever applies the fleet."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest

from reconciler.model.fleet_run import Task
from reconciler.operations.fleet.target import TargetWork
from tests.simulation.fleet.controller import Controller
from tests.simulation.fleet.database import Database
from tests.simulation.fleet.invariants import Invariants, Violation
from tests.simulation.fleet.jobs import Queue
from tests.simulation.fleet.machines import Machines
from tests.simulation.fleet.scenario import (
    GOOD,
    WORKER_SKEW,
    Scenario,
)
from tests.simulation.fleet.scheduler import Process, Scheduler
from tests.simulation.fleet.sessions import Sessions
from tests.simulation.fleet.tenants import Tenants
from tests.simulation.fleet.trouble import Trouble
from tests.simulation.fleet.worker import Worker

LONGEST = 200_000.0
"""Seconds after which a seed does not end."""
Again = Callable[[], None] | None
"""What begins a process anew after its death."""


class World:
    """Everything of one seed."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        seed = scenario.seed
        self.scheduler = Scheduler()
        self.trouble = Trouble(
            random.Random(f"trouble {seed}"),
            scheduler=self.scheduler,
            mishaps=scenario.mishaps,
            odds=scenario.odds,
            is_sleepy=scenario.is_sleepy,
        )
        self.database = Database(self.scheduler)
        self.invariants = Invariants(self.database)
        self.sessions = Sessions(self.database, self.scheduler, self.trouble)
        self.tenants = Tenants(
            self.scheduler, self.trouble, self.invariants.leaves, self.invariants.arrives
        )
        for name, endpoint in scenario.endpoints.items():
            self.tenants.add(name, endpoint)
        self.queue = Queue(
            random.Random(f"queue {seed}"),
            scheduler=self.scheduler,
            trouble=self.trouble,
            is_loose=scenario.is_loose,
        )
        self._dice = random.Random(f"world {seed}")
        self.machines = Machines(
            scenario.fleet,
            dice=self._dice,
            scheduler=self.scheduler,
            tenants=self.tenants,
            stages=self.invariants.stages,
        )
        self.controller = Controller(
            scenario,
            machines=self.machines,
            queue=self.queue,
            trouble=self.trouble,
            invariants=self.invariants,
        )

    def run(self) -> None:
        """From the first apply until the fleet has what the files say. Raises Violation."""
        with pytest.MonkeyPatch.context() as patch:
            self.sessions.take_the_place_of_the_adapters(patch)
            for number in range(self.scenario.workers):
                self._begin_worker(f"worker{number}")
            self._begin_controller()
            self._plan_others()
            try:
                self.scheduler.run(until=lambda: self._is_over or self.scheduler.now > LONGEST)
            finally:
                self.scheduler.end()
        if not self._is_over:
            raise Violation(6, "a run of the fleet that nothing disturbs is never complete")
        said = [*self.machines.said, *self.queue.documents]
        self.invariants.at_the_end(self.scenario.endpoints.values(), said=said)
        self.trouble.happened["a loss is found"] += self.invariants.finds_a_loss

    @property
    def _is_over(self) -> bool:
        return self.controller.is_over

    def _plan_others(self) -> None:
        scheduler, scenario = self.scheduler, self.scenario
        for moment in scenario.edits:
            scheduler.at(moment, self._edit)
        for moment in scenario.halts:
            scheduler.at(moment, self._ask_for_a_halt)
        for moment in scenario.rivals:
            scheduler.at(moment, self._begin_rival)
        if scenario.failover is not None:
            moment, lag = scenario.failover
            scheduler.at(moment - lag, lambda: self._fail_over(after=lag))

    def _fail_over(self, *, after: float) -> None:
        standby = self.database.tables.copy()

        def lose() -> None:
            lost = self.database.fail_over_to(standby)
            self.invariants.has_lost = True
            self.trouble.happened["failover that loses lines"] += lost > 0

        self.scheduler.after(after, lose)

    def _edit(self) -> None:
        if not self.trouble.is_over:
            self.tenants.edit(self._dice, self._dice.choice([GOOD, ("^apple$",)]))

    def _begin_rival(self) -> None:
        if not self.trouble.is_over:
            self._start("rival", self.controller.rival)

    def _ask_for_a_halt(self) -> None:
        if self.controller.run_id and not self.trouble.is_over:
            self.trouble.happened["halt asked for"] += 1
            self.queue.ask(self.controller.run_id, by="somebody")

    def _begin_worker(self, name: str) -> None:
        self._start(name, self._work, again=partial(self._begin_worker, name))

    def _begin_controller(self) -> None:
        self._start("controller", self.controller.control, again=self._begin_controller)

    def _start(self, name: str, run: Callable[[Process], None], *, again: Again = None) -> None:
        def live(process: Process) -> None:
            try:
                run(process)
            finally:
                is_gone = process.is_dead or process.is_stopping
                if is_gone and again is not None and not self._is_over:  # another takes its place
                    self.scheduler.after(self._dice.uniform(1, 60), again)

        self.scheduler.start(name, live)

    def _work(self, process: Process) -> None:
        clock = self.machines.clock(process, most_wrong=WORKER_SKEW)
        work = TargetWork(
            project_of=self.machines.project_of,
            services_of=lambda task, _, observer: self.machines.services_of(
                task, process, clock=clock, observer=observer
            ),
            clock=clock,
            worker=process.name,
            is_led=lambda task: self._is_led(task, process),
        )
        Worker(
            process,
            work,
            queue=self.queue,
            database=self.database,
            trouble=self.trouble,
            begins=self.invariants.begins,
        ).run(until=lambda: self._is_over)

    def _is_led(self, task: Task, process: Process) -> bool:
        self.trouble.step(process)
        return self.database.is_led("fleet", fence=task.fence)
