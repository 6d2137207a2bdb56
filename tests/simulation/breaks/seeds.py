"""Seeds that show the breaks which few seeds show."""

from __future__ import annotations

from collections.abc import Mapping

from tests.simulation.breaks import (
    consent,
    endings,
    hands,
    ledger,
    stopping,
    stream,
    v1,
    v2,
    verdicts,
)
from tests.simulation.breaks.patching import Break

SHOWN_BY: Mapping[str, Mapping[Break, int]] = {
    "cognigy-v1": {
        endings.protection_is_never_lifted: 23,
        hands.a_rollback_does_not_look: 344,
        hands.unexpected_content_is_overwritten: 161,
        ledger.a_torn_line_is_continued: 26,
        v1.an_attempt_with_a_lost_response_counts_as_trained: 36,
        v1.recovery_needs_no_bot: 432,
        v1.the_listing_of_the_plan_is_the_last_look: 21,
        verdicts.an_unknown_outcome_counts_as_a_failure: 236,
        verdicts.recovery_does_not_train: 412,
    },
    "cognigy-v2": {
        consent.a_stale_plan_is_carried_out: 26,
        consent.no_gate_still_judges: 22,
        consent.the_reason_for_no_gate_is_not_recorded: 22,
        endings.protection_is_never_lifted: 29,
        hands.a_rollback_does_not_look: 364,
        hands.unexpected_content_is_overwritten: 65,
        ledger.a_torn_line_is_continued: 22,
        stopping.a_stopped_run_reports_from_memory: 43,
        stream.a_doubtful_write_is_not_announced: 22,
        v2.a_creation_that_is_gone_cannot_be_trained: 31,
        v2.a_lost_answer_is_asked_for_again: 24,
        verdicts.an_unknown_outcome_counts_as_a_failure: 71,
    },
}
"""By API. Such a seed is tried first. Once a change to the simulation keeps it from showing its
break, all others are tried, which takes longer: then name the one that is found."""
