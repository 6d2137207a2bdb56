"""The rules for patterns, and what patterns extract.

    pattern ── tokens ── parsing ──> tree (syntax) ── program ──┬── catastrophe ──> an attack
                 │                                              └── inclusion ──> a shadow
              dialects                    matching ──> an extraction, within its time limit

Questions about a pattern are answered by its automaton, so no pattern can hang them; only
`matching` runs one, and only it knows `regex`.
"""

from __future__ import annotations

from reconciler.planning.patterns.faults import (
    CATASTROPHIC,
    MAX_PATTERN_LENGTH,
    PatternFault,
    faults,
)
from reconciler.planning.patterns.matching import (
    MATCH_SECONDS,
    MAX_TIMEOUTS,
    Extraction,
    Extractor,
    PatternTimeoutError,
    extract,
    ignores_case,
)
from reconciler.planning.patterns.required import required_text
from reconciler.planning.patterns.shadow import shadows
from reconciler.planning.patterns.unintended import unintended

__all__ = [
    "CATASTROPHIC",
    "MATCH_SECONDS",
    "MAX_PATTERN_LENGTH",
    "MAX_TIMEOUTS",
    "Extraction",
    "Extractor",
    "PatternFault",
    "PatternTimeoutError",
    "extract",
    "faults",
    "ignores_case",
    "required_text",
    "shadows",
    "unintended",
]
