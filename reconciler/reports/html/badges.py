"""How a result is marked: by a colour, a sign and a word, so that none of them is needed alone."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.bake import BakeResult
from reconciler.model.change import Action
from reconciler.model.gate import VerdictResult
from reconciler.model.outcome import Status
from reconciler.reports.graph import Mark


@dataclass(frozen=True)
class Badge:
    """`kind` is a class of the style sheet, and one of good, warn, bad, gone, muted."""

    kind: str
    sign: str
    word: str


OF_ACTION = {
    Action.CREATE: Badge("good", "+", "create"),
    Action.UPDATE: Badge("warn", "~", "update"),
    Action.DELETE: Badge("bad", "−", "delete"),  # noqa: RUF001 - as wide as a plus
}
OF_MARK = {
    Mark.UNCHANGED: Badge("muted", "", "unchanged"),
    Mark.CREATE: Badge("good", "+", "created"),
    Mark.UPDATE: Badge("warn", "~", "updated"),
    Mark.DELETE: Badge("bad", "−", "deleted"),  # noqa: RUF001 - as wide as a plus
    Mark.OUTSIDE: Badge("gone", "", "not in any file"),
}
OF_STATUS = {
    Status.VERIFIED: Badge("good", "✓", "verified"),
    Status.UNJUDGED: Badge("warn", "–", "unjudged"),  # noqa: RUF001 - nothing was judged
    Status.INCONCLUSIVE: Badge("warn", "?", "inconclusive"),
    Status.ROLLED_BACK: Badge("bad", "↩", "rolled back"),
    Status.ROLLBACK_FAILED: Badge("bad", "!", "rollback failed"),
    Status.FAILED: Badge("bad", "✕", "failed"),
    Status.SKIPPED: Badge("gone", "»", "skipped"),
}
OF_VERDICT = {
    VerdictResult.PASSED: Badge("good", "✓", "passed"),
    VerdictResult.FAILED: Badge("bad", "✕", "failed"),
    VerdictResult.INCONCLUSIVE: Badge("warn", "?", "inconclusive"),
}
OF_BAKE = {
    BakeResult.PASSED: Badge("good", "✓", "passed"),
    BakeResult.FAILED: Badge("bad", "✕", "failed"),
    BakeResult.ON_PROBATION: Badge("warn", "…", "on probation"),
}
