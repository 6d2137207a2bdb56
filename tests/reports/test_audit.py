"""The runs in the ledger, for people."""

from __future__ import annotations

from typing import Any

import click
import pytest

from reconciler.model.audit import recorded_runs
from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import Halt, TargetStatus
from reconciler.model.ledger import Entry
from reconciler.reports.audit import history_text, runs_text
from tests.reports.examples import FAILED_ASSERTS, HOSTILE, LONG_REASON
from tests.reports.terminal import harmless
from tests.support.fleet_chain import Chain, result

TARGET = {"origin": "https://acme.cognigy.com", "bot_id": "bot_1"}


def entry(event: str, *, run: str = "run_1", at: str = "09:00:00", **data: Any) -> Entry:
    return Entry(
        timestamp=f"2026-03-02T{at}.000Z",
        run_id=run,
        seq=1,
        event=event,
        prev_hash="",
        hash="",
        data=data,
    )


STARTED = entry("run_started", target=TARGET, actor="ada", commit="abc123", gate=True)


def shown(*entries: Entry, at_work: str | None = None) -> list[str]:
    return click.unstyle(history_text(entries, at_work=at_work)).splitlines()


def test_a_run_begins_with_where_who_and_from_which_commit() -> None:
    assert shown(STARTED)[:3] == [
        "Run run_1  2026-03-02T09:00:00.000Z",
        "  on   https://acme.cognigy.com, bot bot_1",
        "  by   ada, commit abc123",
    ]


def test_unknown_facts_about_a_run_are_not_made_up() -> None:
    bare = shown(entry("run_started", target={**TARGET, "bot_id": None}))
    assert bare[1:3] == ["  on   https://acme.cognigy.com, bot (none)", "  by   unknown"]
    assert not any(line.startswith("  why") for line in bare)
    assert not any("WITHOUT" in line for line in bare)


def test_the_reason_for_a_run_without_a_gate_stands_out() -> None:
    lines = shown(entry("run_started", target=TARGET, actor="ada", gate=False, reason="hurry"))
    assert lines[3:5] == ["  why  hurry", "  WITHOUT the gate"]


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (
            entry("change_started", slot_id="a", action="update", baseline=0.9),
            "  09:00:00  started         a, update, baseline 0.900",
        ),
        (
            entry("change_started", slot_id="a", action="create", baseline=None),
            "  09:00:00  started         a, create",
        ),
        (
            entry("change_applied", slot_id="a", latency_ms=12),
            "  09:00:00  stored          a, 12 ms",
        ),
        (
            entry("gate_failed", slot_id="a", reason="fell"),
            "  09:00:00  failed          a, fell",
        ),
        (
            entry("change_rolled_back", slot_id="a", note="rolled back"),
            "  09:00:00  rolled back     a, rolled back",
        ),
        (
            entry("change_recovered", slot_id="a", outcome="stored"),
            "  09:00:00  recovered       a, stored",
        ),
        (
            entry("snapshot_started", name="reconciler-r"),
            "  09:00:00  snapshot begun  reconciler-r",
        ),
        (
            entry("snapshot_taken", name="reconciler-r"),
            "  09:00:00  snapshot taken  reconciler-r",
        ),
        (
            entry("snapshot_failed", name="reconciler-r", reason="It is full."),
            "  09:00:00  no snapshot     reconciler-r, It is full.",
        ),
        (entry("webhook_failed", reason="404"), "  09:00:00  webhook failed  404"),
        (
            entry("bake_failed", slot_id="a", reason="fell"),
            "  09:00:00  bake failed     a, fell",
        ),
        (entry("unheard_of", slot_id="a"), "  09:00:00  unheard_of      a"),
    ],
)
def test_each_step_has_a_line(step: Entry, line: str) -> None:
    assert shown(STARTED, step)[3] == line


def test_a_slot_that_is_stored_and_then_trained_is_stored_once() -> None:
    begun = entry("change_started", slot_id="a", action="update")
    stored = entry("change_applied", slot_id="a", latency_ms=12, success=True)
    untrained = entry("change_applied", slot_id="a", latency_ms=7, success=False)
    other = entry("change_applied", slot_id="b", latency_ms=1)
    steps = shown(STARTED, begun, stored, other, stored, begun, stored, untrained)[3:-1]
    assert [line.split(maxsplit=1)[1] for line in steps] == [
        "started         a, update",
        "stored          a, 12 ms",
        "stored          b, 1 ms",
        "trained         a, 12 ms",
        "started         a, update",
        "stored          a, 12 ms",
        "not trained     a, 7 ms",
    ]


