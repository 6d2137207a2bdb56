"""The rules for patterns, and what patterns extract.

    pattern ── tokens ── parsing ──> tree (syntax) ── program ──┬── catastrophe ──> an attack
                 │                                              └── inclusion ──> a shadow
              dialects                    matching ──> an extraction, within its time limit

Questions about a pattern are answered by its automaton, so no pattern can hang them; only
`matching` runs one, and only it knows `regex`.
"""

from __future__ import annotations

from reconciler.planning.patterns.analysis import MAX_STEPS, Analysis
from reconciler.planning.patterns.faults import (
    CATASTROPHIC,
    MAX_ANALYSED_LENGTH,
    MAX_PATTERN_LENGTH,
    NOT_ANALYSED,
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
from reconciler.planning.patterns.unintended import unintended

__all__ = [
    "CATASTROPHIC",
    "MATCH_SECONDS",
    "MAX_ANALYSED_LENGTH",
    "MAX_PATTERN_LENGTH",
    "MAX_STEPS",
    "MAX_TIMEOUTS",
    "NOT_ANALYSED",
    "Analysis",
    "Extraction",
    "Extractor",
    "PatternFault",
    "PatternTimeoutError",
    "extract",
    "faults",
    "ignores_case",
    "required_text",
    "unintended",
]
