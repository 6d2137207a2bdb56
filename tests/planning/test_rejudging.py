"""Which rejected slots that are still live may be judged again."""

from __future__ import annotations

from typing import Any

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.change import Action
from reconciler.model.content import SlotContent
from reconciler.model.gate import Rejection
from reconciler.model.ledger import History, OpenChange, change_identity
from reconciler.model.plan import Selection
from reconciler.model.project import Project
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.rejections import with_rejections
from reconciler.planning.rejudging import to_judge_again
from tests.support.build import ENDPOINT, content, live, plan, slot

BAD = ("^bad$",)
BEFORE = content("a")


def judged_again(
    *others: LiveSlot,
    desired: DesiredSlot | None = None,
    found_live: LiveSlot | None = None,
    before: SlotContent | None = BEFORE,
    targets: tuple[str, ...] = (),
    protected: tuple[str, ...] = (),
    gate: dict[str, Any] | None = None,
    rolls_back: bool = True,
    **ended: Any,
) -> bool:
    """Whether `a`, rejected with these patterns and live with them, is judged again."""
    rejected = content("a", patterns=BAD)
    identity = change_identity(ENDPOINT, slot_id="a", after=rejected)
    change = OpenChange(
        run_id="r1", slot_id="a", action=Action.UPDATE, after=rejected, identity=identity, **ended
    )
    history = History(
        rejected={identity: Rejection(run_id="r1", slot_id="a", reason="fell")},
        ended_rejected={"a": change},
    )
    files = DesiredState([desired or slot("a", patterns=BAD)])
    held = [found_live or live("a", patterns=BAD), *others]
    made = plan(files, held).model_copy(update={"selection": Selection(targets=targets)})
    found = to_judge_again(
        with_rejections(made, desired=files, live=LiveState(held), history=history),
        LiveState(held),
        history=history,
        gates=Project(files, Settings.model_validate({"gate": gate or {}}), api=COGNIGY_V1).gates,
        protected=protected,
        former={"a": before.canonical() if before else None},
        rolls_back=rolls_back,
    )
    return "a" in found and found["a"].again


def test_a_slot_that_is_live_as_its_rejected_last_change_left_it_is_judged_again() -> None:
    assert judged_again()
    assert judged_again(targets=("a",))


def test_a_slot_that_someone_or_the_plan_changes_is_not_judged_again() -> None:
    assert not judged_again(found_live=live("a", patterns=("^other$",)))
    assert not judged_again(desired=slot("a", patterns=("^better$",)))


def test_a_slot_outside_the_selection_or_without_a_gate_is_not_judged_again() -> None:
    assert not judged_again(targets=("b",))
    assert not judged_again(trigger_retrain=False)
    assert not judged_again(gate={"enabled": False})


def test_a_slot_whose_former_content_no_longer_fits_in_is_not_judged_again() -> None:
    on_b = content("a", depends_on=["b"])
    assert judged_again(live("b"), before=on_b)
    assert not judged_again(before=on_b)  # b is gone
    assert not judged_again(live("b", "a"), before=on_b)  # a cycle
    assert not judged_again(live("b", name=BEFORE.name))  # its name is taken


def test_a_created_slot_is_judged_again_only_if_it_could_be_deleted() -> None:
    assert judged_again(live("b"), before=None)
    assert not judged_again(live("b", "a"), before=None)
    assert not judged_again(before=None, protected=("a",))


def test_what_is_not_rolled_back_anyway_need_not_fit_in_to_be_judged_again() -> None:
    assert judged_again(before=None, protected=("a",), rolls_back=False)
    assert judged_again(before=content("a", depends_on=["b"]), rolls_back=False)
    assert not judged_again(trigger_retrain=False, rolls_back=False)
