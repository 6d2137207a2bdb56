"""What the readers of a tenant's ledger make of lines that are not about a tenant, or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.change import Action
from reconciler.model.content import SlotContent
from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import Halt, TargetStatus
from reconciler.model.ledger import Entry
from reconciler.planning.chronicle import chronicles
from reconciler.planning.evidence import evidence_of, merged
from reconciler.planning.history import replay_all
from reconciler.planning.last_change import last_change
from reconciler.planning.status import last_run
from tests.support.fleet_chain import Chain, result
from tests.support.world import COLOUR, FRUIT, World, desired_slot, document

ENVIRONMENT = "staging"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Two runs of an environment: a change that passed, another, and one without its end."""
    folder: Path = tmp_path_factory.mktemp("runs")
    bot = World(folder, live=[document(FRUIT), document(COLOUR)])
    bot.apply(desired_slot(FRUIT, "^apple$"), desired_slot(COLOUR))
    bot.apply(desired_slot(FRUIT, "^pear$"), desired_slot(COLOUR, "^blue$"))
    started = max(n for n, each in enumerate(bot.entries) if each.event == "change_started")
    return [_staged(each) for each in bot.entries[: started + 2]]


def _staged(entry: Entry) -> Entry:
    if entry.event != "run_started":
        return entry
    return entry.model_copy(update={"data": {**entry.data, "environment": ENVIRONMENT}})


def fleet_chain() -> list[Entry]:
    """Two runs of a fleet, of which one was halted and the other was cut off."""
    chain = Chain()
    chain.start("fleet_1", PlannedStep(targets=2))
    chain.end(result("acme/staging", run_id="run-1"))
    chain.end(result("acme/production", TargetStatus.REJECTED, exit_code=3, rejected=("id",)))
    chain.end_step(1, failed=1)
    chain.halt(Halt(step=1, reason="1 failed, 0 allowed", targets=("acme/production",)), "id")
    chain.finish(is_complete=False)
    chain.start("fleet_2", PlannedStep(targets=2))
    chain.judge(1)
    return chain.entries


def read(entries: Sequence[Entry]) -> list[Any]:
    """What each reader of a tenant's runs makes of these lines."""
    (endpoint,) = {each.target for each in entries if each.event == "run_started"}
    assert endpoint is not None
    return [
        replay_all(entries),
        chronicles(entries, revive=_nothing),
        evidence_of(ENVIRONMENT, entries),
        last_change(entries, endpoint=endpoint),
        last_run(entries, environment=ENVIRONMENT, endpoint=None, at_work=None),
        last_run(entries, environment=None, endpoint=endpoint, at_work=None),
    ]


def _nothing(_raw: object) -> SlotContent | None:
    return None


def test_the_runs_of_a_fleet_are_not_taken_for_those_of_a_tenant(runs: list[Entry]) -> None:
    expected = read(runs)
    assert all(expected)
    of_fleet = fleet_chain()
    middle = len(runs) // 2
    for lines in (
        [*of_fleet, *runs],
        [*runs, *of_fleet],
        [*runs[:middle], *of_fleet, *runs[middle:]],
    ):
        assert read(lines) == expected
    assert last_run(of_fleet, environment=None, endpoint=None, at_work=None) is None


def test_the_chain_of_a_fleet_is_no_evidence(runs: list[Entry]) -> None:
    # Each line needs a hash of its own, as only those of one chain are the same line.
    of_fleet = [each.model_copy(update={"hash": f"fleet-{each.seq}"}) for each in fleet_chain()]
    evidence = evidence_of(ENVIRONMENT, merged([runs, of_fleet]))
    assert evidence == evidence_of(ENVIRONMENT, runs)
    assert evidence.trials


def test_unknown_events_of_a_run_change_nothing(runs: list[Entry]) -> None:
    lines = []
    for each in runs:
        unknown: dict[str, Any] = {
            "slot_id": each.data.get("slot_id", FRUIT),
            "action": Action.DELETE.value,
            "before": None,
            "stands": True,
            "success_rate": 0.1,
            "reason": "from the future",
        }
        lines += [each, each.model_copy(update={"event": "slot_pondered", "data": unknown})]
    assert read(lines) == read(runs)