def test_a_rollback_does_not_repeat_the_reason_of_the_gate() -> None:
    failed = entry("gate_failed", slot_id="a", reason="fell")
    rolling_back = entry("rollback_started", slot_id="a", reason="fell")
    other = entry("rollback_started", slot_id="a", reason="interrupted")
    lost = entry("webhook_failed", reason="404")
    steps = shown(STARTED, failed, rolling_back, other, lost, lost)[3:-1]
    assert [line.split(maxsplit=1)[1] for line in steps] == [
        "failed          a, fell",
        "rolling back    a",
        "rolling back    a, interrupted",
        "webhook failed  404",
        "webhook failed  404",
    ]


def test_each_assert_that_failed_has_a_line() -> None:
    steps = shown(STARTED, entry("gate_failed", slot_id="a", reason=LONG_REASON))[3:-1]
    assert steps == [
        "  09:00:00  failed          a, pass rate fell from 1.000 to 0.700",
        *(f"{' ' * 14}{each}" for each in FAILED_ASSERTS),
    ]


@pytest.mark.parametrize(
    ("summary", "end"),
    [
        ({"verified": 2, "rolled_back": 1, "failed": 0}, "  2 verified, 1 rolled back, in 90 s"),
        ({}, "  nothing changed, in 90 s"),
        ("odd", "  nothing changed, in 90 s"),
    ],
)
def test_a_finished_run_shows_its_result_and_duration(summary: object, end: str) -> None:
    finished = entry("run_finished", at="09:01:30", summary=summary)
    assert shown(STARTED, finished)[-1] == end


def test_what_another_command_recorded_is_shown_as_its_own() -> None:
    begun = entry("run_started", target=TARGET, actor="ada", command="drift")
    finished = entry("run_finished", at="09:00:01", summary={"bake_failed": 1})
    assert shown(begun, finished)[-1] == "  drift: 1 bake failed, in 1 s"


@pytest.mark.parametrize(
    ("at_work", "end"),
    [
        (None, "  never finished"),
        ("", "  not finished; an apply is running"),
        ("pid 7, run run_1, on host", "  running (pid 7, run run_1, on host)"),
        ("pid 7, run run_1", "  running (pid 7, run run_1)"),
        ("pid 7, run run_10, on host", "  never finished"),
    ],
)
def test_a_run_without_an_end_is_running_or_never_finished(at_work: str | None, end: str) -> None:
    assert shown(STARTED, at_work=at_work)[-1] == end


def test_runs_are_separated_and_in_order() -> None:
    lines = shown(STARTED, entry("run_finished"), entry("run_started", run="run_2"))
    heads = [index for index, line in enumerate(lines) if line.startswith("Run ")]
    assert [lines[index].split()[1] for index in heads] == ["run_1", "run_2"]
    assert lines[heads[1] - 1] == ""


def test_text_from_a_ledger_cannot_control_the_terminal() -> None:
    data = {"slot_id": HOSTILE, "reason": HOSTILE, "note": HOSTILE, "action": HOSTILE}
    entries = [
        entry("run_started", target={"origin": HOSTILE}, actor=HOSTILE, commit=HOSTILE),
        entry("change_started", baseline=HOSTILE, **data),
        entry("change_applied", latency_ms=HOSTILE),
        entry("run_finished", summary={HOSTILE: HOSTILE}),
    ]
    harmless(history_text(entries, at_work=None))
    harmless(history_text(entries[:1], at_work=f"run run_1, {HOSTILE}"))


def test_a_run_of_a_fleet_shows_how_each_target_ended_and_why_it_was_halted() -> None:
    chain = Chain()
    chain.start(
        "fleet_1", PlannedStep(targets=2), actor="ada", commit="abc", selection="ring=canary"
    )
    chain.end(result("acme/live", run_id="run_1"))
    chain.end(
        result("zeta/live", TargetStatus.REJECTED, error="fruit: fell to 50 %.", run_id="run_2")
    )
    chain.end_step(1, failed=1)
    chain.halt(Halt(step=1, reason="1 failed, 0 allowed", targets=("zeta/live",)))
    chain.finish(is_complete=False)
    assert shown(*chain.entries) == [
        "Run fleet_1  2026-03-02T09:00:00.000Z",
        "  on   ring=canary: 2 of the fleet",
        "  by   ada, commit abc",
        "  09:00:01  target          acme/live, verified, run run_1",
        "  09:00:02  target          zeta/live, rejected, run run_2, fruit: fell to 50 %",
        "  09:00:03  step ended      step 1, 1 failed",
        "  09:00:04  halted          step 1, 1 failed, 0 allowed",
        "  fleet apply: 1 verified, 1 rejected, in 5 s",
    ]


def test_the_text_of_a_fleet_cannot_harm_a_terminal() -> None:
    chain = Chain()
    chain.start("fleet_1", PlannedStep(targets=1), actor=HOSTILE, selection=HOSTILE)
    chain.end(result("acme/live", TargetStatus.FAILED, error=HOSTILE))
    chain.halt(Halt(step=1, reason=HOSTILE))
    harmless(history_text(chain.entries, at_work=None))
    (run,) = recorded_runs(chain.entries, at_work=None)
    harmless(runs_text([run]))
