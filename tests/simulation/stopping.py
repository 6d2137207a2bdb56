"""Invariant 10: a second Ctrl-C stops a run at once, and its report agrees with the ledger.

Nothing is sent or recorded afterwards, which the fuse checks. The report names as open exactly the
changes that are open in the ledger; a run that has recorded nothing has no report. Invariant 7
checks that the next run recovers them.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from reconciler.model.outcome import RunReport, Status
from tests.simulation.trace import Violation

NOT_ENDED = (Status.FAILED, Status.ROLLBACK_FAILED)
LEFT_OPEN = "ledger holds it as open"


def require_true_report(
    report: RunReport | None, *, has_recorded: bool, still_open: AbstractSet[str]
) -> None:
    """Check a run that a second Ctrl-C has stopped; `still_open` are slots, by the ledger.

    `report` is None if it ended before there was anything to report. Raises Violation.
    """
    if report is None:
        if has_recorded:
            raise Violation(10, "a run that was stopped recorded something, but has no report")
        return
    if not report.interrupted:
        raise Violation(10, f"a run that was stopped reports exit code {report.exit_code}")
    for each in report.outcomes:
        if LEFT_OPEN in each.message and each.slot_id not in still_open:
            raise Violation(10, f"{each.slot_id} is reported as open, but is not")
    failed = {each.slot_id for each in report.outcomes if each.status in NOT_ENDED}
    for slot_id in sorted(still_open - failed):
        raise Violation(10, f"{slot_id} is open, but is not reported as open")
    if bool(still_open) != (report.error is not None):
        raise Violation(10, f"{sorted(still_open)} are open, but the error is {report.error}")
