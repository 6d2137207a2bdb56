"""Content that a gate rejected in one target is kept away from the others."""

from __future__ import annotations

from reconciler.model.gate import Rejection
from reconciler.model.ledger import History, change_identity
from reconciler.model.plan import Plan
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.fleet_quarantine import REASON, contents, with_quarantine
from reconciler.planning.rejections import with_rejections
from tests.support.build import ENDPOINT, absent, content, live, plan, slot

BAD = ("^bad$",)
ELSEWHERE = ENDPOINT.model_copy(update={"origin": "https://beta.cognigy.com", "bot_id": "bot_9"})
OF_A = contents(plan([slot("a", patterns=BAD)], endpoint=ELSEWHERE).changes)


def made(
    desired: list[DesiredSlot],
    live_slots: list[LiveSlot],
    quarantined: tuple[str, ...] = OF_A,
    history: History | None = None,
) -> Plan:
    found = plan(desired, live_slots)
    history = with_quarantine(
        history or History(), found, quarantined=quarantined, run_id="fleet_1"
    )
    return with_rejections(
        found, desired=DesiredState(desired), live=LiveState(live_slots), history=history
    )


def test_content_that_was_rejected_elsewhere_is_skipped_with_what_depends_on_it() -> None:
    found = made([slot("a", patterns=BAD), slot("b", "a"), slot("c")], [live("a")])
    assert [each.slot_id for each in found.skipped] == ["a", "b"]
    assert [each.slot_id for each in found.due] == ["c"]
    (rejection,) = found.rejected
    assert rejection == Rejection(run_id="fleet_1", slot_id="a", reason=REASON)


def test_it_is_planned_again_once_it_changes_or_somebody_asks_for_another_attempt() -> None:
    assert made([slot("a", patterns=("^better$",))], []).rejected == ()
    again = made([slot("a", patterns=BAD)], []).retrying(run_id="run_2")
    assert [each.slot_id for each in again.due] == ["a"]


def test_another_slot_with_this_content_is_not_quarantined() -> None:
    same = content("a", patterns=BAD)
    other = DesiredSlot(slot_id="b", content=same)
    assert made([other], []).rejected == ()


def test_where_the_content_is_live_it_stays_because_its_gate_let_it_stand() -> None:
    found = made([slot("a", patterns=BAD), slot("b", "a")], [live("a", patterns=BAD)])
    assert found.rejected == ()
    assert [each.slot_id for each in found.due] == ["b"]


def test_what_the_endpoint_has_rejected_itself_says_more() -> None:
    own = Rejection(run_id="r1", slot_id="a", reason="fell", success_rate=0.5, baseline=0.9)
    identity = change_identity(ENDPOINT, slot_id="a", after=content("a", patterns=BAD))
    history = History(rejected={identity: own})
    assert made([slot("a", patterns=BAD)], [live("a")], history=history).rejected == (own,)


def test_a_deletion_has_no_content() -> None:
    assert contents(plan([absent("a")], [live("a")]).changes) == ()
    assert made([absent("a")], [live("a")]).rejected == ()


def test_only_what_the_file_manages_is_the_content() -> None:
    managed = ("patterns",)
    one = plan([slot("a", patterns=BAD)]).changes[0]
    partly = one.model_copy(update={"managed": managed})
    elsewhere = plan([slot("a", patterns=BAD, type="other")]).changes[0]
    same = elsewhere.model_copy(update={"managed": managed})
    assert contents([partly]) == contents([same])
    assert contents([one]) != contents([elsewhere])
