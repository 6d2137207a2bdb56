"""The value that says what a plan means."""

from __future__ import annotations

from reconciler.model.effect import Effect, Effects, Overlap, Verdict, Witness


def test_a_text_that_is_taken_on_one_side_is_not_only_found_in() -> None:
    assert not Witness(text="12345", before="1234", after="12345").in_longer_text
    assert not Witness(text="12345", before="12345", after=None).in_longer_text
    assert Witness(text="1AB-2", before=None, after="AB-2").in_longer_text


def test_a_witness_knows_whether_it_is_beyond_ascii() -> None:
    assert Witness(text="é").beyond_ascii
    assert not Witness(text="e").beyond_ascii


def test_effects_are_counted_by_verdict_and_overlaps_listed_by_slot() -> None:
    overlap = Overlap(slot_id="a", other="b", text="x", pattern="x")
    effects = Effects(
        slots={
            "a": Effect(verdict=Verdict.WIDER),
            "b": Effect(verdict=Verdict.WIDER),
            "c": Effect(verdict=Verdict.SAME),
        },
        overlaps=(overlap,),
    )
    assert effects.counted(Verdict.WIDER) == 2
    assert effects.counted(Verdict.NARROWER) == 0
    assert effects.overlaps_of("a") == (overlap,)
    assert effects.overlaps_of("b") == ()
