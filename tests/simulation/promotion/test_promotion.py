"""Nothing reaches production whose content has not passed in staging, whatever happens; and the
simulation can fail."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.policy import RunPolicy
from reconciler.model.ledger import Entry
from reconciler.model.plan import Plan
from reconciler.model.promotion import TrialResult
from reconciler.planning import evidence
from reconciler.planning.promotion import Promotion
from tests.simulation.promotion.story import Broken, Story

SEEDS = range(24)
FIRST_SEEDS = range(40)
Patch = pytest.MonkeyPatch


def told(seed: int, folder: Path) -> Counter[str]:
    """What happened under a seed, in a folder of its own."""
    own = folder / str(seed)
    own.mkdir()
    story = Story(seed, own)
    story.run()
    return story.happened


@pytest.mark.parametrize("seed", SEEDS)
def test_production_gets_only_what_staging_has_proven_and_gets_that_in_the_end(
    seed: int, tmp_path: Path
) -> None:
    told(seed, tmp_path)


def test_the_stories_have_everything_in_them(tmp_path: Path) -> None:
    happened: Counter[str] = Counter()
    for seed in range(12):
        happened += told(seed, tmp_path)
    assert {
        "a file is edited",
        "production: a slot is promoted",
        "production: cut off",
        "production: edited in the console",
        "staging: 3",
        "staging: cut off",
        "staging: edited in the console",
        "staging: looked at",
    } <= set(happened)


def nothing_waits(patch: Patch) -> None:
    def everything(_promotion: Promotion, plan: Plan, **_rest: Any) -> Plan:
        return plan

    patch.setattr(Promotion, "applied_to", everything)


def nothing_soaks(patch: Patch) -> None:
    patch.setattr(Promotion, "_soak", lambda _promotion, _trial: None)


def a_rejection_is_a_pass(patch: Patch) -> None:
    patch.setitem(evidence._SIMPLE, "gate_failed", TrialResult.PASSED)
    patch.setattr(evidence, "_ROLLBACKS", frozenset())


def a_change_without_a_gate_is_a_pass(patch: Patch) -> None:
    result = evidence._Fold._result

    def lenient(self: Any, entry: Entry, slot_id: str) -> TrialResult | None:
        is_unjudged = entry.data.get("unjudged") is True
        return TrialResult.PASSED if is_unjudged else result(self, entry, slot_id)

    patch.setattr(evidence._Fold, "_result", lenient)


def all_contents_are_one(patch: Patch) -> None:
    for module in ("reconciler.planning.promotion", "reconciler.planning.evidence"):
        patch.setattr(sys.modules[module], "shared_identity", lambda slot_id, _slot: slot_id)
    patch.setattr(RunPolicy, "shared_identity_of", lambda _policy, slot_id: {"shared": slot_id})


BREAKS: tuple[Callable[[Patch], None], ...] = (
    nothing_waits,
    nothing_soaks,
    a_rejection_is_a_pass,
    a_change_without_a_gate_is_a_pass,
    all_contents_are_one,
)


@pytest.mark.parametrize("break_it", BREAKS, ids=[each.__name__ for each in BREAKS])
def test_a_break_is_caught(
    break_it: Callable[[Patch], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    break_it(monkeypatch)
    assert any(_is_broken(seed, tmp_path) for seed in FIRST_SEEDS)


def _is_broken(seed: int, folder: Path) -> bool:
    try:
        told(seed, folder)
    except Broken:
        return True
    return False
