"""The JSON of `doctor`, which is never parsed.

{"ok": true, "api": "cognigy-v2",
 "checks": [{"name": "…", "status": "ok" | "warning" | "failed", "detail": "…", "hint": "…"}]}
"""

from __future__ import annotations

from reconciler.errors import ReconcilerError
from reconciler.formats.failure import failure_object, failure_of
from reconciler.formats.printing import printed
from reconciler.model.check import Examination


def doctor_json(examination: Examination) -> str:
    """Every check, with `hint` "" where there is nothing to do."""
    return printed({"ok": examination.ok, **examination.model_dump(mode="json")})


def failed_doctor_json(error: ReconcilerError) -> str:
    """An examination that did not come to its end."""
    return printed({"ok": False, "error": failure_object(failure_of(error))})
