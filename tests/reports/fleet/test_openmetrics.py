"""The fleet as metrics: what the parser of Prometheus' own client reads in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import FleetAction, Halt, TargetStatus
from reconciler.model.fleet_status import FleetStatus
from reconciler.reports.fleet.openmetrics import FAMILIES, fleet_metrics
from tests.support.fleet_chain import BEGUN, Chain, result
from tests.support.metrics import families_in

Values = dict[tuple[str, ...], float]


def read(chain: Chain) -> dict[str, Values]:
    """The values of each family, by those of their labels."""
    status = FleetStatus(at=chain.now, history=chain.history)
    families = families_in(fleet_metrics(status))
    assert [each.name for each in families] == [each.name for each in FAMILIES]
    for family, ours in zip(families, FAMILIES, strict=True):
        assert (family.type, family.unit) == (ours.kind, ours.unit)
        assert all(tuple(sample.labels) == ours.labels for sample in family.samples)
    return {
        family.name: {tuple(each.labels.values()): each.value for each in family.samples}
        for family in families
    }


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.start("run_1", PlannedStep(targets=2), PlannedStep(targets=3, max_failures=1))
    chain.end(result("a/live"))
    chain.end(result("b/live"))
    chain.end_step(1, bakes=timedelta(hours=1))
    return chain


def test_a_fleet_without_runs_has_no_samples_but_zeros(chain: Chain) -> None:
    values = read(Chain())
    assert values.pop("reconciler_fleet_quarantined_changes") == {(): 0}
    assert set(values.pop("reconciler_fleet_targets").values()) == {0}
    assert not any(values.values())


def test_targets_are_counted_by_how_they_ended_last(chain: Chain) -> None:
    values = read(chain)
    assert values["reconciler_fleet_targets"]["verified",] == 2
    assert values["reconciler_fleet_run_targets"]["apply", "not_begun"] == 3


def test_a_step_is_measured_and_says_until_when_it_bakes(chain: Chain) -> None:
    chain.end(result("c/live", TargetStatus.FAILED), step=2)
    values = read(chain)
    assert values["reconciler_fleet_step_targets"] == {("1",): 2, ("2",): 3}
    assert values["reconciler_fleet_step_ended"] == {("1",): 2, ("2",): 1}
    assert values["reconciler_fleet_step_failed"] == {("1",): 0, ("2",): 1}
    assert values["reconciler_fleet_step_max_failures"] == {("1",): 0, ("2",): 1}
    until = (BEGUN + timedelta(hours=1, seconds=3)).timestamp()
    assert values["reconciler_fleet_step_baked_until_timestamp_seconds"] == {("1",): until}


def test_a_run_says_whether_it_halted_and_is_complete(chain: Chain) -> None:
    assert read(chain)["reconciler_fleet_run_ended_timestamp_seconds"] == {}
    chain.halt(Halt(step=1, reason="why"), "identity")
    chain.finish(is_complete=False)
    values = read(chain)
    assert values["reconciler_fleet_run_halted"] == {("apply",): 1}
    assert values["reconciler_fleet_run_complete"] == {("apply",): 0}
    assert values["reconciler_fleet_quarantined_changes"] == {(): 1}
    started = values["reconciler_fleet_run_started_timestamp_seconds"]["apply",]
    ended = values["reconciler_fleet_run_ended_timestamp_seconds"]["apply",]
    assert (started, ended) == (BEGUN.timestamp(), (BEGUN + timedelta(seconds=5)).timestamp())


def test_each_target_says_whether_it_drifted_failed_or_was_rejected(chain: Chain) -> None:
    chain.finish()
    chain.start("run_2", PlannedStep(targets=3), action=FleetAction.DRIFT)
    drift = FleetAction.DRIFT
    chain.end(result("a/live", TargetStatus.DIFFERS, action=drift))
    chain.end(result("b/live", TargetStatus.UNHEALTHY, action=drift))
    chain.end(result("c/live", TargetStatus.FAILED, action=drift))
    values = read(chain)
    assert values["reconciler_target_drifted"] == {("a/live",): 1, ("b/live",): 0, ("c/live",): 0}
    assert values["reconciler_target_failed"] == {("a/live",): 0, ("b/live",): 1, ("c/live",): 1}
    assert values["reconciler_target_rejected"] == {("a/live",): 0, ("b/live",): 1, ("c/live",): 0}
    assert set(values["reconciler_fleet_run_complete"]) == {("apply",), ("drift",)}


def test_a_check_has_the_time_at_which_the_target_ended_and_not_that_of_its_record(
    chain: Chain,
) -> None:
    earlier = BEGUN - timedelta(hours=1)
    chain.end(result("d/live", ended_at=earlier), step=2)
    checks = read(chain)["reconciler_target_last_check_timestamp_seconds"]
    assert checks["d/live",] == earlier.timestamp()
    assert checks["a/live",] == (BEGUN + timedelta(seconds=1)).timestamp()


def test_the_parser_of_files_that_are_not_openmetrics_reads_the_same(chain: Chain) -> None:
    """The textfile collector of node_exporter knows neither units nor the mark at the end."""
    text = fleet_metrics(FleetStatus(at=chain.now, history=chain.history))
    plain: Any = text_string_to_metric_families
    assert [each.name for each in plain(text) if each.samples] == [
        each.name for each in families_in(text) if each.samples
    ]


def test_every_family_has_a_name_of_ours_and_a_sentence() -> None:
    for family in FAMILIES:
        assert family.name.startswith(("reconciler_fleet_", "reconciler_target_"))
        assert family.help.endswith(".")
