"""The simulation can fail: it catches deliberate breaks of each invariant.

Each break must be found within the first seeds, by the number of the invariant that it breaks.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from tests.simulation.__main__ import main
from tests.simulation.breaks import (
    consent,
    endings,
    hands,
    ledger,
    order,
    protection,
    stopping,
    stream,
    verdicts,
)
from tests.simulation.breaks.patching import Break, CanShow
from tests.simulation.checks import require_caught
from tests.simulation.scenario import draw

SEEDS = 1_000

BREAKS: dict[Break, int] = {
    **order.BREAKS,
    **hands.BREAKS,
    **verdicts.BREAKS,
    **ledger.BREAKS,
    **endings.BREAKS,
    **stream.BREAKS,
    **consent.BREAKS,
    **stopping.BREAKS,
    **protection.BREAKS,
}
CAN_SHOW: dict[Break, CanShow] = {
    **hands.CAN_SHOW,
    **verdicts.CAN_SHOW,
    **consent.CAN_SHOW,
    **stopping.CAN_SHOW,
    **protection.CAN_SHOW,
}


def seeds_for(break_it: Break) -> Iterator[int]:
    """The first seeds that can show this break."""
    can_show = CAN_SHOW.get(break_it)
    return (seed for seed in range(SEEDS) if can_show is None or can_show(draw(seed)))


@pytest.mark.parametrize(
    ("break_it", "number"), BREAKS.items(), ids=[each.__name__ for each in BREAKS]
)
def test_a_break_is_caught(monkeypatch: pytest.MonkeyPatch, break_it: Break, number: int) -> None:
    break_it(monkeypatch)
    require_caught(seeds_for(break_it), api="cognigy-v1", number=number)


def test_the_command_line_exits_with_1_and_the_trace_of_the_first_failing_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger.lines_do_not_chain(monkeypatch)
    result = CliRunner().invoke(main, ["--seeds", "50", "--workers", "1"])
    assert result.exit_code == 1
    lines = result.stdout.strip().splitlines()
    assert lines[-2].startswith("seed ")
    assert "invariant 6: the chain breaks at" in lines[-2]
    assert any("  ledger    run_started" in line for line in lines)
    again = lines[-1].removeprefix("again: python -m tests.simulation ").split()
    assert CliRunner().invoke(main, again).exit_code == 1
    monkeypatch.undo()
    assert CliRunner().invoke(main, again).exit_code == 0


def test_every_invariant_has_a_break() -> None:
    assert set(BREAKS.values()) == set(range(1, 12))
