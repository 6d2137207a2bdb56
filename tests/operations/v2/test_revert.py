"""A revert of slot fillers, whose files name only the fields that they manage."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import RevertRefusedError
from reconciler.model.outcome import RunReport
from reconciler.model.reversal import RevertReport
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.plan import plan
from reconciler.operations.project import read_project
from reconciler.operations.revert import RevertRequest, revert
from tests.support.filler_world import FillerWorld
from tests.support.runs import Agreeing
from tests.support.shop import CUSTOMER, FLOW, ORDER, filler

FILE = """\
slot_id: the-order   # in plans
name: order
type: regex
regex: '/[A-Z]{2}-\\d{4}/'   # two letters
dependencies: [customer]
store_detailed_results: no
"""
CUSTOMER_FILE = "slot_id: customer\ntype: regex\nregex: '/C\\d{3}/'\ncontext_key: customer\n"


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    folder = tmp_path / "slots"
    folder.mkdir()
    (folder / "reconciler.yaml").write_text(
        f'api: cognigy-v2\nflow: {FLOW}\nowns: ["*"]\nlimits: {{max_delete_fraction: 1}}\n'
    )
    (folder / "order.yaml").write_text(FILE)
    (folder / "customer.yaml").write_text(CUSTOMER_FILE)
    return folder


@pytest.fixture
def world(tmp_path: Path, slots: Path) -> FillerWorld:
    world = FillerWorld(tmp_path, filler(ORDER), filler(CUSTOMER))
    run(world, slots)
    return world


def run(world: FillerWorld, slots: Path) -> RunReport:
    report = apply(read_project(slots), world.services, Agreeing(), ApplyRequest(judged=False))
    assert planned(world, slots) == {}
    return report


def planned(world: FillerWorld, slots: Path) -> dict[str, str]:
    changes = plan(read_project(slots), world.services).changes
    return {each.slot_id: each.action.value for each in changes}


def reverted(world: FillerWorld, slots: Path, report: RunReport) -> RevertReport:
    return revert(RevertRequest(slots, report.run_id or ""), world.services.ledger)


def edit(slots: Path, old: str, new: str) -> None:
    path = slots / "order.yaml"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))


def test_the_file_is_as_before_and_names_no_field_that_it_did_not_name(
    world: FillerWorld, slots: Path
) -> None:
    edit(slots, r"/[A-Z]{2}-\d{4}/", r"/[A-Z]{3}-\d{4}/")
    edit(slots, "results: no", "results: true")
    report = run(world, slots)
    reverted(world, slots, report)
    assert (slots / "order.yaml").read_text() == FILE.replace("results: no", "results: false")
    assert planned(world, slots) == {"the-order": "update"}
    run(world, slots)
    assert world.regex(ORDER) == r"/[A-Z]{2}-\d{4}/"


def test_a_field_that_the_file_manages_only_since_is_set_to_what_it_was(
    world: FillerWorld, slots: Path
) -> None:
    edit(slots, "dependencies", "context_key: number\ndependencies")
    reverted(world, slots, run(world, slots))
    assert "context_key: order\n" in (slots / "order.yaml").read_text()
    run(world, slots)


def test_a_field_that_the_file_manages_no_more_cannot_be_undone(
    world: FillerWorld, slots: Path
) -> None:
    edit(slots, "dependencies", "context_key: number\ndependencies")
    report = run(world, slots)
    edit(slots, "context_key: number\n", "")
    with pytest.raises(RevertRefusedError, match="no longer manages context_key"):
        reverted(world, slots, report)


def test_a_created_filler_becomes_absent_and_comes_back(world: FillerWorld, slots: Path) -> None:
    text = "slot_id: city\ntype: regex\nregex: /x/\n"
    (slots / "city.yaml").write_text(text)
    reverted(world, slots, run(world, slots))
    assert (slots / "city.yaml").read_text() == f"{text}state: absent\n"
    deleted = run(world, slots)
    reverted(world, slots, deleted)
    assert (slots / "city.yaml").read_text() == text
    run(world, slots)


def test_a_deleted_filler_keeps_the_dependencies_of_its_file(
    world: FillerWorld, slots: Path
) -> None:
    edit(slots, "store_detailed_results: no\n", "state: absent\n")
    reverted(world, slots, run(world, slots))
    text = (slots / "order.yaml").read_text()
    assert "dependencies: [customer]" in text
    assert "state" not in text
    run(world, slots)
    assert world.filler(ORDER)["contextKey"] == "order"


@pytest.mark.parametrize("keeps_its_file", [True, False])
def test_a_deleted_filler_does_not_get_the_regex_of_another_type_again(
    tmp_path: Path, slots: Path, *, keeps_its_file: bool
) -> None:
    stale = filler("day", type="date", regex="/stale/", contextKey="")
    world = FillerWorld(tmp_path, filler(ORDER), filler(CUSTOMER), stale)
    path, text = slots / "day.yaml", "slot_id: day\ntype: date\n"
    path.write_text(f"{text}state: absent\n")
    report = run(world, slots)
    if not keeps_its_file:
        path.unlink()
    reverted(world, slots, report)
    assert "regex" not in path.read_text()
    run(world, slots)
    assert "day" in world.names()


def test_files_of_the_other_api_have_nothing_to_do_with_the_run(
    world: FillerWorld, slots: Path
) -> None:
    edit(slots, r"/[A-Z]{2}-\d{4}/", r"/[A-Z]{3}-\d{4}/")
    report = run(world, slots)
    (slots / "reconciler.yaml").write_text("")
    (slots / "customer.yaml").unlink()
    (slots / "order.yaml").write_text(
        "slot_id: the-order\nname: order\ntype: list\nfill_strategy: strict\n"
    )
    with pytest.raises(RevertRefusedError, match="as a slot of this project"):
        reverted(world, slots, report)
