from __future__ import annotations

from reconciler.model.review import Review, SafetyChange, SafetyEffect


def test_the_changes_that_weaken_safety_keep_their_order() -> None:
    safety = tuple(
        SafetyChange(slot_id=None, field=field, before=1, after=2, effect=effect)
        for field, effect in (
            ("b", SafetyEffect.WEAKENS),
            ("c", SafetyEffect.STRENGTHENS),
            ("d", SafetyEffect.NEITHER),
            ("a", SafetyEffect.WEAKENS),
        )
    )
    assert [each.field for each in Review(compared=True, safety=safety).weakening] == ["b", "a"]
    assert Review(compared=False).weakening == ()
