"""Which rejected slots that are live all the same may be judged once more."""

from __future__ import annotations

from typing import Any

from reconciler.adapters.cognigy.v1.api import COGNIGY_V1
from reconciler.model.change import Action
from reconciler.model.gate import Rejection
from reconciler.model.ledger import History, OpenChange, change_identity
from reconciler.model.plan import Selection
from reconciler.model.project import Project
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, LiveSlot, SlotContent
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
    **ended: Any,
) -> bool:
    """Whether a, rejected with these patterns and live with them, is to be judged again."""
    rejected = content("a", patterns=BAD)
    identity = change_identity(ENDPOINT, slot_id="a", after=rejected)
    change = OpenChange(
        run_id="r1", slot_id="a", action=Action.UPDATE, after=rejected, identity=identity, **ended
    )
    history = History(
        rejected={identity: Rejection(run_id="r1", slot_id="a", reason="fell")},
        ended_rejected={"a": change},
    )
    wanted = DesiredState([desired or slot("a", patterns=BAD)])
    held = [found_live or live("a", patterns=BAD), *others]
    made = plan(wanted, held).model_copy(update={"selection": Selection(targets=targets)})
    found = to_judge_again(
        with_rejections(made, desired=wanted, live=LiveState(held), history=history),
        LiveState(held),
        history=history,
        gates=Project(wanted, Settings.model_validate({"gate": gate or {}}), api=COGNIGY_V1).gates,
        protected=protected,
        former={"a": before.canonical() if before else None},
    )
    return "a" in found and found["a"].again


def test_a_slot_that_is_live_as_its_rejected_last_change_left_it() -> None:
    assert judged_again()
    assert judged_again(targets=("a",))


def test_not_one_that_somebody_has_changed_or_that_the_plan_changes() -> None:
    assert not judged_again(found_live=live("a", patterns=("^other$",)))
    assert not judged_again(desired=slot("a", patterns=("^better$",)))


def test_not_one_that_was_not_asked_for_or_that_no_gate_judges() -> None:
    assert not judged_again(targets=("b",))
    assert not judged_again(trigger_retrain=False)
    assert not judged_again(gate={"enabled": False})


def test_not_one_whose_former_content_has_no_place_any_more() -> None:
    on_b = content("a", depends_on=["b"])
    assert judged_again(live("b"), before=on_b)
    assert not judged_again(before=on_b)  # b is gone
    assert not judged_again(live("b", "a"), before=on_b)  # a cycle
    assert not judged_again(live("b", name=BEFORE.name))  # its name is taken


def test_a_created_slot_only_where_it_could_be_deleted_again() -> None:
    assert judged_again(live("b"), before=None)
    assert not judged_again(live("b", "a"), before=None)
    assert not judged_again(before=None, protected=("a",))
