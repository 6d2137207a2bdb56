"""What a reviewer must know about a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ManifestError
from reconciler.model.review import SafetyEffect
from reconciler.operations.project import read_project
from reconciler.operations.review import ReviewRequest, review
from tests.support.build import live, plan
from tests.support.recorder import Recorder

SLOT = """\
slot_id: slot_a
name: a
type: regex
patterns: [^a$]
fill_strategy: strict
"""


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    return folder(tmp_path / "slots", SLOT)


def folder(path: Path, text: str, *, settings: str = "") -> Path:
    path.mkdir()
    (path / "a.yaml").write_text(text)
    if settings:
        (path / "reconciler.yaml").write_text(settings)
    return path


def request(slots: Path, *, base: Path | None = None) -> ReviewRequest:
    made = plan(read_project(slots).desired, [live("slot_a", patterns=("old",))])
    return ReviewRequest(plan=made, slots=slots, base=base)


def test_without_a_base_safety_is_not_compared(slots: Path) -> None:
    assert not review(request(slots)).review.compared


def test_a_base_shows_which_changes_weaken_safety(slots: Path, tmp_path: Path) -> None:
    base = folder(tmp_path / "base", SLOT, settings="gate: {min_success_rate: 0.99}")
    found = review(request(slots, base=base)).review
    assert found.compared
    assert [each.effect for each in found.safety] == [SafetyEffect.WEAKENS]


def test_a_base_that_does_not_exist_leaves_every_setting_at_its_default(
    slots: Path, tmp_path: Path
) -> None:
    found = review(request(slots, base=tmp_path / "nowhere")).review
    assert found.compared
    assert found.safety == ()


def test_a_base_that_cannot_be_read_is_a_warning_for_the_reviewer_too(
    slots: Path, tmp_path: Path
) -> None:
    recorder = Recorder()
    asked = request(slots, base=folder(tmp_path / "base", "patterns: ["))
    found = review(asked, observer=recorder)
    assert not found.review.compared
    assert found.plan.warnings[: len(asked.plan.warnings)] == asked.plan.warnings
    assert "own files cannot be read" in found.plan.warnings[-1]
    (warning,) = recorder.warnings
    assert "cannot be compared with the base branch" in warning


def test_files_other_than_those_of_the_plan_are_a_warning(slots: Path) -> None:
    recorder = Recorder()
    asked = request(slots)
    review(asked, observer=recorder)
    assert recorder.warnings == []
    (slots / "a.yaml").write_text(SLOT.replace("^a$", "^b$"))
    review(asked, observer=recorder)
    (warning,) = recorder.warnings
    assert "not the ones that this plan was made from" in warning


def test_files_that_cannot_be_read_are_an_error(slots: Path) -> None:
    asked = request(slots)
    (slots / "a.yaml").write_text("patterns: [")
    with pytest.raises(ManifestError):
        review(asked)


def test_the_defaults_of_a_missing_base_are_those_of_the_same_api(tmp_path: Path) -> None:
    slots = folder(
        tmp_path / "slots",
        "slot_id: slot_a\ntype: email\n",
        settings="{api: cognigy-v2, flow: Orders, gate: {playbooks: [Orders]}}",
    )
    made = plan(read_project(slots).desired, [])
    found = review(ReviewRequest(plan=made, slots=slots, base=tmp_path / "nowhere")).review
    assert [(each.field, each.effect) for each in found.safety] == [
        ("gate.playbooks", SafetyEffect.STRENGTHENS)
    ]


def test_a_plan_for_an_environment_is_reviewed_as_its_files_are_there(tmp_path: Path) -> None:
    overridden = f"{SLOT}environments: {{production: {{patterns: [^b$]}}}}\n"
    gated = "environments: {{production: {{gate: {{min_success_rate: {0}}}}}}}"
    slots = folder(tmp_path / "slots", overridden, settings=gated.format(0.5))
    base = folder(tmp_path / "base", SLOT, settings=gated.format(0.9))
    there = read_project(slots, environment="production")
    made = plan(there.desired, [live("slot_a", patterns=("old",))])
    recorder = Recorder()
    found = review(
        ReviewRequest(
            plan=made.model_copy(update={"environment": "production"}), slots=slots, base=base
        ),
        observer=recorder,
    )
    assert [each.effect for each in found.review.safety] == [SafetyEffect.WEAKENS]
    assert found.desired == there.desired
    assert not recorder.warnings


def test_a_base_without_the_environment_is_compared_as_it_is(tmp_path: Path) -> None:
    declared = "environments: {production: {gate: {min_success_rate: 0.1}}}"
    head = folder(tmp_path / "head", SLOT, settings=declared)
    asked = request(head, base=folder(tmp_path / "base", SLOT))
    made = asked.plan.model_copy(update={"environment": "production"})
    found = review(ReviewRequest(plan=made, slots=head, base=asked.base)).review
    assert [each.effect for each in found.safety] == [SafetyEffect.WEAKENS]


def test_an_environment_that_no_longer_waits_for_another_weakens_safety(tmp_path: Path) -> None:
    waits = "environments: {staging: {}, production: {promote_from: staging, soak_hours: 24}}"
    hurries = "environments: {staging: {}, production: {promote_from: staging, soak_hours: 1}}"
    slots = folder(tmp_path / "slots", SLOT, settings=hurries)
    base = folder(tmp_path / "base", SLOT, settings=waits)
    asked = request(slots, base=base)
    made = asked.plan.model_copy(update={"environment": "production"})
    found = review(ReviewRequest(plan=made, slots=slots, base=base)).review
    assert [(each.field, each.effect) for each in found.safety] == [
        ("environments.production.soak_hours", SafetyEffect.WEAKENS)
    ]
