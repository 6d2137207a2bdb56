from __future__ import annotations

from reconciler.model.review import Effect, Review, SafetyChange


def test_what_weakens_is_told_from_the_rest_in_the_same_order() -> None:
    safety = tuple(
        SafetyChange(slot_id=None, field=field, before=1, after=2, effect=effect)
        for field, effect in (
            ("b", Effect.WEAKENS),
            ("c", Effect.STRENGTHENS),
            ("d", Effect.NEITHER),
            ("a", Effect.WEAKENS),
        )
    )
    assert [each.field for each in Review(compared=True, safety=safety).weakening] == ["b", "a"]
    assert Review(compared=False).weakening == ()
