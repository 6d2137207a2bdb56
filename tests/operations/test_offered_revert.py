"""What was rejected and is live gets a pull request that undoes it."""

from __future__ import annotations

import subprocess
from datetime import datetime, timezone
from pathlib import Path

import pytest

from reconciler.errors import DocumentError
from reconciler.model.bake import Bake, BakeResult
from reconciler.model.drift import DriftReport
from reconciler.model.failure import Failure
from reconciler.model.gate import Rejection
from reconciler.operations.offered_revert import Offered, Taken, offer_reverts
from reconciler.operations.workflow import Workflow
from tests.operations.conftest import Run
from tests.operations.test_revert import COLOUR_FILE, FRUIT_FILE
from tests.reports.examples import NOTHING
from tests.support.file_world import FileWorld
from tests.support.world import COLOUR, FRUIT


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> FileWorld:
    """A checkout, in which two runs have each changed a slot."""
    (tmp_path / "shop").mkdir()
    shop = FileWorld(tmp_path / "shop", fruit=FRUIT_FILE, colour=COLOUR_FILE)
    shop.run()
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    shop.run()
    shop.edit("colour", "'^blue$'", "'^green$'")
    shop.run()
    for arguments in (
        ("init", "--quiet"),
        ("add", "slots"),
        ("-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "--quiet", "-m", "x"),
    ):
        subprocess.run(["git", *arguments], cwd=shop.slots.parent, check=True)  # noqa: S603, S607
    run.github.permissions = {"contents": "write", "pull-requests": "write"}
    return shop


def offered(shop: FileWorld, workflow: Workflow, *found: Rejection | Bake) -> tuple[Offered, ...]:
    report = DriftReport.of(NOTHING).model_copy(
        update={
            "endpoint": shop.endpoint,
            "rejected": tuple(each for each in found if isinstance(each, Rejection)),
            "bakes": tuple(each for each in found if isinstance(each, Bake)),
        }
    )
    return offer_reverts(report, workflow, slots=shop.slots, ledger=shop.services.ledger)


def bake(slot_id: str, run_id: str, result: BakeResult = BakeResult.FAILED) -> Bake:
    until = datetime(2026, 3, 2, tzinfo=timezone.utc)
    return Bake(slot_id=slot_id, run_id=run_id, result=result, until=until, reason="fell to 0.5")


def rejection(slot_id: str, *, live: bool = True) -> Rejection:
    return Rejection(slot_id=slot_id, run_id="another", reason="fell", live=live)


def test_the_change_is_undone_on_a_branch_of_its_run_and_not_in_the_checkout(
    shop: FileWorld, run: Run
) -> None:
    before = shop.texts
    (one,) = offered(shop, run.workflow, bake(FRUIT, "run-2"))
    assert one.proposed is not None
    assert (one.proposed.branch, one.proposed.taken) == ("reconciler/revert-run-2", Taken.OPEN)
    assert run.github.files_on("reconciler/revert-run-2") == {"slots/fruit.yaml": FRUIT_FILE}
    (pull,) = run.github.pulls
    assert pull["title"] == "Revert run run-2"
    assert "- `slot_fruit`: `its bake failed: fell to 0.5`" in pull["body"]
    assert "no workflow merges it" in pull["body"]
    assert shop.texts == before
    (again,) = offered(shop, run.workflow, bake(FRUIT, "run-2"))
    assert again.proposed is not None
    assert again.proposed.taken is Taken.KEEP


def test_it_is_updated_when_other_edits_of_the_file_have_been_made(
    shop: FileWorld, run: Run
) -> None:
    offered(shop, run.workflow, bake(FRUIT, "run-2"))
    shop.edit("fruit", "x-owner: orders", "x-owner: shop")
    (one,) = offered(shop, run.workflow, bake(FRUIT, "run-2"))
    assert one.proposed is not None
    assert one.proposed.taken is Taken.UPDATE
    assert "x-owner: shop" in run.github.files_on("reconciler/revert-run-2")["slots/fruit.yaml"]


def test_each_run_gets_its_own_and_the_ledger_says_which_it_was(shop: FileWorld, run: Run) -> None:
    found = offered(shop, run.workflow, rejection(FRUIT), rejection(COLOUR))
    assert [each.run_id for each in found] == ["run-2", "run-3"]
    assert run.github.files_on("reconciler/revert-run-3") == {"slots/colour.yaml": COLOUR_FILE}
    assert len(run.github.pulls) == 2


def test_what_cannot_be_undone_is_said_and_not_proposed(shop: FileWorld, run: Run) -> None:
    shop.edit("fruit", "- ^plum$", "- ^fig$")
    (one,) = offered(shop, run.workflow, bake(FRUIT, "run-2"))
    assert "not applied yet: patterns" in one.refusal
    assert run.github.received == []


def test_a_slot_that_is_undone_already_needs_no_pull_request(shop: FileWorld, run: Run) -> None:
    shop.write("fruit", FRUIT_FILE)
    assert offered(shop, run.workflow, bake(FRUIT, "run-2")) == (Offered("run-2"),)
    assert run.github.received == []


@pytest.mark.parametrize(
    ("rejected", "refusal"),
    [
        (bake(FRUIT, "run-9"), "has no run run-9"),
        (rejection("slot_x"), "does not say which run changed slot_x"),
    ],
)
def test_what_the_ledger_does_not_know_is_said(
    shop: FileWorld, run: Run, rejected: Rejection | Bake, refusal: str
) -> None:
    (one,) = offered(shop, run.workflow, rejected)
    assert refusal in one.refusal


def test_a_failed_bake_counts_once_and_by_its_own_run(shop: FileWorld, run: Run) -> None:
    (one,) = offered(shop, run.workflow, rejection(FRUIT), bake(FRUIT, "run-2"))
    assert one.run_id == "run-2"
    assert "its bake failed" in run.github.pulls[0]["body"]


def test_what_passed_or_is_not_live_needs_no_pull_request(shop: FileWorld, run: Run) -> None:
    passed = [bake(FRUIT, "run-2", each) for each in BakeResult if each is not BakeResult.FAILED]
    assert offered(shop, run.workflow, rejection(COLOUR, live=False), *passed) == ()


def test_if_nothing_is_known_nothing_is_proposed(shop: FileWorld, run: Run) -> None:
    with pytest.raises(DocumentError, match="not known what was rejected"):
        offer_reverts(
            Failure(message="401"), run.workflow, slots=shop.slots, ledger=shop.services.ledger
        )


def test_without_anything_rejected_not_even_the_ledger_is_read(shop: FileWorld, run: Run) -> None:
    shop.ledger.unlink()
    assert offered(shop, run.workflow) == ()


def test_outside_of_a_checkout_nothing_is_proposed(
    shop: FileWorld, run: Run, tmp_path: Path
) -> None:
    (shop.slots.parent / ".git").rename(tmp_path / "elsewhere")
    with pytest.raises(DocumentError, match="not in a git checkout"):
        offered(shop, run.workflow, bake(FRUIT, "run-2"))
