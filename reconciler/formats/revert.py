"""The JSON of `revert`."""

from __future__ import annotations

from reconciler.errors import ReconcilerError, RevertRefusedError
from reconciler.formats.failure import failure_object, failure_of
from reconciler.formats.printing import printed
from reconciler.formats.reading import FORMAT_VERSION
from reconciler.model.reversal import RevertReport


def revert_json(report: RevertReport) -> str:
    """What became of the files."""
    return printed(
        {
            "format_version": FORMAT_VERSION,
            "run_id": report.run_id,
            "environment": report.environment,
            "commit": report.commit,
            "files": [
                {
                    "slot_id": each.slot_id,
                    "path": each.path,
                    "result": each.result.value,
                    "note": each.reason,
                }
                for each in report.written
            ],
            "not_reverted": [each.model_dump() for each in report.not_reverted],
            "also_in": list(report.also),
        }
    )


def failed_revert_json(error: ReconcilerError) -> str:
    """Why nothing was written, with what stands in the way."""
    obstacles = error.obstacles if isinstance(error, RevertRefusedError) else ()
    return printed(
        {
            "format_version": FORMAT_VERSION,
            "error": failure_object(failure_of(error)),
            "refused": [
                {"slot_id": each.slot_id, "reason": each.reason, **each.source.model_dump()}
                for each in obstacles
            ],
        }
    )
