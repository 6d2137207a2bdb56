"""How the fleet is, as metrics: what `fleet status --format openmetrics` prints.

Each name begins with `reconciler_fleet_` or `reconciler_target_`, of which each target has a
sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.model.fleet_history import FleetRun, Recorded
from reconciler.model.fleet_run import STOPPED_BY_A_GATE, TargetStatus
from reconciler.model.fleet_status import FleetStatus
from reconciler.reports.openmetrics import Family, Sample, exposition

TARGETS = Family(
    "reconciler_fleet_targets",
    "gauge",
    "Targets of the fleet, by how they ended last in any run.",
    labels=("status",),
)
RUN_TARGETS = Family(
    "reconciler_fleet_run_targets",
    "gauge",
    "Targets of the last run of an action, by how they ended in it.",
    labels=("action", "status"),
)
RUN = Family(
    "reconciler_fleet_run_info",
    "gauge",  # as an info, the collectors that read files would refuse it
    "The last run of an action, which is always 1.",
    labels=("action", "run_id", "commit", "bundle"),
)
RUN_COMPLETE = Family(
    "reconciler_fleet_run_complete",
    "gauge",
    "Whether the last run of an action is complete: 1, or 0 if it goes on, halted or was cut off.",
    labels=("action",),
)
RUN_HALTED = Family(
    "reconciler_fleet_run_halted",
    "gauge",
    "Whether the last run of an action halted because too many targets failed, or on request.",
    labels=("action",),
)
RUN_STARTED = Family(
    "reconciler_fleet_run_started_timestamp_seconds",
    "gauge",
    "When the last run of an action began, in Unix time.",
    unit="seconds",
    labels=("action",),
)
RUN_ENDED = Family(
    "reconciler_fleet_run_ended_timestamp_seconds",
    "gauge",
    "When the last run of an action ended, in Unix time; missing while it goes on.",
    unit="seconds",
    labels=("action",),
)
STEP_TARGETS = Family(
    "reconciler_fleet_step_targets",
    "gauge",
    "Targets in a step of the last apply.",
    labels=("step",),
)
STEP_ENDED = Family(
    "reconciler_fleet_step_ended",
    "gauge",
    "Targets that have ended in a step of the last apply.",
    labels=("step",),
)
STEP_FAILED = Family(
    "reconciler_fleet_step_failed",
    "gauge",
    "Targets that have failed in a step of the last apply, or when it was judged.",
    labels=("step",),
)
STEP_MAX_FAILURES = Family(
    "reconciler_fleet_step_max_failures",
    "gauge",
    "Failed targets that a step of the last apply allows; with one more it halts.",
    labels=("step",),
)
STEP_BAKED_UNTIL = Family(
    "reconciler_fleet_step_baked_until_timestamp_seconds",
    "gauge",
    "Until when a step of the last apply bakes, in Unix time; missing if it does not.",
    unit="seconds",
    labels=("step",),
)
QUARANTINED = Family(
    "reconciler_fleet_quarantined_changes",
    "gauge",
    "Changes that were rejected in one target and are kept from all of them.",
)
DRIFTED = Family(
    "reconciler_target_drifted",
    "gauge",
    "Whether a target differed from its files when it was looked at last.",
    labels=("target",),
)
FAILED = Family(
    "reconciler_target_failed",
    "gauge",
    "Whether the last run of the fleet in a target failed there, for any reason.",
    labels=("target",),
)
REJECTED = Family(
    "reconciler_target_rejected",
    "gauge",
    "Whether a gate stopped a target in its last run, or measured it as unhealthy.",
    labels=("target",),
)
LAST_CHECK = Family(
    "reconciler_target_last_check_timestamp_seconds",
    "gauge",
    "When a run of the fleet looked at a target last, in Unix time.",
    unit="seconds",
    labels=("target",),
)
FAMILIES = (
    *(TARGETS, RUN, RUN_TARGETS, RUN_COMPLETE, RUN_HALTED, RUN_STARTED, RUN_ENDED),
    *(STEP_TARGETS, STEP_ENDED, STEP_FAILED, STEP_MAX_FAILURES, STEP_BAKED_UNTIL),
    *(QUARANTINED, DRIFTED, FAILED, REJECTED, LAST_CHECK),
)
"""All of them, in the order in which they are printed."""


def fleet_metrics(status: FleetStatus) -> str:
    """The metrics of the fleet, as OpenMetrics."""
    samples = {
        **_fleet(status),
        **_runs(status),
        **_steps(status.rollout),
        **_targets(status),
    }
    return exposition((family, samples[family]) for family in FAMILIES)


def _fleet(status: FleetStatus) -> dict[Family, list[Sample]]:
    counts = status.counts.items()
    quarantined = len(status.history.quarantined)
    return {
        TARGETS: [TARGETS.sample(number, status=each.value) for each, number in counts],
        QUARANTINED: [QUARANTINED.sample(quarantined)],
    }


def _runs(status: FleetStatus) -> dict[Family, list[Sample]]:
    runs = sorted(status.last_runs, key=lambda run: run.action.value)
    ended = [(run, run.ended_at) for run in runs if run.ended_at is not None]
    return {
        RUN: [
            RUN.sample(
                1,
                action=run.action.value,
                run_id=run.run_id,
                commit=run.commit or "",
                bundle=run.bundle,
            )
            for run in runs
        ],
        RUN_TARGETS: [
            RUN_TARGETS.sample(number, action=run.action.value, status=each.value)
            for run in runs
            for each, number in run.counts.items()
        ],
        RUN_COMPLETE: [_of(RUN_COMPLETE, run, run.is_complete) for run in runs],
        RUN_HALTED: [_of(RUN_HALTED, run, run.halt is not None) for run in runs],
        RUN_STARTED: [_of(RUN_STARTED, run, run.started_at.timestamp()) for run in runs],
        RUN_ENDED: [_of(RUN_ENDED, run, at.timestamp()) for run, at in ended],
    }


def _of(family: Family, run: FleetRun, value: float) -> Sample:
    return family.sample(value, action=run.action.value)


def _steps(rollout: FleetRun | None) -> dict[Family, list[Sample]]:
    steps = rollout.step_reports if rollout is not None else ()
    bakes = [(each.step, each.baked_until) for each in steps if each.baked_until is not None]
    return {
        STEP_TARGETS: [STEP_TARGETS.sample(each.targets, step=str(each.step)) for each in steps],
        STEP_ENDED: [STEP_ENDED.sample(each.ended, step=str(each.step)) for each in steps],
        STEP_FAILED: [STEP_FAILED.sample(each.failed, step=str(each.step)) for each in steps],
        STEP_MAX_FAILURES: [
            STEP_MAX_FAILURES.sample(each.max_failures, step=str(each.step)) for each in steps
        ],
        STEP_BAKED_UNTIL: [
            STEP_BAKED_UNTIL.sample(until.timestamp(), step=str(step)) for step, until in bakes
        ],
    }


def _targets(status: FleetStatus) -> dict[Family, list[Sample]]:
    every = sorted(status.history.targets.items())

    def samples(family: Family, value: Callable[[Recorded], float]) -> list[Sample]:
        return [family.sample(value(each), target=name) for name, each in every]

    return {
        DRIFTED: samples(DRIFTED, lambda each: each.result.status is TargetStatus.DIFFERS),
        FAILED: samples(FAILED, lambda each: each.result.has_failed),
        REJECTED: samples(REJECTED, lambda each: each.result.status in STOPPED_BY_A_GATE),
        LAST_CHECK: list(_last_checks(every)),
    }


def _last_checks(every: list[tuple[str, Recorded]]) -> Iterator[Sample]:
    for name, each in every:
        if each.result.ended_at is not None:
            yield LAST_CHECK.sample(each.result.ended_at.timestamp(), target=name)
