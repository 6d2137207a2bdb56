"""What earlier runs left open: what this project recovers, and what it only reports."""

from __future__ import annotations

import pytest

from reconciler.model.change import Action
from reconciler.model.content import CanonicalSlot
from reconciler.model.ledger import History, OpenChange
from reconciler.planning.left_open import found_live, left_to_a_person, recoverable, to_recover
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


def test_only_this_projects_slots_are_recovered_and_the_rest_of_the_history_stays() -> None:
    past = history(left_open("our_a"), left_open("theirs"), left_open("our_b", run="run_2"))
    found = recoverable(past, ours)
    assert list(found.open_changes) == ["our_a", "our_b"]
    assert found.protected == past.protected


def test_rolled_back_changes_count_along_with_open_ones_of_the_same_run() -> None:
    """Another team's change that stays open for good keeps all of them in the history."""
    back = (left_open("our_b"), left_open("our_c", run="run_0"), left_open("theirs_too"))
    past = history(left_open("our_a"), left_open("theirs", run="run_0"), rolled_back=back)
    assert list(recoverable(past, ours).rolled_back) == ["our_b"]


def test_changes_to_recover_are_reported_in_a_sentence_for_each_run() -> None:
    past = history(left_open("our_a"), left_open("our_b"), left_open("our_c", run="run_2"))
    assert to_recover(past, ours) == (
        "Run run_1 left its change of our_a, our_b open; the next apply recovers it first.",
        "Run run_2 left its change of our_c open; the next apply recovers it first.",
    )
    assert to_recover(history(left_open("theirs")), ours) == ()


def test_only_a_few_of_thousands_left_to_a_person_are_named() -> None:
    past = history(*(left_open(f"their_{number:04}") for number in range(5000)))
    (sentence,) = left_to_a_person(past, ours, found=lambda _: "not live")
    assert "left its change of their_0000, " in sentence
    assert "and 4988 more open (not live). No slot file declares it" in sentence


BEFORE, AFTER = content(type="before").canonical(), content(type="after").canonical()
OTHER = content(type="other").canonical()


@pytest.mark.parametrize(
    ("before", "after", "live", "sentence"),
    [
        (BEFORE, AFTER, AFTER, "live as that change made it"),
        (BEFORE, AFTER, BEFORE, "live as it was before"),
        (BEFORE, AFTER, OTHER, "live with other content than before or after it"),
        (None, AFTER, OTHER, "live with other content than before or after it"),
        (BEFORE, None, None, "no longer live"),
        (None, AFTER, None, "not live"),
        (BEFORE, AFTER, None, "not live"),
    ],
)
def test_the_live_slot_is_compared_with_the_open_change(
    before: CanonicalSlot | None,
    after: CanonicalSlot | None,
    live: CanonicalSlot | None,
    sentence: str,
) -> None:
    assert found_live(before=before, after=after, live=live) == sentence
