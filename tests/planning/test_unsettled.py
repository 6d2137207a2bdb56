"""What earlier runs left open: what is this project's to settle, and what is only told."""

from __future__ import annotations

import pytest

from reconciler.model.change import Action
from reconciler.model.ledger import History, OpenChange
from reconciler.model.slot import CanonicalSlot
from reconciler.planning.unsettled import found_live, left_to_a_person, settleable, to_settle
from tests.support.build import content


def left_open(slot_id: str, *, run: str = "run_1") -> OpenChange:
    return OpenChange(run_id=run, slot_id=slot_id, action=Action.UPDATE)


def history(*open_changes: OpenChange, rolled_back: tuple[OpenChange, ...] = ()) -> History:
    return History(
        open_changes={each.slot_id: each for each in open_changes},
        rolled_back={each.slot_id: each for each in rolled_back},
        protected=frozenset({"theirs"}),
    )


def ours(slot_id: str) -> bool:
    return slot_id.startswith("our_")


def test_only_this_projects_slots_are_to_be_settled_and_the_rest_of_the_past_stays() -> None:
    past = history(left_open("our_a"), left_open("theirs"), left_open("our_b", run="run_2"))
    found = settleable(past, ours)
    assert list(found.open_changes) == ["our_a", "our_b"]
    assert found.protected == past.protected


def test_what_was_rolled_back_counts_beside_this_projects_changes_of_the_same_run() -> None:
    """Another team's change that stays open for good keeps the ledger from forgetting any."""
    back = (left_open("our_b"), left_open("our_c", run="run_0"), left_open("theirs_too"))
    past = history(left_open("our_a"), left_open("theirs", run="run_0"), rolled_back=back)
    assert list(settleable(past, ours).rolled_back) == ["our_b"]


def test_what_is_to_be_settled_takes_a_sentence_for_each_run() -> None:
    past = history(left_open("our_a"), left_open("our_b"), left_open("our_c", run="run_2"))
    assert to_settle(past, ours) == (
        "Run run_1 left open its change of our_a, our_b; the next apply settles it first.",
        "Run run_2 left open its change of our_c; the next apply settles it first.",
    )
    assert to_settle(history(left_open("theirs")), ours) == ()


def test_of_thousands_that_are_left_to_a_person_a_few_are_named() -> None:
    past = history(*(left_open(f"their_{number:04}") for number in range(5000)))
    (told,) = left_to_a_person(past, ours, found=lambda _: "which is not live")
    assert "left open its change of their_0000, " in told
    assert "and 4988 more, which is not live. No slot file declares it" in told


BEFORE, AFTER = content(type="before").canonical(), content(type="after").canonical()
OTHER = content(type="other").canonical()


@pytest.mark.parametrize(
    ("before", "after", "live", "told"),
    [
        (BEFORE, AFTER, AFTER, "which is live as that change made it"),
        (BEFORE, AFTER, BEFORE, "which is live as it was before"),
        (BEFORE, AFTER, OTHER, "which is live with other content than before or after it"),
        (None, AFTER, OTHER, "which is live with other content than before or after it"),
        (BEFORE, None, None, "which is not live any more"),
        (None, AFTER, None, "which is not live"),
        (BEFORE, AFTER, None, "which is not live"),
    ],
)
def test_what_is_live_is_reported_by_the_change(
    before: CanonicalSlot | None, after: CanonicalSlot | None, live: CanonicalSlot | None, told: str
) -> None:
    assert found_live(before=before, after=after, live=live) == told
