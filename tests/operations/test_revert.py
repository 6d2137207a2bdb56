"""A revert writes what slots were before a run back into their files: all of it, or nothing."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from reconciler.errors import LedgerError, ManifestError
from reconciler.operations.revert import RevertRequest, revert
from reconciler.operations.validate import validate
from tests.support.edited_files import edited_files
from tests.support.file_world import FileWorld, results
from tests.support.world import COLOUR, FRUIT, SIZE

FRUIT_FILE = """\
# what customers eat
slot_id: slot_fruit
name:  "fruit"   # for people
type: regex
patterns:   # in order
  # green ones
  - '^apple$'   # since 2024
  - ^pear$
fill_strategy: bestMatch
x-owner: orders
"""
COLOUR_FILE = """\
slot_id: slot_colour
name: colour
type: regex
patterns: [ '^red$', '^blue$' ]   # both
fill_strategy: bestMatch
dependencies: [slot_fruit]
"""


@pytest.fixture
def shop(tmp_path: Path) -> FileWorld:
    shop = FileWorld(tmp_path, FRUIT, COLOUR, fruit=FRUIT_FILE, colour=COLOUR_FILE)
    shop.run()
    return shop


# The way back


def test_the_files_are_as_before_byte_for_byte_and_a_plan_is_the_way_back(shop: FileWorld) -> None:
    before, live = shop.texts, shop.live(FRUIT)
    shop.edit("fruit", "'^apple$'", "'^apples?$'")
    shop.edit("fruit", '"fruit"', '"fruits"')
    shop.edit("colour", "'^red$', '^blue$'", "'^red$'")
    run = shop.run()
    report = shop.revert(run)
    assert results(report) == {FRUIT: "refreshed", COLOUR: "refreshed"}
    assert shop.texts == before
    assert shop.planned() == {FRUIT: "update", COLOUR: "update"}
    shop.run()
    assert shop.live(FRUIT) == live


def test_a_run_is_reverted_without_a_tenant(shop: FileWorld) -> None:
    shop.edit("fruit", "'^apple$'", "'^apples?$'")
    run = shop.run()
    sent = len(shop.sandbox.requests)
    shop.revert(run)
    assert len(shop.sandbox.requests) == sent


def test_what_was_edited_beside_the_content_stays(shop: FileWorld) -> None:
    shop.edit("fruit", "  - ^pear$\n", "  - ^pears?$\n")
    run = shop.run()
    shop.edit("fruit", "x-owner: orders\n", "x-owner: shop  # moved\ndescription: Fruit\n")
    shop.revert(run)
    after = FRUIT_FILE.replace("x-owner: orders\n", "x-owner: shop  # moved\ndescription: Fruit\n")
    assert shop.text("fruit") == after


def test_a_created_slot_becomes_absent_and_the_rest_of_its_file_stays(shop: FileWorld) -> None:
    text = f"slot_id: {SIZE}\nname: size\ntype: regex\npatterns: [^large$]  # one\n"
    shop.write("size", f"{text}fill_strategy: strict\nx-owner: me\n")
    run = shop.run()
    assert results(shop.revert(run)) == {SIZE: "refreshed"}
    assert shop.text("size") == f"{text}fill_strategy: strict\nstate: absent\nx-owner: me\n"
    assert shop.planned() == {SIZE: "delete"}


def test_a_revert_of_a_revert_is_the_file_as_it_was(shop: FileWorld) -> None:
    text = f"slot_id: {SIZE}\nname: size\ntype: regex\npatterns: ['^large$']\nfill_strategy: strict"
    shop.write("size", text)
    shop.revert(shop.run())
    deleted = shop.run()
    shop.revert(deleted)
    assert shop.text("size") == text
    assert shop.planned() == {SIZE: "create"}


def test_a_slot_deleted_by_its_file_is_described_there_again(shop: FileWorld) -> None:
    shop.write("colour", "# gone\nslot_id: slot_colour\nstate: absent  # really\n")
    run = shop.run()
    shop.revert(run)
    assert shop.text("colour") == (
        "# gone\nslot_id: slot_colour\nname: colour\ntype: regex\npatterns:\n  - ^red$\n"
        "  - ^blue$\nfill_strategy: bestMatch\ndependencies:\n  - slot_fruit\n"
        "state: present  # really\n"
    )
    shop.run()
    assert shop.live(COLOUR)["patterns"] == ["^red$", "^blue$"]


def test_a_slot_deleted_without_a_file_gets_one(shop: FileWorld) -> None:
    live = shop.live(COLOUR)
    (shop.slots / "colour.yaml").unlink()
    run = shop.run(prune=True)
    (written,) = shop.revert(run).written
    assert (written.result.value, written.path) == ("created", str(shop.slots / "colour.yaml"))
    shop.run()
    assert shop.live(COLOUR) == live


def test_a_run_that_created_slots_and_deleted_others_is_reverted_as_a_whole(
    shop: FileWorld,
) -> None:
    shop.write("colour", "slot_id: slot_colour\nstate: absent\n")
    shop.write("size", FRUIT_FILE.replace("fruit", "size"))
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    run = shop.run()
    assert set(results(shop.revert(run))) == {COLOUR, SIZE, FRUIT}
    assert shop.planned() == {COLOUR: "create", SIZE: "delete", FRUIT: "update"}
    shop.run()


def test_several_slots_in_one_file_are_edited_together(shop: FileWorld) -> None:
    (shop.slots / "colour.yaml").unlink()
    both = f"{FRUIT_FILE}---\n{COLOUR_FILE}"
    shop.write("fruit", both.replace("^pear$", "^plum$").replace("^blue$", "^green$"))
    run = shop.run()
    shop.revert(run)
    assert shop.text("fruit") == both


def test_a_second_revert_finds_nothing_to_do(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    run = shop.run()
    shop.revert(run)
    assert results(shop.revert(run)) == {FRUIT: "unchanged"}
    shop.run()
    assert results(shop.revert(run)) == {FRUIT: "unchanged"}


def test_a_change_that_the_gate_rolled_back_leaves_nothing_to_undo(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^nothing$")
    run = shop.run(judged=True)
    assert [each.status.value for each in run.outcomes] == ["rolled_back"]
    before = shop.texts
    report = shop.revert(run)
    assert [(each.slot_id, each.reason) for each in report.not_reverted] == [
        (FRUIT, "was rolled back")
    ]
    assert (report.written, shop.texts) == ((), before)


def test_a_rejected_change_that_was_left_in_place_can_be_undone(shop: FileWorld) -> None:
    shop.edit("reconciler", "limits:", "rollout: {on_failure: halt}\nlimits:")
    shop.edit("fruit", "- ^pear$", "- ^nothing$")
    run = shop.run(judged=True)
    assert [each.status.value for each in run.outcomes] == ["failed"]
    shop.revert(run)
    assert shop.text("fruit") == FRUIT_FILE


@pytest.mark.parametrize(
    ("examples", "after"),
    [
        ("{match: [apple, plum], reject: [red]}", "{match: [apple], reject: [red]}"),
        ("{match: [plum]}", "{match: []}"),
        (
            "\n  match:\n    - apple  # old\n    - {text: plum, value: plum}\n  reject: [a , pear]",
            "\n  match:\n    - apple  # old\n  reject: [a]",
        ),
        (
            "\n  match: [\n    plum,  # new\n    apple]",
            "\n  match: [\n      # new\n    apple]",
        ),
        ("\n  match:\n  - plum\n  reject: []", "\n  match: []\n  reject: []"),
    ],
)
def test_examples_that_came_with_the_change_go_with_it_and_are_named(
    shop: FileWorld, examples: str, after: str
) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    shop.edit("fruit", "x-owner", f"examples: {examples}\nx-owner")
    report = shop.revert(shop.run())
    assert shop.text("fruit") == FRUIT_FILE.replace("x-owner", f"examples: {after}\nx-owner")
    assert "'plum'" in report.written[0].reason


# What has changed since


def test_a_later_change_is_not_undone(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    first = shop.run()
    shop.edit("fruit", "- ^plum$", "- ^fig$")
    second = shop.run()
    error = shop.refused(first)
    assert error.exit_code == 4
    assert f"slot_fruit: run {second.run_id} has changed it since (patterns)" in error.message
    shop.revert(second)
    assert "- ^plum$" in shop.text("fruit")


def test_a_later_change_that_was_rolled_back_does_not_count(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^pears?$")
    first = shop.run()
    shop.edit("fruit", "- ^pears?$", "- ^nothing$")
    shop.run(judged=True)
    shop.edit("fruit", "- ^nothing$", "- ^pears?$")
    shop.revert(first)
    assert shop.text("fruit") == FRUIT_FILE


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [("- ^plum$", "- ^fig$", 7, "patterns"), ("bestMatch", "strict", 9, "fill_strategy")],
)
def test_an_edit_that_is_not_applied_yet_is_not_undone(
    shop: FileWorld, old: str, new: str, line: int, field: str
) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    run = shop.run()
    shop.edit("fruit", old, new)
    error = shop.refused(run)
    assert f"not applied yet: {field} ({shop.slots / 'fruit.yaml'}:{line}:" in error.message


def test_the_others_can_be_undone_by_name(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    shop.edit("colour", "'^blue$'", "'^green$'")
    run = shop.run()
    shop.edit("fruit", "- ^plum$", "- ^fig$")
    error = shop.refused(run)
    assert "--slot slot_colour" in error.hint
    assert results(shop.revert(run, "colour")) == {COLOUR: "refreshed"}
    assert shop.text("colour") == COLOUR_FILE
    assert "- ^fig$" in shop.text("fruit")


def test_a_slot_whose_file_is_gone_cannot_be_undone(shop: FileWorld) -> None:
    shop.edit("colour", "'^blue$'", "'^green$'")
    run = shop.run()
    (shop.slots / "colour.yaml").unlink()
    assert "no slot file describes it any more" in shop.refused(run).message


def test_a_deletion_that_is_not_applied_yet_is_not_undone(shop: FileWorld) -> None:
    shop.edit("colour", "'^blue$'", "'^green$'")
    run = shop.run()
    shop.edit("colour", "fill_strategy", "state: absent\nfill_strategy")
    assert "`state: absent` is not applied yet" in shop.refused(run).message


def test_a_deleted_slot_that_is_described_again_is_not_overwritten(shop: FileWorld) -> None:
    shop.write("colour", "slot_id: slot_colour\nstate: absent\n")
    run = shop.run()
    shop.write("colour", COLOUR_FILE.replace("'^blue$'", "'^green$'"))
    assert "describes it again" in shop.refused(run).message


def test_a_created_slot_that_others_depend_on_now_stays(shop: FileWorld) -> None:
    shop.write("size", FRUIT_FILE.replace("fruit", "size"))
    run = shop.run()
    shop.edit("colour", "[slot_fruit]", "[slot_fruit, slot_size]")
    shop.run()
    error = shop.refused(run)
    assert "slot_size has `state: absent` [absent-dependency]" in error.message


def test_a_rule_that_was_broken_before_is_no_obstacle(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    run = shop.run()
    shop.write("other", "slot_id: other\nname: other\ntype: regex\nfill_strategy: strict\n")
    assert not validate(shop.slots).valid
    revert(RevertRequest(shop.slots, run.run_id or ""), shop.services.ledger)
    assert shop.text("fruit") == FRUIT_FILE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("patterns:   # in order\n", "patterns: &p   # in order\n"),
        ('name:  "fruit"', 'name: &n "fruit"'),
    ],
)
def test_a_file_that_cannot_be_edited_in_place_is_left_alone(
    shop: FileWorld, old: str, new: str
) -> None:
    shop.edit("fruit", old, new)
    shop.edit("fruit", "x-owner: orders", "x-owner: *n" if "&n" in new else "x-owner: *p")
    shop.edit("fruit", '"fruit"', '"fruits"')
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    assert "by hand" in shop.refused(shop.run()).message


def test_files_with_errors_are_not_edited(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    run = shop.run()
    shop.edit("colour", "name: colour", "nam: colour")
    with pytest.raises(ManifestError):
        shop.revert(run)


def test_an_open_change_is_settled_first(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    run = shop.run()
    lines = shop.ledger.read_bytes().split(b"\n")
    started = next(n for n, line in enumerate(lines) if b'"^plum$"' in line)
    shop.ledger.write_bytes(b"\n".join([*lines[: started + 1], b""]))
    assert "open; the next apply settles it first" in shop.refused(run).message


# Unknown runs and slots


def test_a_run_that_is_not_in_the_ledger_is_an_error_that_names_the_closest(
    shop: FileWorld,
) -> None:
    with pytest.raises(LedgerError, match="has no run run-11") as caught:
        revert(RevertRequest(shop.slots, "run-11"), shop.services.ledger)
    assert caught.value.hint == (
        "Did you mean run-1? The last runs: run-1. `reconciler audit list` lists them all."
    )


def test_a_slot_that_the_run_did_not_change_is_an_error(shop: FileWorld) -> None:
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    run = shop.run()
    with pytest.raises(LedgerError, match="no change of slot_colour") as caught:
        shop.revert(run, "slot_colour")
    assert "It changed: slot_fruit." in caught.value.hint


# All or nothing


def test_if_one_file_cannot_be_written_the_others_stay(
    shop: FileWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.slots / "locked").mkdir()
    (shop.slots / "colour.yaml").rename(shop.slots / "locked" / "colour.yaml")
    shop.edit("fruit", "- ^pear$", "- ^plum$")
    shop.edit("locked/colour", "'^blue$'", "'^green$'")
    run = shop.run()
    assert [each.slot_id for each in run.outcomes] == [FRUIT, COLOUR]
    before = {path: path.read_bytes() for path in shop.slots.rglob("*.yaml")}
    make_unwritable(shop.slots / "locked", monkeypatch)
    with pytest.raises(ManifestError, match="cannot be written"):
        shop.revert(run)
    assert {path: path.read_bytes() for path in before} == before


def make_unwritable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No new file can be made there: root may write anywhere, so the names run out instead."""
    monkeypatch.setattr("secrets.token_hex", lambda _: "taken")
    (folder / ".reconciler-taken.tmp").touch()


# Property: a revert of an apply is the identity on the files


@settings(max_examples=12, deadline=None)
@given(edited_files(FRUIT))
def test_a_revert_of_an_apply_is_the_identity_on_the_files(edit: tuple[str, str]) -> None:
    before, after = edit
    with TemporaryDirectory() as name:
        shop = FileWorld(Path(name), fruit=before)
        shop.run()
        shop.write("fruit", after)
        run = shop.run()
        shop.revert(run)
        assert shop.text("fruit") == before
        assert shop.planned() == {FRUIT: "update"}
        shop.run()
