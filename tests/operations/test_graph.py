"""The dependency graph, and whether it still matches a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.operations.graph import graph
from tests.support.build import plan

SLOT = "slot_id: slot_a\nname: a\ntype: regex\npatterns: [^a$]\nfill_strategy: strict\n"


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(SLOT)
    return tmp_path


def test_a_graph_contains_the_slots_of_the_files(slots: Path) -> None:
    drawn = graph(slots)
    assert list(drawn.desired) == ["slot_a"]
    assert not drawn.has_moved_on


def test_files_that_changed_since_the_plan_are_noticed(slots: Path) -> None:
    made = plan(graph(slots).desired)
    assert not graph(slots, plan=made).has_moved_on
    (slots / "a.yaml").write_text(SLOT.replace("strict", "fuzzy"))
    assert graph(slots, plan=made).has_moved_on
