"""What is red, yellow and green."""

from __future__ import annotations

from reconciler.model.bake import BakeResult
from reconciler.model.change import Action
from reconciler.model.gate import VerdictResult
from reconciler.model.outcome import Status

VERDICT_COLOR = {
    VerdictResult.PASSED: "green",
    VerdictResult.FAILED: "red",
    VerdictResult.INCONCLUSIVE: "yellow",
}
BAKE_COLOR = {
    BakeResult.PASSED: "green",
    BakeResult.FAILED: "red",
    BakeResult.ON_PROBATION: "yellow",
}
ACTION_COLOR = {Action.CREATE: "green", Action.UPDATE: "yellow", Action.DELETE: "red"}
STATUS_COLOR = {
    Status.VERIFIED: "green",
    Status.UNJUDGED: "yellow",
    Status.INCONCLUSIVE: "yellow",
    Status.ROLLED_BACK: "red",
    Status.ROLLBACK_FAILED: "red",
    Status.FAILED: "red",
    Status.SKIPPED: "cyan",
}
SIGN_COLOR = {"-": "red", "+": "green", " ": None}
