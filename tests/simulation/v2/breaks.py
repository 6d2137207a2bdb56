"""Mistakes over version 2 that the invariants must find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.adapters.cognigy.v2.calls import Calls
from reconciler.adapters.cognigy.v2.tenant import CognigyProject
from reconciler.adapters.cognigy.v2.training import Training
from reconciler.engine import rollback
from reconciler.engine.write import Write
from reconciler.errors import OutcomeUnknownError
from tests.simulation.breaks import consent, endings, hands, ledger, order, stream, verdicts
from tests.simulation.breaks.patching import Break, Patch
from tests.simulation.v2.scenario import Scenario


def a_lost_answer_is_asked_for_again(patch: Patch) -> None:
    send = Calls.send

    def send_again(self: Any, *request: Any, **rest: Any) -> Any:
        try:
            return send(self, *request, **rest)
        except OutcomeUnknownError:
            return send(self, *request, **rest)

    patch.setattr(Calls, "send", send_again)


def a_training_is_not_waited_for(patch: Patch) -> None:
    def start(self: Any, flow: Any, locale: Any) -> None:
        self._start(flow, locale, about="Training")

    patch.setattr(Training, "_train", start)


def one_locale_is_trained(patch: Patch) -> None:
    def train(self: Any, flow: Any) -> None:
        self._train(flow, self._directory.locales[0])

    patch.setattr(Training, "train", train)


def a_measurement_is_remembered_for_good(patch: Patch) -> None:
    patch.setattr(CognigyProject, "_forget_measurements", lambda _self: None)


def a_creation_that_is_gone_cannot_be_trained(patch: Patch) -> None:
    def as_it_is(back: Write, *, undone: Write) -> Write:
        assert undone
        return back

    patch.setattr(rollback, "_trainable", as_it_is)


BREAKS: dict[Break, int] = {
    a_creation_that_is_gone_cannot_be_trained: 0,
    a_lost_answer_is_asked_for_again: 1,
    order.a_run_continues_after_a_rejection: 2,
    order.dependents_of_a_skipped_change_are_made: 2,
    order.a_minute_is_shorter: 3,
    hands.live_is_not_compared_with_the_plan: 4,
    hands.a_rollback_does_not_look: 4,
    a_training_is_not_waited_for: 5,
    one_locale_is_trained: 5,
    a_measurement_is_remembered_for_good: 5,
    verdicts.recovery_does_not_train: 5,
    verdicts.recovery_judges_nothing: 5,
    verdicts.a_rollback_restores_nothing: 5,
    ledger.the_intention_is_recorded_late: 6,
    ledger.a_torn_line_is_continued: 6,
    endings.open_changes_are_never_recovered: 7,
    endings.deletions_are_left_out: 7,
    stream.the_end_of_a_change_is_announced_twice: 8,
    consent.the_plan_is_not_confirmed: 9,
}
"""Each with the number of the invariant that it breaks; 0 is a bug in reconciler."""

NEEDS: dict[Break, Callable[[Scenario], bool]] = {
    a_lost_answer_is_asked_for_again: lambda seed: not seed.features.unique_names,
    hands.live_is_not_compared_with_the_plan: lambda seed: seed.others_odds > 0.0,
    hands.a_rollback_does_not_look: lambda seed: seed.others_odds > 0.0,
    one_locale_is_trained: lambda seed: seed.locales > 1,
}
"""The seeds that can show a break at all."""
