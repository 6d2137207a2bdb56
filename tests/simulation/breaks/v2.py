"""Breaks that only version 2 can show: of its adapter, and of trainings."""

from __future__ import annotations

from typing import Any

from reconciler.adapters.cognigy.v2.calls import Calls
from reconciler.adapters.cognigy.v2.tenant import CognigyProject
from reconciler.adapters.cognigy.v2.training import Training
from reconciler.engine import rollback
from reconciler.engine.write import Write
from reconciler.errors import OutcomeUnknownError
from tests.simulation.breaks.patching import Break, CanShow, Patch


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
    a_training_is_not_waited_for: 5,
    one_locale_is_trained: 5,
    a_measurement_is_remembered_for_good: 5,
}
"""Each with the number of the invariant that it breaks; 0 is a bug in reconciler."""

CAN_SHOW: dict[Break, CanShow] = {
    a_lost_answer_is_asked_for_again: lambda seed: not seed.features.unique_names,
    one_locale_is_trained: lambda seed: seed.features.locales > 1,
}
