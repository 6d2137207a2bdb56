"""Links to the lines of the slot files, on GitHub."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model.change import Change
from reconciler.operations.places import places_of_files, places_on_github
from reconciler.operations.project import read_project
from tests.operations.conftest import HEAD, Run
from tests.support.build import absent, live, plan, slot

FILE = """\
slot_id: slot_a
name: a
type: regex
patterns:
  - ^a$
fill_strategy: bestMatch
"""
URL = f"https://github.com/acme/shop/blob/{HEAD}/bots/my%20slots/a.yaml"


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    """A folder of slots within a checkout."""
    (tmp_path / "head" / ".git").mkdir(parents=True)
    folder = tmp_path / "head" / "bots" / "my slots"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(FILE)
    return folder


def changed(patterns: tuple[str, ...] = ("^old$",)) -> Change:
    (change,) = plan(
        [slot("slot_a", name="a")], [live("slot_a", name="a", patterns=patterns)]
    ).changes
    return change


def test_a_change_is_at_the_line_of_its_first_field_in_the_checkout(run: Run, slots: Path) -> None:
    place = places_of_files(slots, run.workflow)
    assert place(changed()) == f"{URL}#L5"
    (created,) = plan([slot("slot_a")]).changes
    assert place(created) == f"{URL}#L1"


def test_a_slot_without_a_file_has_no_place(run: Run, slots: Path) -> None:
    place = places_of_files(slots, run.workflow)
    (gone,) = plan([absent("slot_b")], [live("slot_b")]).changes
    assert place(gone) is None


def test_there_are_no_places_outside_of_a_checkout_or_without_a_commit(
    run: Run, slots: Path
) -> None:
    desired = read_project(slots).desired
    for unknown in (
        replace(run.workflow, commit=None),
        replace(run.workflow, repository_url=None),
    ):
        assert places_on_github(desired, unknown)(changed()) is None
    (slots.parent.parent / ".git").rmdir()
    assert places_on_github(desired, run.workflow)(changed()) is None


def test_files_that_cannot_be_read_are_no_reason_to_fail(run: Run, tmp_path: Path) -> None:
    assert places_of_files(tmp_path / "none", run.workflow)(changed()) is None
    (warning,) = run.recorder.warnings
    assert "no links to slots" in warning
