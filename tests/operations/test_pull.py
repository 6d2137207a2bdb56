"""A pull: which live slots are chosen, and what becomes of each file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from reconciler.adapters.manifests import read_manifests
from reconciler.errors import ManifestError, NotFoundError
from reconciler.model.written import WriteResult, Written
from reconciler.operations.pull import PullListener, PullReport, PullSlotsRequest, pull
from tests.support.world import COLOUR, FRUIT, SIZE, World, document


class Heard(PullListener):
    """Keeps the events of a pull."""

    def __init__(self) -> None:
        self.selections: list[tuple[set[str], set[str]]] = []
        self.files: list[Written] = []

    def chosen(self, chosen: Collection[str], *, left_out: Collection[str]) -> None:
        self.selections.append((set(chosen), set(left_out)))

    def written(self, written: Written) -> None:
        self.files.append(written)


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return World(tmp_path, live=[document(FRUIT), document(COLOUR)])


@pytest.fixture
def slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("slots")


def pulled(bot: World, request: PullSlotsRequest, *, heard: Heard | None = None) -> PullReport:
    return pull(request, bot.connect, listener=heard or Heard())


def described(folder: Path) -> set[str]:
    return set(read_manifests(folder).desired)


def test_without_files_every_live_slot_gets_one(bot: World, slots: Path) -> None:
    heard = Heard()
    report = pulled(bot, PullSlotsRequest(slots), heard=heard)
    assert report.chosen == {FRUIT, COLOUR}
    assert (report.left_out, report.complete) == ((), True)
    assert heard.selections == [({FRUIT, COLOUR}, set())]
    assert heard.files == list(report.written)
    assert [each.slot_id for each in report.written] == [COLOUR, FRUIT, None]  # and the schema
    assert {each.result for each in report.written} == {WriteResult.CREATED}
    assert described(slots) == {FRUIT, COLOUR}


def test_with_files_only_their_slots_and_owned_ones_are_chosen(bot: World, slots: Path) -> None:
    pulled(bot, PullSlotsRequest(slots, slot_ids=(FRUIT,)))
    assert pulled(bot, PullSlotsRequest(slots)).left_out == (COLOUR,)
    (slots / "reconciler.yaml").write_text("owns: [slot_col*]\n", encoding="utf-8")
    assert pulled(bot, PullSlotsRequest(slots)).chosen == {FRUIT, COLOUR}


def test_everything_is_chosen_on_request(bot: World, slots: Path) -> None:
    pulled(bot, PullSlotsRequest(slots, slot_ids=(FRUIT,)))
    assert pulled(bot, PullSlotsRequest(slots, everything=True)).chosen == {FRUIT, COLOUR}


def test_the_files_of_the_project_decide_what_another_folder_gets(bot: World, slots: Path) -> None:
    pulled(bot, PullSlotsRequest(slots, slot_ids=(FRUIT,)))
    pulled(bot, PullSlotsRequest(slots, out=Path("copy")))
    assert described(Path("copy")) == {FRUIT}


def test_a_slot_that_was_asked_for_and_is_not_live_is_an_error(bot: World, slots: Path) -> None:
    with pytest.raises(NotFoundError, match=f"no slot {SIZE}"):
        pulled(bot, PullSlotsRequest(slots, slot_ids=(FRUIT, SIZE)))
    assert not slots.exists()


def test_a_file_that_differs_is_kept_unless_forced(bot: World, slots: Path) -> None:
    pulled(bot, PullSlotsRequest(slots))
    bot.sandbox.edit(FRUIT, name="berry")
    kept = pulled(bot, PullSlotsRequest(slots))
    assert (kept.written[1].result, kept.complete) == (WriteResult.KEPT, False)
    forced = pulled(bot, PullSlotsRequest(slots, force=True))
    assert (forced.written[1].result, forced.complete) == (WriteResult.REFRESHED, True)


def test_the_rules_that_a_pulled_slot_breaks_are_reported(bot: World, slots: Path) -> None:
    bot.sandbox.edit(COLOUR, dependencies=["slot_elsewhere"])
    assert pulled(bot, PullSlotsRequest(slots, slot_ids=(FRUIT,))).problems == ()
    report = pulled(bot, PullSlotsRequest(slots, slot_ids=(COLOUR,)))
    assert {(each.rule, each.slot_id) for each in report.problems} == {
        ("unknown-dependency", COLOUR)
    }


def test_a_link_out_of_the_working_tree_is_not_followed(
    bot: World, slots: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    slots.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(ManifestError, match="leads out of the working tree"):
        pulled(bot, PullSlotsRequest(slots))
    assert list(elsewhere.iterdir()) == []
    assert not bot.sandbox.requests


def test_a_folder_for_another_api_is_refused(bot: World, slots: Path) -> None:
    other = slots.parent / "other"
    other.mkdir()
    (other / "reconciler.yaml").write_text("api: cognigy-v2\n")
    with pytest.raises(ManifestError, match="other is for cognigy-v2, but") as caught:
        pulled(bot, PullSlotsRequest(slots, out=other))
    assert "`api: cognigy-v1`" in caught.value.hint
    assert [path.name for path in other.iterdir()] == ["reconciler.yaml"]
