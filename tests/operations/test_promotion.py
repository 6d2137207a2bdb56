"""Production gets what staging has verified, once it has stood there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.model.ledger import Entry
from reconciler.model.plan import Plan
from reconciler.operations.promotion import promotion_of
from tests.support.deployments import Deployments
from tests.support.world import COLOUR, FRUIT, desired_slot, document

NEW = desired_slot(FRUIT, "^apple$", "^pear$", fill_strategy="strict")
NEEDING = desired_slot(COLOUR, "^red$", "^blue$", after=[FRUIT])
BAD = desired_slot(FRUIT, "^nothing$")


def reasons(made: Plan) -> dict[str, str]:
    return {each.slot_id: each.reason for each in made.waiting}


@pytest.fixture
def shop(tmp_path: Path) -> Deployments:
    return Deployments(
        tmp_path, staging=[document(FRUIT)], production=[document(FRUIT)], soak_hours=24
    )


def test_a_change_is_due_once_its_content_has_soaked(shop: Deployments) -> None:
    shop.staging.apply(NEW)
    shop.wait(hours=23)
    (waiting,) = shop.production.planned(NEW).waiting
    assert waiting.until is not None
    assert not shop.production.apply(NEW).outcomes
    assert shop.production.report.waiting == (waiting,)
    shop.wait(hours=1)
    assert shop.production.apply(NEW).exit_code == 0
    assert shop.production.writes
    assert shop.production.planned(NEW).changes == ()


def test_what_waits_is_not_drift_but_an_edit_in_the_tenant_is(shop: Deployments) -> None:
    assert not shop.production.looked_at(NEW).is_drifted
    shop.staging.apply(NEW)
    shop.wait(hours=24)
    shop.production.apply(NEW)
    later = desired_slot(FRUIT, "^apple$", "^pear$", fill_strategy="fuzzy")
    assert not shop.production.looked_at(later).is_drifted
    shop.production.sandbox.edit(FRUIT, patterns=["^apple$"])
    found = shop.production.looked_at(later)
    assert [each.slot_id for each in found.changes] == [FRUIT]
    assert found.waiting == ()


def test_a_change_that_depends_on_a_waiting_one_waits_with_it(tmp_path: Path) -> None:
    shop = Deployments(tmp_path)
    shop.staging.apply(desired_slot(FRUIT))
    both = (BAD, NEEDING)
    assert reasons(shop.production.planned(*both)) == {
        FRUIT: "this content has not passed its gate in staging yet",
        COLOUR: "this content has not passed its gate in staging yet",
    }
    shop.staging.apply(desired_slot(FRUIT), NEEDING)
    assert reasons(shop.production.planned(*both))[COLOUR] == f"it depends on {FRUIT}"


def test_a_saved_plan_keeps_what_waited_waiting(tmp_path: Path) -> None:
    shop = Deployments(tmp_path)
    shop.staging.apply(NEW)
    desired = (NEW, NEEDING)
    saved = shop.production.planned(*desired)
    assert (set(saved.slot_ids), set(reasons(saved))) == ({FRUIT}, {COLOUR})
    shop.staging.apply(*desired)
    shop.production.apply(*desired, plan=saved)
    assert shop.production.statuses == {FRUIT: "verified"}
    assert shop.production.planned(*desired).slot_ids == {COLOUR}


def test_without_a_gate_nothing_is_proven(tmp_path: Path) -> None:
    shop = Deployments(tmp_path, staging=[document(FRUIT)], production=[document(FRUIT)])
    shop.staging.apply(NEW, judged=False)
    assert "no gate judged it there" in reasons(shop.production.planned(NEW))[FRUIT]


def test_a_slot_that_differs_on_purpose_is_promoted_with_what_it_shares(tmp_path: Path) -> None:
    here = desired_slot(FRUIT, "^pear$", "^apple$", fill_strategy="strict")
    shop = Deployments(
        tmp_path, staging=[document(FRUIT)], production=[document(FRUIT)], overridden=[here]
    )
    shop.staging.apply(NEW)
    made = shop.production.planned(NEW)
    assert made.slot_ids == {FRUIT}
    assert f"The files say something else for production: {FRUIT}." in made.warnings[-1]
    shop.production.apply(NEW)
    assert shop.production.live(FRUIT)["patterns"] == ["^pear$", "^apple$"]


def test_a_deletion_is_promoted_once_it_was_verified(tmp_path: Path) -> None:
    live = [document(FRUIT), document(COLOUR)]
    shop = Deployments(tmp_path, staging=live, production=live)
    desired = (desired_slot(FRUIT), desired_slot(COLOUR, absent=True))
    assert "nothing is known of staging" in reasons(shop.production.planned(*desired))[COLOUR]
    shop.staging.apply(*desired)
    shop.production.apply(*desired)
    assert shop.production.sandbox.slot(COLOUR) is None
    assert shop.production.planned(*desired).changes == ()


def test_the_run_that_waits_for_nothing_says_so(tmp_path: Path) -> None:
    shop = Deployments(tmp_path, production=[document(FRUIT)])
    shop.production.apply(NEW, promoted=False)
    assert shop.production.statuses == {FRUIT: "verified"}
    assert shop.production.entries[0].data["promotion"] is False


def test_what_was_live_before_is_proven_by_a_look_and_soaks_from_then(tmp_path: Path) -> None:
    shop = Deployments(tmp_path, staging=[document(FRUIT)], soak_hours=24)
    desired = desired_slot(FRUIT)
    assert "nothing is known of staging" in reasons(shop.production.planned(desired))[FRUIT]
    shop.staging.looked_at(desired)
    assert shop.staging.recorded() == ["run_started", "slots_listed", "slot_seen", "run_finished"]
    (waiting,) = shop.production.planned(desired).waiting
    assert waiting.until is not None
    shop.wait(hours=24)
    shop.staging.looked_at(desired)
    assert len(shop.staging.recorded()) == 4  # nothing new was seen
    shop.production.apply(desired)
    assert shop.production.sandbox.slot(FRUIT) is not None
    assert shop.production.planned(desired).changes == ()


def test_a_slot_that_falls_below_its_gate_is_no_longer_promoted(tmp_path: Path) -> None:
    shop = Deployments(tmp_path, staging=[document(FRUIT)], production=[document(FRUIT)])
    shop.staging.apply(NEW)
    shop.staging.sandbox.edit(FRUIT, patterns=["^nothing$"])
    shop.wait(hours=30)
    assert shop.staging.looked_at(NEW).is_drifted
    assert "somebody has edited it there since" in reasons(shop.production.planned(NEW))[FRUIT]
    shop.staging.apply(NEW)
    assert shop.production.planned(NEW).waiting == ()


def test_a_slot_that_staging_never_had_is_deleted_once_somebody_has_looked(tmp_path: Path) -> None:
    shop = Deployments(
        tmp_path, staging=[document(FRUIT)], production=[document(FRUIT), document(COLOUR)]
    )
    desired = (desired_slot(FRUIT), desired_slot(COLOUR, absent=True))
    shop.staging.apply(NEW, desired_slot(COLOUR, absent=True))
    assert (
        "it is not known whether staging has it"
        in reasons(shop.production.planned(*desired))[COLOUR]
    )
    shop.staging.looked_at(*desired)
    assert shop.production.planned(*desired).slot_ids == {COLOUR}


def test_a_look_that_cannot_be_recorded_is_a_warning(tmp_path: Path) -> None:
    shop = Deployments(tmp_path, staging=[document(FRUIT)])
    with FileLedgerStore(shop.staging.ledger, clock=shop.clock).open("other"):
        (warning,) = shop.staging.looked_at(desired_slot(FRUIT)).warnings
    assert "The ledger does not have slots_listed; slot_seen of slot_fruit: Another run" in warning


@dataclass(frozen=True)
class TwoChains(FileLedgerStore):
    """A ledger with a chain for each origin, as a shared one has: that of the file comes first."""

    older: FileLedgerStore

    def lines(self) -> tuple[Entry | None, ...]:
        return (*super().lines(), *self.older.lines())

    def chains(self) -> dict[str, list[bytes]]:
        return {"a": super().chains()[""], "b": self.older.chains()[""]}


def test_what_passed_before_staging_moved_proves_nothing_in_any_order_of_chains(
    tmp_path: Path,
) -> None:
    shop = Deployments(tmp_path, staging=[document(FRUIT)], production=[document(FRUIT)])
    shop.staging.apply(NEW)
    shop.wait(hours=1)
    older = FileLedgerStore(Path(shop.staging.services.ledger.location), shop.clock)
    store = TwoChains(tmp_path / "moved.jsonl", shop.clock, older)
    moved = {"origin": "https://a.cognigy.com", "bot_id": "bot"}
    with store.open("moved") as ledger:
        ledger.append("run_started", target=moved, environment="staging")
    services = replace(shop.production.services, evidence=[store])
    found = promotion_of(shop.production.project(NEW), services, lines=[])
    assert found is not None
    assert (found.evidence.runs, found.evidence.trials) == (1, {})
