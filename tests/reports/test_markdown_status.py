"""How slots stand in the environments, as Markdown."""

from __future__ import annotations

import re

from reconciler.model.explanation import NamedSlot
from reconciler.model.status import SlotStatus, StatusReport
from reconciler.reports.markdown_status import status_markdown
from tests.reports import golden
from tests.reports.statuses import ALL, STAGING, WELL
from tests.reports.terminal import harmless


def test_a_status_as_markdown() -> None:
    shown = status_markdown(ALL)
    harmless(shown)
    golden.check("status.md", shown)


def test_without_differences_there_is_no_table_of_slots() -> None:
    shown = status_markdown(WELL)
    assert "| Slot |" not in shown
    assert "7 slots are as desired." in shown


def test_a_name_cannot_end_its_cell() -> None:
    slot = NamedSlot(slot_id="slot_a", name="a | b")
    here = STAGING.model_copy(update={"statuses": {"slot_a": SlotStatus.DIFFERS}})
    shown = status_markdown(StatusReport(environments=(here,), slots=(slot,)))
    (row,) = [line for line in shown.splitlines() if "slot_a" in line]
    assert re.findall(r"(?<!\\)\|", row) == ["|"] * 3
    assert r"`a \| b`" in row
