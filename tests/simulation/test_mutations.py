"""The simulation can fail: it catches deliberate breaks of each invariant, over each API.

Each break must be found within the first seeds, by the number of the invariant that it breaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    v1,
    v2,
    verdicts,
)
from tests.simulation.breaks.patching import Break, CanShow
from tests.simulation.breaks.seeds import SHOWN_BY
from tests.simulation.checks import require_caught
from tests.simulation.subjects import SUBJECTS

SEEDS = 1_000

OF_EITHER = (order, hands, verdicts, ledger, endings, stream, consent, stopping, protection)
OF_ONE = {"cognigy-v1": v1, "cognigy-v2": v2}
BREAKS: Mapping[str, Mapping[Break, int]] = {
    api: {
        break_it: number for each in (*OF_EITHER, own) for break_it, number in each.BREAKS.items()
    }
    for api, own in OF_ONE.items()
}
"""By API, each with the number of its invariant."""
CAN_SHOW: Mapping[Break, CanShow] = {
    break_it: can_show
    for each in (*OF_EITHER, *OF_ONE.values())
    for break_it, can_show in getattr(each, "CAN_SHOW", {}).items()
}


def seeds_for(break_it: Break, *, api: str) -> Iterator[int]:
    """The seed that is known to show this break, if any, and the first ones that can show it."""
    known = SHOWN_BY[api].get(break_it)
    if known is not None:
        yield known
    draw, can_show = SUBJECTS[api].draw, CAN_SHOW.get(break_it)
    for seed in range(SEEDS):
        if seed != known and (can_show is None or can_show(draw(seed))):
            yield seed


@pytest.mark.parametrize(
    ("api", "break_it"),
    [
        pytest.param(api, break_it, id=f"{api}-{break_it.__name__}")
        for api, breaks in BREAKS.items()
        for break_it in breaks
    ],
)
def test_a_break_is_caught(monkeypatch: pytest.MonkeyPatch, api: str, break_it: Break) -> None:
    break_it(monkeypatch)
    require_caught(seeds_for(break_it, api=api), api=api, number=BREAKS[api][break_it])


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


@pytest.mark.parametrize("api", BREAKS)
def test_every_invariant_has_a_break(api: str) -> None:
    assert set(BREAKS[api].values()) - {0} == set(range(1, 12))
