"""Invariant 10: a second Ctrl-C stops a run at once, and it reports what the ledger knows.

Nothing is sent and nothing recorded after it, which the fuse sees. What is open by the ledger is
reported as open, and nothing else is; a run that has recorded nothing reports nothing. That the
next run settles it is a part of invariant 7.
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
    """After a run that a second Ctrl-C has stopped; `still_open` are slots, by the ledger.

    `report` is None where it ended before there was anything to report. Raises Violation.
    """
    if report is None:
        if has_recorded:
            raise Violation(
                10, "a run that was stopped has recorded something, and reports nothing"
            )
        return
    if not report.interrupted:
        raise Violation(10, f"a run that was stopped reports exit code {report.exit_code}")
    for each in report.outcomes:
        if LEFT_OPEN in each.message and each.slot_id not in still_open:
            raise Violation(10, f"{each.slot_id} is reported as open, and is not")
    failed = {each.slot_id for each in report.outcomes if each.status in NOT_ENDED}
    for slot_id in sorted(still_open - failed):
        raise Violation(10, f"{slot_id} is open, and is not reported so")
    if bool(still_open) != (report.error is not None):
        raise Violation(10, f"open are {sorted(still_open)}, and the error is {report.error}")
