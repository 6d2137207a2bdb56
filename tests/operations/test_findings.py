"""Recording what a command has found, as a run of its own in the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.model.audit import RunState
from reconciler.model.ledger import History
from reconciler.operations import audit
from reconciler.operations.findings import Finding, Recorded, record
from reconciler.planning.chronicle import chronicles
from reconciler.planning.damage import damage_in_unfinished_runs
from tests.support.world import COLOUR, ENDPOINT, FRUIT, World, desired_slot, document

SEEN = Finding("slot_seen", FRUIT, {"success_rate": 0.9})


@pytest.fixture
def bot(tmp_path: Path) -> World:
    """A bot with one run in its ledger."""
    world = World(tmp_path, live=[document(FRUIT), document(COLOUR)])
    world.apply(desired_slot(FRUIT, "^pear$", "^apple$"), desired_slot(COLOUR, protect=True))
    return world


def recorded(bot: World, *findings: Finding, holding: bool = True) -> Recorded:
    return record(
        findings,
        still_holds=lambda _finding, _history: holding,
        command="drift",
        project=bot.project(desired_slot(FRUIT)),
        services=bot.services,
        endpoint=ENDPOINT,
    )


def test_findings_are_recorded_as_a_run_of_the_command(bot: World) -> None:
    before = len(bot.entries)
    assert recorded(bot, SEEN) == Recorded(findings=(SEEN,))
    started, seen, finished = bot.entries[before:]
    assert (started.event, finished.event) == ("run_started", "run_finished")
    assert (seen.event, seen.data) == ("slot_seen", {"slot_id": FRUIT, "success_rate": 0.9})
    assert started.data["command"] == "drift"
    assert (started.data["actor"], started.data["tool_version"]) == ("tester", __version__)
    assert started.data.keys() == {*bot.entries[0].data.keys(), "command"}
    assert finished.data == {"summary": {"slot_seen": 1}}
    (chain,) = audit.verify(bot.services.ledger)
    assert chain.is_whole


def test_a_finding_need_not_be_about_a_slot(bot: World) -> None:
    recorded(bot, Finding("slots_listed", data={"slot_ids": [FRUIT]}))
    assert bot.entries[-2].data == {"slot_ids": [FRUIT]}


def test_every_reader_of_the_ledger_knows_such_a_run(bot: World) -> None:
    history = bot.history
    recorded(bot, SEEN)
    assert bot.history == history
    assert bot.history.protected == {COLOUR}
    applied, drift = audit.history(bot.services.ledger).runs
    assert (applied.command, drift.command) == (None, "drift")
    assert (drift.state, drift.judged) == (RunState.FINISHED, True)
    assert drift.summary == {"slot_seen": 1}
    (chronicle,) = chronicles(bot.entries, revive=lambda _raw: None).values()
    assert [run.command for run in chronicle.runs] == [None, "drift"]
    assert damage_in_unfinished_runs([*bot.entries, None]) == ()
    assert bot.in_sync(desired_slot(FRUIT, "^pear$", "^apple$"), desired_slot(COLOUR, protect=True))


def test_what_no_longer_holds_under_the_lock_is_not_recorded(bot: World) -> None:
    before = bot.ledger.read_bytes()
    assert recorded(bot, SEEN, holding=False) == Recorded()
    assert bot.ledger.read_bytes() == before


def test_whether_a_finding_holds_is_decided_by_what_the_ledger_says_under_its_lock(
    bot: World,
) -> None:
    asked: list[tuple[Finding, History]] = []

    def asking(finding: Finding, history: History) -> bool:
        asked.append((finding, history))
        assert bot.services.ledger.holder() is not None
        return finding == SEEN

    gone = Finding("slot_seen", COLOUR)
    found = record(
        [gone, SEEN],
        still_holds=asking,
        command="drift",
        project=bot.project(desired_slot(FRUIT)),
        services=bot.services,
        endpoint=ENDPOINT,
    )
    assert found.findings == (SEEN,)
    assert asked == [(gone, bot.history), (SEEN, bot.history)]
    assert bot.services.ledger.holder() is None


def test_without_findings_the_ledger_is_not_even_opened(tmp_path: Path) -> None:
    bot = World(tmp_path)
    assert recorded(bot) == Recorded()
    assert not bot.ledger.exists()


def test_a_held_lock_is_a_problem_and_not_an_error(bot: World) -> None:
    before = bot.ledger.read_bytes()
    with FileLedgerStore(bot.ledger, clock=bot.clock).open("another"):
        found = recorded(bot, SEEN, Finding("slots_listed"), Finding("slot_seen", COLOUR))
    assert found.findings == ()
    assert found.problem.startswith(
        f"The ledger does not have slot_seen of {FRUIT}, {COLOUR}; slots_listed: Another run holds "
    )
    assert bot.ledger.read_bytes() == before


def test_a_ledger_that_cannot_be_written_is_a_problem_and_not_an_error(bot: World) -> None:
    before = bot.ledger.read_bytes()
    bot.ledger.with_name("ledger.jsonl.lock").unlink()
    bot.ledger.with_name("ledger.jsonl.lock").mkdir()
    found = recorded(bot, SEEN)
    assert found.findings == ()
    assert "is not a regular file" in found.problem
    assert bot.ledger.read_bytes() == before
