"""Every dataclass is frozen, except a few that hold the state of a computation."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import reconciler

MUTABLE = {
    "reconciler.adapters.cognigy.window.Share",
    "reconciler.adapters.dispatch.procrastinate.housekeeping.Housekeeping",
    "reconciler.adapters.manifests.spans.Span",
    "reconciler.cli.progress.fleet_view.FleetView",
    "reconciler.cli.progress.fleet_view.StepView",
    "reconciler.engine.attempt.Attempt",
    "reconciler.patterns.backtracking.Effort",
    "reconciler.patterns.positions.Exits",
    "reconciler.patterns.program.Instruction",
    "reconciler.planning.fleet_history._Run",
    "reconciler.reports.html.story.Judged",
    "reconciler.reports.html.story.RunStory",
    "reconciler.reports.html.story.Story",
    "reconciler.sandbox.v1.traffic._Epoch",
}


def all_dataclasses() -> Iterator[type]:
    for info in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if info.name.endswith("__main__"):
            continue
        for _, each in inspect.getmembers(importlib.import_module(info.name), inspect.isclass):
            if each.__module__ == info.name and "__dataclass_params__" in vars(each):
                yield each


def test_every_dataclass_is_frozen_except_those_that_hold_state() -> None:
    thawed = {
        f"{each.__module__}.{each.__qualname__}"
        for each in all_dataclasses()
        if not vars(each)["__dataclass_params__"].frozen
    }
    assert thawed == MUTABLE


def test_the_search_finds_dataclasses() -> None:
    names = {each.__name__ for each in all_dataclasses()}
    assert {"FileLedgerStore", "ChainReport", "Backoff", "Handover"} <= names
    assert all(dataclasses.is_dataclass(each) for each in all_dataclasses())
