"""Whole runs over version 2: the engine, the ledger's file and the HTTP client are real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import PlaybookPolicy
from reconciler.model.outcome import Outcome, RunReport
from reconciler.model.project import Project
from reconciler.model.settings import Rollout, Settings
from reconciler.model.slot import DesiredSlot
from reconciler.operations.apply import Unattended, apply
from reconciler.operations.services import Services
from reconciler.ports import Connection, Permission
from tests.support.faults import lost_after, lost_before, meanwhile, stored_then
from tests.support.shop import (
    CUSTOMER,
    FLOW,
    ORDER,
    ORIGIN,
    PLAYBOOK,
    Shop,
    content,
    desired,
    filler,
)
from tests.support.world import Messages

SCHEDULE, TRAIN, LIST = "/schedule", "/intents/train", "/slotfillers"
BAD = "/nothing/"


class Bench(Shop):
    """Runs against a shop, with a ledger."""

    def __init__(
        self,
        folder: Path,
        *fillers: Mapping[str, Any],
        rollout: Rollout = Rollout(),
        **sandbox: Any,
    ) -> None:
        policy = PlaybookPolicy(playbooks=(PLAYBOOK,))
        settings = Settings(flow=FLOW, gate=policy, rollout=rollout)
        super().__init__(*fillers, settings=settings, **sandbox)
        self._ledger = folder / "ledger.jsonl"
        self._runs = 0

    @contextmanager
    def connect(self, project: Project, *, permission: Permission) -> Iterator[Connection]:
        assert (project, permission) == (self.project, Permission.WRITE)
        with self.tenant() as tenant:
            endpoint = Endpoint(origin=ORIGIN, bot_id=self.sandbox.project_id)
            yield Connection(tenant=tenant, endpoint=endpoint)

    def _run_id(self) -> str:
        self._runs += 1
        return f"run-{self._runs}"

    def apply(self, *files: DesiredSlot) -> RunReport:
        """Recover, plan and apply."""
        self.files = files
        services = Services(
            clock=self.clock,
            observer=self.observer,
            ledger=FileLedgerStore(self._ledger, clock=self.clock),
            connect=self.connect,
            notifier=Messages,
            new_run_id=self._run_id,
        )
        return apply(self.project, services, Unattended())

    def outcome(self, *files: DesiredSlot) -> Outcome:
        """What becomes of the only change."""
        (outcome,) = self.apply(*files).outcomes
        return outcome

    @property
    def is_trained(self) -> bool:
        return not self.sandbox.console.is_out_of_date(FLOW)


def wanted(name: str, **fields: Any) -> DesiredSlot:
    """A file that manages these fields too."""
    base = desired(name)
    return DesiredSlot(slot_id=name, content=content(name, **fields), address=base.address)


def test_a_new_filler_is_created_trained_and_judged(tmp_path: Path) -> None:
    bench = Bench(tmp_path, filler(ORDER))
    files = (wanted(ORDER), wanted(CUSTOMER))
    outcome = bench.outcome(*files)
    assert (outcome.status.value, outcome.success_rate) == ("verified", 1.0)
    assert bench.is_trained
    assert bench.apply(*files).outcomes == ()


def test_a_bad_change_is_rolled_back_and_trained_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, filler(ORDER), filler(CUSTOMER))
    before = bench.filler(ORDER)
    files = (wanted(ORDER, regex=BAD, result_location="x"), wanted(CUSTOMER))
    outcome = bench.outcome(*files)
    assert outcome.status.value == "rolled_back"
    assert [each.keys for each in outcome.failed_asserts] == [(ORDER,), (ORDER,)]
    assert bench.filler(ORDER)["regex"] == before["regex"]
    assert not bench.filler(ORDER)["resultLocation"]
    assert bench.sandbox.console.pass_rate(PLAYBOOK, FLOW) == 1.0
    assert bench.is_trained


def test_a_change_that_cannot_be_trained_is_rolled_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path, filler(ORDER), filler(CUSTOMER), untrainable="nothing")
    outcome = bench.outcome(wanted(ORDER, regex=BAD), wanted(CUSTOMER))
    assert outcome.status.value == "rolled_back"
    assert len(bench.sent("POST", TRAIN)) == 3  # once in vain, then in both locales
    assert bench.is_trained


@pytest.mark.parametrize("batch", ["change", "wave"])
def test_a_new_baseline_costs_no_run(tmp_path: Path, batch: Any) -> None:
    bench = Bench(tmp_path, filler(ORDER), filler(CUSTOMER), rollout=Rollout(batch=batch))
    files = (wanted(ORDER, regex=r"/[A-Z]{2}-[0-9]{4}/"), wanted(CUSTOMER, regex=r"/C[0-9]{3}/"))
    report = bench.apply(*files)
    assert [each.status.value for each in report.outcomes] == ["verified", "verified"]
    judged = 1 if batch == "wave" else 2
    assert len(bench.sent("POST", SCHEDULE)) == 1 + judged
    assert len(bench.sent("POST", TRAIN)) == 2 * judged


@pytest.mark.parametrize("fault", [lost_before, lost_after, stored_then(502)])
def test_a_creation_whose_answer_is_lost_is_made_once(tmp_path: Path, fault: Any) -> None:
    bench = Bench(tmp_path, filler(ORDER), duplicate_names=True)
    bench.inject("POST", LIST, fault)
    outcome = bench.outcome(wanted(ORDER), wanted(CUSTOMER))
    assert outcome.status.value == "verified"
    assert bench.names() == [ORDER, CUSTOMER]


@pytest.mark.parametrize("fault", [lost_before, lost_after, stored_then(502)])
def test_a_change_whose_answer_is_lost_is_made_all_the_same(tmp_path: Path, fault: Any) -> None:
    bench = Bench(tmp_path, filler(ORDER), filler(CUSTOMER))
    bench.inject("PATCH", bench.filler(ORDER)["_id"], fault)
    new = r"/[A-Z]{2}-[0-9]{4}/"
    outcome = bench.outcome(wanted(ORDER, regex=new), wanted(CUSTOMER))
    assert outcome.status.value == "verified"
    assert bench.filler(ORDER)["regex"] == new
    assert bench.is_trained


def test_an_edit_just_before_the_write_is_not_overwritten(tmp_path: Path) -> None:
    bench = Bench(tmp_path, filler(ORDER), filler(CUSTOMER))
    theirs = r"/[A-Z]{2}-\d+/"
    # While the baseline is measured.
    edit = meanwhile(lambda: bench.sandbox.console.edit(FLOW, ORDER, regex=theirs))
    bench.inject("POST", SCHEDULE, edit)
    report = bench.apply(wanted(ORDER, regex=BAD), wanted(CUSTOMER))
    assert report.exit_code == 4
    assert report.error is not None
    assert "someone else changed it" in report.error
    assert bench.filler(ORDER)["regex"] == theirs
    assert bench.sent("PATCH") == []


def test_a_filler_is_deleted_and_its_flow_trained(tmp_path: Path) -> None:
    bench = Bench(tmp_path, filler(ORDER), filler(CUSTOMER), filler("extra"))
    outcome = bench.outcome(wanted(ORDER), wanted(CUSTOMER), desired("extra", absent=True))
    assert outcome.status.value == "verified"
    assert bench.names() == [ORDER, CUSTOMER]
    assert bench.is_trained
