"""How slots stand in the environments, as text."""

from __future__ import annotations

import click
import pytest

from reconciler.model.explanation import NamedSlot
from reconciler.model.status import SlotStatus, StatusReport
from reconciler.reports.text.layout import columns_of
from reconciler.reports.text.status import status_text, whole_status_text
from tests.reports import golden
from tests.reports.examples import HOSTILE
from tests.reports.statuses import ALL, BOTH, OK, STAGING, WELL, environment
from tests.reports.terminal import harmless


def lines(report: StatusReport, *, width: int | None = None) -> list[str]:
    return click.unstyle(status_text(report, width=width)).splitlines()


@pytest.mark.parametrize(
    ("report", "width", "name"),
    [
        (BOTH, 80, "status.txt"),
        (ALL, 80, "status_80_columns.txt"),
        (ALL, 120, "status_120_columns.txt"),
    ],
)
def test_a_status_as_text(report: StatusReport, width: int, name: str) -> None:
    shown = status_text(report, width=width)
    harmless(shown)
    golden.check(name, shown)


@pytest.mark.parametrize("width", range(60, 130, 7))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert all(columns_of(line) <= width for line in lines(ALL, width=width))


def test_slots_that_are_as_desired_everywhere_are_only_counted() -> None:
    shown = lines(BOTH)
    assert not any("slot_gone" in line for line in shown)
    assert "2 slots are as desired everywhere." in shown
    whole = click.unstyle(whole_status_text(BOTH)).splitlines()
    assert any("slot_gone" in line for line in whole)
    assert not any("everywhere" in line for line in whole)


def test_if_an_environment_is_not_known_the_count_says_of_which_ones_it_is() -> None:
    assert "2 slots are as desired in staging, production." in lines(ALL)
    blind = StatusReport(environments=ALL.environments[:1], slots=ALL.slots)
    assert not any("as desired" in line for line in lines(blind))


def test_if_all_is_as_desired_there_is_nothing_to_do_next() -> None:
    assert lines(WELL)[:3] == ["Status of 7 slots: staging", "", "7 slots are as desired."]
    assert not any(line.startswith("Next:") for line in lines(WELL))
    assert lines(BOTH)[-1] == "Next: See what differs, and why: reconciler drift --env NAME"


def test_without_environments_the_next_command_names_none() -> None:
    slot = NamedSlot(slot_id="slot_a")
    only = STAGING.model_copy(
        update={"name": "default", "statuses": {"slot_a": SlotStatus.DIFFERS}}
    )
    shown = lines(StatusReport(environments=(only,), slots=(slot,)))
    assert shown[-1] == "Next: See what differs, and why: reconciler drift"


def test_on_a_narrow_terminal_symbols_are_explained() -> None:
    narrow = lines(ALL, width=60)
    assert "  slot_ticket_id    ticket_id   -    ✗        ↓           ?" in narrow
    assert "  slot_ticket_id    -    ✗        ↓           ?" in lines(ALL, width=52)
    legend = " ".join(line.strip() for line in narrow)
    for meant in ("✗ rejected", "↓ below gate", "- no access", "? error"):
        assert meant in legend
    known = StatusReport(environments=BOTH.environments, slots=BOTH.slots)
    assert "no access" not in " ".join(lines(known, width=40))


def test_only_what_is_shown_is_coloured_as_good_or_bad() -> None:
    shown = whole_status_text(BOTH)
    assert click.style("✓ as desired", fg="green") in shown
    assert click.style("! drifted", fg="red") in shown
    assert click.style("… waiting", fg="cyan") in shown


def test_foreign_text_cannot_control_the_terminal() -> None:
    slot = NamedSlot(slot_id="slot_a", name=HOSTILE)
    here = environment("staging").model_copy(update={"statuses": {"slot_a": OK}})
    harmless(whole_status_text(StatusReport(environments=(here,), slots=(slot,))))
