"""The JSON of `explain`, which is never parsed."""

from __future__ import annotations

from typing import Any

from reconciler.formats.printing import printed
from reconciler.model.effect import Witness
from reconciler.model.explanation import (
    NamedSlot,
    NotTried,
    Shared,
    SlotComparison,
    SlotExplanation,
    TextExplanation,
)


def text_explanation_json(found: TextExplanation) -> str:
    """What a slot does with a text."""
    return printed(
        {
            **_named(found.slot),
            "fill_strategy": found.strategy.name or None,
            "text": found.text,
            "takes": None if found.undetermined is not None else found.is_taken,
            "value": found.value,
            "pattern": found.pattern,
            "patterns": [each.model_dump(mode="json") for each in found.patterns],
            "part": found.part,
            "nearest": found.nearest,
            "other_engine": found.other_reading.model_dump(mode="json")
            if found.other_reading
            else None,
            "others": [
                {**_named(each.slot), "value": each.value, "pattern": each.pattern}
                for each in found.others
            ],
            "not_tried": _not_tried(found.not_tried),
            "undetermined": found.undetermined,
        }
    )


def slot_explanation_json(found: SlotExplanation) -> str:
    """What a slot takes."""
    return printed(
        {
            **_named(found.slot),
            "fill_strategy": found.strategy.name or None,
            "takes": [each.model_dump(mode="json") for each in found.kinds],
            "is_all": found.is_all,
            "patterns": [each.model_dump(mode="json") for each in found.patterns],
            "rejects": list(found.rejects),
            "in_longer_texts": found.longer.model_dump(mode="json") if found.longer else None,
            "overlaps": [_shared(each) for each in found.overlaps],
            "disjoint": found.disjoint,
            "not_compared": _not_tried(found.not_compared),
            "undetermined": found.undetermined,
        }
    )


def slot_comparison_json(found: SlotComparison) -> str:
    """What two slots take. The verdict is about the second one, compared with the first."""
    effect = found.effect
    return printed(
        {
            "slots": [_named(found.first), _named(found.second)],
            "verdict": effect.verdict.value,
            "only_first": [_witness(each) for each in effect.no_longer_takes],
            "only_second": [_witness(each) for each in effect.newly_takes],
            "both": None
            if found.both is None
            else {
                "text": found.both.text,
                "patterns": [found.both.own_pattern, found.both.pattern],
                "own_example": found.both.own_example,
            },
            "undetermined": effect.undetermined,
            "both_undetermined": found.undetermined,
        }
    )


def _named(slot: NamedSlot) -> dict[str, Any]:
    return {"slot_id": slot.slot_id, "name": slot.name}


def _not_tried(slots: tuple[NotTried, ...]) -> list[dict[str, Any]]:
    return [{**_named(each.slot), "reason": each.reason} for each in slots]


def _shared(shared: Shared) -> dict[str, Any]:
    return {
        **_named(shared.slot),
        "text": shared.text,
        "pattern": shared.pattern,
        "own_pattern": shared.own_pattern,
        "own_example": shared.own_example,
    }


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "text": witness.text,
        "all_of": witness.all_of,
        "value": witness.before if witness.before is not None else witness.after,
        "own_example": witness.own_example,
        "engine": witness.engine,
        "by_model": witness.by_model,
    }
