"""Whether one pattern, tried first, leaves nothing to another."""

from __future__ import annotations

from reconciler.planning.patterns.backtracking import Effort
from reconciler.planning.patterns.inclusion import includes
from reconciler.planning.patterns.matching import finds
from reconciler.planning.patterns.parsing import parse
from reconciler.planning.patterns.required import required_text, witness


def shadows(earlier: str, later: str, *, effort: Effort) -> bool:
    """Whether `earlier` is found in every text in which `later` is; case counts.

    False where it is not known. Most pairs are told apart by one text that only `later` matches.
    `effort` grows by what the others cost.
    """
    wider, narrower = parse(earlier), parse(later)
    if wider is None or narrower is None:
        return False
    text = witness(narrower)
    if text is not None:
        if required_text(earlier) not in text.lower():
            return False
        if finds(later, text) and not finds(earlier, text):
            return False
    return includes(wider, narrower, ignore_case=False, effort=effort)
