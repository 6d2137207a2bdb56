"""Values do not change: every dataclass is frozen, but for those that are at work."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import reconciler

AT_WORK = {
    "reconciler.adapters.manifests.spans.Span",
    "reconciler.engine.attempt.Attempt",
    "reconciler.patterns.backtracking.Effort",
    "reconciler.patterns.positions.Exits",
    "reconciler.patterns.program.Instruction",
    "reconciler.sandbox.v1.traffic._Epoch",
}


def all_dataclasses() -> Iterator[type]:
    for info in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if info.name.endswith("__main__"):
            continue
        for _, each in inspect.getmembers(importlib.import_module(info.name), inspect.isclass):
            if each.__module__ == info.name and "__dataclass_params__" in vars(each):
                yield each


def test_every_dataclass_is_frozen_but_for_those_at_work() -> None:
    thawed = {
        f"{each.__module__}.{each.__qualname__}"
        for each in all_dataclasses()
        if not vars(each)["__dataclass_params__"].frozen
    }
    assert thawed == AT_WORK


def test_all_of_them_are_found() -> None:
    names = {each.__name__ for each in all_dataclasses()}
    assert {"FileLedgerStore", "ChainReport", "Backoff", "Handover"} <= names
    assert all(dataclasses.is_dataclass(each) for each in all_dataclasses())
