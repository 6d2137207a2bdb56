"""`reconciler apply` at a terminal, over HTTP: its questions and its report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.file import open_ledger
from tests.cli.conftest import Bot, Terminal
from tests.support.world import COLOUR, FRUIT, document

StartBot = Callable[..., Bot]
THEIRS = "slot_theirs"


class Leaving(Terminal):
    """A user who presses Ctrl-C once everything is typed."""

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # as StringIO
        typed = super().readline(size)
        if not typed:
            raise KeyboardInterrupt
        return typed


def killed(start: StartBot) -> Bot:
    """A bot whose apply was killed after storing a bad change, with another change to make."""
    shop = start(live=[document(FRUIT)])
    shop.configure(gate={"settle_seconds": 30})
    shop.write(FRUIT, patterns=["^nothing$"])
    with shop.spawn("apply", "--yes") as process:
        shop.wait_for_writes()
        process.kill()
    shop.configure()
    shop.write(COLOUR, patterns=["^red$", "^blue$"])
    return shop


def untouched(shop: Bot) -> Callable[[], bool]:
    """A check that from now on nothing is written to the tenant or the ledger."""
    path = shop.folder / "slot_updates_audit.jsonl"
    before = (path.read_bytes(), len(shop.writes))
    return lambda: (path.read_bytes(), len(shop.writes)) == before


def test_open_changes_are_shown_and_need_a_yes_before_they_are_recovered(bot: StartBot) -> None:
    shop = killed(bot)
    is_untouched = untouched(shop)
    declined = shop.run("apply", stdin=Terminal("n\n"))
    assert declined.returncode == 1
    run_id = shop.ledger[0]["run_id"]
    assert f"update {FRUIT}  of run {run_id}: if it is live, it is judged" in declined.stdout
    assert declined.stderr.endswith("Recover this? [y/N]: Error: Declined; nothing was changed.\n")
    assert is_untouched()


@pytest.mark.parametrize("format_", ["text", "json"])
def test_without_a_terminal_nothing_is_recovered(bot: StartBot, format_: str) -> None:
    shop = killed(bot)
    is_untouched = untouched(shop)
    refused = shop.run("apply", "--format", format_)
    assert refused.returncode == 1
    assert "Cannot ask for confirmation" in refused.stderr
    assert f"update {FRUIT}" in (refused.stdout if format_ == "text" else refused.stderr)
    assert is_untouched()


def test_a_no_to_the_plan_keeps_what_was_recovered_and_reports_both(bot: StartBot) -> None:
    shop = killed(bot)
    declined = shop.run("apply", stdin=Terminal("y\nn\n"))
    assert declined.returncode == 3
    assert (
        "Recovered from earlier runs: 1 rolled back.\nNothing was applied. Took" in declined.stdout
    )
    assert "Make these changes? [y/N]: " in declined.stderr
    assert "Declined; of the plan, nothing was changed." in declined.stderr
    assert shop.live(FRUIT) == document(FRUIT)
    assert shop.live(COLOUR) == {}
    assert shop.ledger[-1]["event"] == "run_finished"


def test_two_yeses_recover_and_apply(bot: StartBot) -> None:
    shop = killed(bot)
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    applied = shop.run("apply", "--format", "json", stdin=Terminal("y\ny\n"))
    assert applied.returncode == 3, applied.stderr
    assert [
        (each["slot_id"], each["status"], each["recovered"])
        for each in json.loads(applied.stdout)["outcomes"]
    ] == [(FRUIT, "rolled_back", True), (COLOUR, "verified", False)]
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


@pytest.mark.parametrize("saved", [False, True])
def test_with_yes_or_a_saved_plan_open_changes_are_shown_without_a_question(
    bot: StartBot, saved: bool
) -> None:
    shop = killed(bot)
    planned = shop.run("plan", "--out", "plan.json")
    assert "the next apply recovers it first" in planned.stdout
    applied = shop.run("apply", "plan.json" if saved else "--yes")
    assert "From earlier runs, and recovered before anything else" in applied.stdout
    assert "[y/N]" not in applied.stderr
    assert shop.live(FRUIT) == document(FRUIT)


def test_a_plan_for_another_target_is_refused_before_anything_is_recovered(bot: StartBot) -> None:
    shop = killed(bot)
    shop.environment["COGNIGY_BOT_ID"] = "bot_2"
    assert shop.run("plan", "--out", "plan.json").returncode == 0
    shop.environment["COGNIGY_BOT_ID"] = "bot_1"
    is_untouched = untouched(shop)
    refused = shop.run("apply", "plan.json")
    assert refused.returncode == 4
    assert "The plan is for the bot bot_2" in refused.stderr
    assert is_untouched()


def test_an_end_of_input_at_the_question_is_a_no_and_ends_the_line(bot: StartBot) -> None:
    declined = killed(bot).run("apply", stdin=Terminal(""))
    assert declined.returncode == 1
    assert declined.stderr.endswith("[y/N]: \nError: Declined; nothing was changed.\n")


def test_an_interrupt_at_the_question_ends_the_run_like_a_no(bot: StartBot) -> None:
    shop = killed(bot)
    is_untouched = untouched(shop)
    interrupted = shop.run("apply", stdin=Leaving())
    assert interrupted.returncode == 130
    assert interrupted.stderr.endswith("[y/N]: \nError: Interrupted; nothing was changed.\n")
    assert is_untouched()

    left = shop.run("apply", stdin=Leaving("y\n"))
    assert left.returncode == 130
    assert "Recovered from earlier runs: 1 rolled back.\nNothing was applied. Took" in left.stdout
    assert shop.live(COLOUR) == {}
    assert shop.ledger[-1]["event"] == "run_finished"


def plant(shop: Bot, slot_id: str, **events: Mapping[str, Any]) -> None:
    """Add a run to the ledger that began a change of this slot and never finished it."""
    target = {"origin": shop.environment["COGNIGY_BASE_URL"], "bot_id": "bot_1"}
    path = shop.folder / "slot_updates_audit.jsonl"
    with open_ledger(path, run_id="run_planted", clock=SystemClock()) as ledger:
        ledger.append("run_started", target=target, digest=None, protected=[], unprotected=[])
        for event, data in events.items():
            ledger.append(event, slot_id=slot_id, **data)


CONTENT = {
    "name": "theirs",
    "type": "regex",
    "patterns": ["^mine now$"],
    "fill_strategy": "bestMatch",
    "dependencies": [],
}
STARTED = {
    "action": "update",
    "before": document(THEIRS, patterns=["^mine now$"]),
    "after": CONTENT,
    "baselines": {},
    "trigger_retrain": True,
    "identity": "",
}
STORED_BY_NOBODY = {**STARTED, "after": {**CONTENT, "patterns": ["^x$"]}}
PLANTED: dict[str, dict[str, Mapping[str, Any]]] = {
    "to be rolled back": {
        "change_started": STORED_BY_NOBODY,
        "gate_failed": {"reason": "it fell", "stands": False},
    },
    "to be trained": {"change_started": STORED_BY_NOBODY},
    "to be deleted": {
        "change_started": {**STORED_BY_NOBODY, "action": "create", "before": None},
        "rollback_started": {"reason": "goes with another"},
    },
    "unreadable": {"change_started": {**STARTED, "before": {"slotId": 7}}},
}


@pytest.mark.parametrize("events", PLANTED.values(), ids=PLANTED)
@pytest.mark.parametrize("target", [(), ("--target", FRUIT)], ids=["all", "a target"])
def test_a_ledger_never_causes_a_write_to_another_teams_slot(
    bot: StartBot, events: dict[str, Mapping[str, Any]], target: tuple[str, ...]
) -> None:
    theirs = document(THEIRS, name="theirs")
    shop = bot(live=[theirs])
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    plant(shop, THEIRS, **events)
    planned = shop.run("plan", *target)
    applied = shop.run("apply", "--yes", *target)
    assert applied.returncode == 0, applied.stderr
    for done in (planned, applied):
        assert f"Run run_planted left its change of {THEIRS} open" in done.stdout
        assert "apply leaves it alone" in done.stdout
    assert shop.live(THEIRS) == theirs
    assert [put.path.rsplit("/", 1)[1] for put in shop.writes] == [FRUIT]
    assert f"change of {THEIRS}" in shop.run("plan").stdout  # it stays open
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_the_live_state_of_a_change_that_is_left_alone_is_reported_in_every_format(
    bot: StartBot,
) -> None:
    shop = bot(live=[document(THEIRS, name="theirs", patterns=["^mine now$"])])
    plant(shop, THEIRS, change_started={**STARTED, "before": None, "action": "create"})
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    assert "(live as that change made it)" in shop.run("plan", "--out", "p.json").stdout
    saved = shop.run("apply", "p.json", "--format", "json")
    assert saved.returncode == 0, saved.stderr
    assert "(live as that change made it)" in saved.stderr


@pytest.mark.parametrize("claim", ["owns", "a file", "an absent file"])
def test_a_slot_of_this_project_is_recovered_however_the_project_claims_it(
    bot: StartBot, claim: str
) -> None:
    shop = bot(live=[document(THEIRS, name="theirs")])
    plant(shop, THEIRS, **PLANTED["to be rolled back"])
    if claim == "owns":
        shop.configure(owns=["slot_th*"])
    elif claim == "a file":
        shop.write(THEIRS, patterns=["^mine now$"])
    else:
        (shop.folder / "slots" / "a.yaml").write_text(f"slot_id: {THEIRS}\nstate: absent\n")
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    applied = shop.run("apply", "--yes", "--target", FRUIT)
    assert "Recovered from earlier runs: 1 rolled back." in applied.stdout
    assert shop.live(THEIRS)["patterns"] == ["^mine now$"]


@pytest.mark.parametrize(("typed", "agreed"), [("1\n", True), ("y\n", False), ("2\n", False)])
def test_a_plan_that_deletes_is_confirmed_by_the_number_of_deletions(
    bot: StartBot, typed: str, agreed: bool
) -> None:
    shop = bot(live=[document(FRUIT), document(COLOUR)])
    shop.write(FRUIT, state="absent")
    shop.write(COLOUR, patterns=["^red$", "^blue$"])
    done = shop.run("apply", stdin=Terminal(typed))
    assert "This deletes 1 slot; type 1 to agree: " in done.stderr
    assert (shop.live(FRUIT) == {}) is agreed
    assert done.returncode == (0 if agreed else 1), done.stderr


def test_a_summary_of_a_plan_has_a_line_for_each_slot(bot: StartBot) -> None:
    shop = bot(live=[document(COLOUR)])
    shop.write(COLOUR, patterns=["^red$", "^green$"])
    lines = shop.run("plan", "--summary").stdout.splitlines()
    assert sum(line.startswith(f"  ~ {COLOUR}  ") for line in lines) == 1
    assert shop.run("plan", "--summary", "--format", "json").returncode == 1
