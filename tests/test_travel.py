"""Values that are pickled arrive equal in another process, including their positions in files."""

from __future__ import annotations

import inspect
import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import errors
from reconciler.cli.output import OutputLostError
from reconciler.errors import ReconcilerError
from reconciler.model.content import PatternContent
from reconciler.model.drift import DriftReport
from reconciler.model.fleet import Fleet
from reconciler.model.fleet_run import TargetResult, Task
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem
from reconciler.model.reversal import Obstacle
from reconciler.model.slot import LiveSlot, UnreadableSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.model.validation import ValidationReport
from reconciler.operations.fleet.files import FleetFiles, read_fleet
from reconciler.operations.project import read_project
from tests.support.fleet_folder import slot_text, write, write_fleet
from tests.support.values import (
    DRIFT_REPORTS,
    FLEETS,
    PLANS,
    RUN_REPORTS,
    TARGET_RESULTS,
    TASKS,
    VALIDATION_REPORTS,
    VALUES,
)

ERRORS: list[type[ReconcilerError]] = sorted(
    {
        OutputLostError,
        *(
            each
            for _, each in inspect.getmembers(errors, inspect.isclass)
            if issubclass(each, ReconcilerError)
        ),
    },
    key=str,
)
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "message": st.text(),
    "hint": st.text(),
    "details": st.lists(st.text(), max_size=3),
    "problems": st.lists(st.from_type(Problem), max_size=3),
    "obstacles": st.lists(st.builds(Obstacle, slot_id=st.text(), reason=st.text()), max_size=3),
    "status": st.none() | st.integers(100, 599),
    "cause": st.builds(BrokenPipeError, st.text()),
}
"""The possible values of each argument of an error."""

LIVE_SLOTS = st.builds(
    LiveSlot,
    slot_id=st.text(),
    content=st.from_type(PatternContent),
    raw=st.dictionaries(st.text(), VALUES, max_size=3),
    unmodelled=...,
    revision=...,
)


@st.composite
def live_states(draw: st.DrawFn) -> LiveState:
    """Slots as a tenant may list them, some of an unknown shape."""
    return LiveState(
        draw(st.lists(LIVE_SLOTS, max_size=4, unique_by=lambda each: each.slot_id)),
        unreadable=draw(
            st.lists(st.from_type(UnreadableSlot), max_size=3, unique_by=lambda each: each.slot_id)
        ),
        unnamed=draw(st.integers(0, 3)),
    )


@st.composite
def slot_files(draw: st.DrawFn) -> str:
    """A file of several slots, written so that their positions differ."""
    names = draw(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, unique=True))
    return "---\n".join(_slot_text(draw, name) for name in names)


def _slot_text(draw: st.DrawFn, name: str) -> str:
    comment = draw(st.sampled_from(["", "# in front\n", "\n\n"]))
    patterns = draw(st.sampled_from(["[^a$]", "\n  - ^a$\n  - ^b$", "['^c$', '^ü$']"]))
    examples = draw(st.sampled_from(["", "examples: {match: [a]}\n", "gate: {max_drop: 0.1}\n"]))
    return (
        f"{comment}slot_id: slot_{name}\nname: {name}_\ntype: regex\npatterns: {patterns}\n"
        f"fill_strategy: strict\n{examples}"
    )


Value = TypeVar("Value")


def travelled(value: Value) -> Value:
    """The value as it arrives in another process."""
    return pickle.loads(pickle.dumps(value))  # type: ignore[no-any-return]  # noqa: S301 - ours


@pytest.mark.parametrize("kind", ERRORS)
@given(data=st.data())
def test_an_error_arrives_with_its_message_and_attributes(
    kind: type[ReconcilerError], data: st.DataObject
) -> None:
    error = kind(
        **{name: data.draw(ARGUMENTS[name]) for name in inspect.signature(kind).parameters}
    )
    arrived = travelled(error)
    assert type(arrived) is kind
    assert str(arrived) == str(error) == error.message
    assert arrived.exit_code == error.exit_code
    assert vars(arrived) == vars(error)


@given(st.one_of(PLANS, RUN_REPORTS, DRIFT_REPORTS, VALIDATION_REPORTS))
def test_a_plan_and_a_report_arrive_equal(
    value: Plan | RunReport | DriftReport | ValidationReport,
) -> None:
    assert travelled(value) == value


@given(st.one_of(FLEETS, TASKS, TARGET_RESULTS))
def test_a_fleet_its_tasks_and_their_results_arrive_equal(
    value: Fleet | Task | TargetResult,
) -> None:
    assert travelled(value) == value


@pytest.mark.parametrize("is_asked_before", [True, False])
def test_the_files_of_a_fleet_arrive_equal_including_their_positions(
    tmp_path: Path, is_asked_before: bool
) -> None:
    write(tmp_path, "slots/order.yaml", slot_text("slot_order"))
    tenant = "targets:\n  - {tenant: acme, pool: p, environments: {production: {ids: {}}}}\n"
    files = read_fleet(
        write_fleet(
            tmp_path, "include: [customers/*.yaml]\ndefaults: {slots: slots}\n", acme=tenant
        )
    )
    if is_asked_before:
        assert list(_places_of_targets(files))
    arrived = travelled(files)
    assert arrived == replace(files, locators=arrived.locators)
    assert list(_places_of_targets(arrived)) == list(_places_of_targets(files))
    assert arrived.bundle.digest == files.bundle.digest
    (target,) = files.fleet.targets
    assert arrived.project_of(target).desired == files.project_of(target).desired


def _places_of_targets(files: FleetFiles) -> Iterator[tuple[str, str | None]]:
    for name, locate in files.locators.items():
        assert files.project_of(files.fleet.by_name[name]).environment is not None
        for path in ((), ("ids",), ("pool",), ("slots",)):
            source = locate(path)
            yield str(source), source.excerpt


@given(PLANS)
def test_a_pickled_plan_keeps_its_digest(plan: Plan) -> None:
    assert travelled(plan).digest == plan.digest


@given(live_states())
def test_a_live_state_arrives_equal_including_unreadable_slots(live: LiveState) -> None:
    arrived = travelled(live)
    assert arrived == live
    assert list(arrived) == list(live)
    assert arrived.unreadable == live.unreadable
    assert arrived.unnamed == live.unnamed


@given(text=slot_files(), is_asked_before=st.booleans())
@settings(max_examples=50)
def test_a_project_arrives_equal_including_its_positions(text: str, is_asked_before: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "slots.yaml").write_text(text, encoding="utf-8")
        project = read_project(Path(folder))
    if is_asked_before:
        assert list(_places(project.desired))
    arrived = travelled(project)
    assert arrived == project
    assert arrived.desired.digest == project.desired.digest
    assert arrived.gates == project.gates
    assert list(_places(arrived.desired)) == list(_places(project.desired))


def _places(desired: DesiredState) -> Iterator[tuple[str, str | None]]:
    """Positions and their lines, as a problem would show them."""
    for slot_id in desired:
        for path in ((), ("name",), ("patterns", 0), ("patterns", 1), ("gate", "max_drop")):
            source = desired.where(slot_id, *path)
            yield str(source), source.excerpt
