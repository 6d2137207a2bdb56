"""A project of version 2, its tenant in this process, and everything that an apply needs.

Only the network and the clock are simulated. The engine, the HTTP client and the ledger's file are
real, and so is the sandbox, whose playbooks talk to what was trained.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcilerError
from reconciler.model.drift import DriftReport
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Event
from reconciler.model.gate import PlaybookOverride, PlaybookPolicy
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.model.settings import Rollout, Settings, Snapshot, Training
from reconciler.model.slot import DesiredSlot
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.drift import drift
from reconciler.operations.plan import plan
from reconciler.ports import UNSHARED, Connection, Lease, Permission
from tests.support.reports import ended_by
from tests.support.runs import Agreeing, Runs
from tests.support.shop import (
    CUSTOMER,
    FLOW,
    GOOD_STEPS,
    ORDER,
    ORIGIN,
    PLAYBOOK,
    Shop,
    assert_context,
    content,
    desired,
    step,
)

CITY = "city"
GOOD_CITY = "/Berlin|Paris/"
STEPS = (*GOOD_STEPS, step("To Berlin", assert_context(city="Berlin")))
"""What the playbook asserts of the three slots."""
BAD = "/nothing/"
"""A regex that finds nothing in any step."""
ALIKE = {ORDER: r"/[A-Z]{2}-[0-9]{4}/", CUSTOMER: r"/C[0-9]{3}/", CITY: "/Paris|Berlin/"}
"""Other regexes that find the same."""


def desired_slot(
    slot_id: str,
    *,
    name: str | None = None,
    gate: Mapping[str, Any] | None = None,
    after: tuple[str, ...] = (),
    **fields: Any,
) -> DesiredSlot:
    """A file that manages these fields too, by default of a good filler."""
    given = {"regex": GOOD_CITY} if slot_id == CITY else {}
    return replace(
        desired(slot_id, name=name),
        content=content(name or slot_id, **{**given, "dependencies": after, **fields}),
        gate=PlaybookOverride(**(gate or {})),
    )


class FillerWorld(Shop, Runs):
    """Runs against a shop, with a ledger."""

    def __init__(
        self,
        folder: Path,
        *fillers: Mapping[str, Any],
        gate: Mapping[str, Any] | None = None,
        rollout: Rollout = Rollout(),
        train: Mapping[str, Any] | None = None,
        snapshot: Mapping[str, Any] | None = None,
        owns: tuple[str, ...] = (),
        **shop: Any,
    ) -> None:
        settings = Settings(
            flow=FLOW,
            owns=owns,
            gate=PlaybookPolicy(**{"playbooks": (PLAYBOOK,), **(gate or {})}),
            rollout=rollout,
            train=Training(**(train or {})),
            snapshot=Snapshot(**(snapshot or {})),
        )
        Shop.__init__(self, *fillers, settings=settings, **{"steps": STEPS, **shop})
        endpoint = Endpoint(origin=ORIGIN, bot_id=self.sandbox.project_id, kind="project")
        Runs.__init__(self, folder / "ledger.jsonl", endpoint=endpoint)

    @contextmanager
    def connect(
        self, project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        """The tenant as the project's files describe it."""
        assert permission in Permission
        self.files = tuple(project.desired.values())
        with self.tenant(limits=project.settings.limits, lease=lease) as tenant:
            yield Connection(tenant=tenant, endpoint=self.endpoint)

    def _project(self, files: tuple[DesiredSlot, ...]) -> Project:
        self.files = files
        return self.project

    def plan(self, *files: DesiredSlot) -> Plan:
        """What `reconciler plan` shows."""
        return plan(self._project(files), self.services)

    def drift(self, *files: DesiredSlot) -> DriftReport:
        """What `reconciler drift` shows."""
        return drift(self._project(files), self.services)

    def apply(
        self,
        *files: DesiredSlot,
        judged: bool = True,
        retry: bool = False,
        saved: Plan | None = None,
        before_writing: Callable[[], object] = lambda: None,
    ) -> RunReport:
        """Recover, plan and apply. `before_writing` is called when the plan is agreed to. An error
        before anything is recorded is in the report too."""
        request = ApplyRequest(saved=saved, judged=judged, retry_failed=retry)
        project = self._project(files)
        try:
            self.report = apply(project, self.services, Agreeing(before_writing), request)
        except ReconcilerError as error:
            self.report = ended_by(error)
        return self.report

    @property
    def work(self) -> list[str]:
        """What was asked of the tenant other than to read, oldest first: run, POST, PATCH, DELETE,
        or train, which stands for one training in each locale."""
        locale = self._a_locale
        names = {"/schedule": "run", "/intents/train": "train"}
        work = []
        for each in self.sandbox.requests:
            ending = next((name for name in names if each.path.endswith(name)), "")
            if each.method == "GET":
                continue
            body = each.body
            if ending == "/intents/train" and isinstance(body, dict) and body["localeId"] != locale:
                continue
            work.append(names.get(ending, each.method))
        return work

    @property
    def _a_locale(self) -> str:
        bodies = [each.body for each in self.sent("POST", "/intents/train")]
        return next((str(body["localeId"]) for body in bodies if isinstance(body, dict)), "")

    @property
    def is_trained(self) -> bool:
        """Whether what is stored is what was trained."""
        return not self.sandbox.console.is_out_of_date(FLOW)

    def regex(self, name: str) -> str:
        """Of a filler as stored."""
        return str(self.filler(name)["regex"])

    def when(self, kind: type[Event], act: Callable[[], object]) -> None:
        """Do this at every event of this kind."""
        former = self.observer.disturbed_by

        def disturb(event: Event) -> None:
            former(event)
            if isinstance(event, kind):
                act()

        self.observer.disturbed_by = disturb

    def edit(self, name: str, **fields: Any) -> None:
        """What a colleague does in the console."""
        self.sandbox.console.edit(FLOW, name, **fields)

    @property
    def duplicates(self) -> list[str]:
        """The names that several fillers have."""
        return [name for name, count in Counter(self.names()).items() if count > 1]
