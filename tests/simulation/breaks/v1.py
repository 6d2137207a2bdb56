"""Breaks that only version 1 can show: of its adapter, of the live graph, and without a bot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import reconciler.engine.rollback
import reconciler.operations.apply as operation
import reconciler.planning.planner
from reconciler.adapters.cognigy import transport
from reconciler.adapters.cognigy.v1 import tenant as v1
from reconciler.engine.policy import RunPolicy
from reconciler.engine.write import Write
from reconciler.model.change import Action, Change
from reconciler.model.gate import Measurement
from reconciler.operations.run_policy import require_measurable
from reconciler.planning.order import Order
from reconciler.ports import Sighting, Tenant
from tests.simulation.breaks.patching import Break, CanShow, Patch

ordered = reconciler.planning.planner._ordered


def deletions_come_first(patch: Patch) -> None:
    def first(order: Order) -> tuple[Change, ...]:
        return tuple(sorted(ordered(order), key=lambda each: each.action is not Action.DELETE))

    patch.setattr("reconciler.planning.planner._ordered", first)


def deletions_come_in_the_order_of_creations(patch: Patch) -> None:
    def turned(order: Order) -> tuple[Change, ...]:
        changes = ordered(order)
        deletions = [each for each in changes if each.action is Action.DELETE]
        return (*(each for each in changes if each not in deletions), *reversed(deletions))

    patch.setattr("reconciler.planning.planner._ordered", turned)


def the_token_takes_no_place(patch: Patch) -> None:
    limited = transport._LimitedTransport.handle_request

    def handle(self: Any, request: Any) -> Any:
        if request.url.path == "/oauth/token":
            return self._inner.handle_request(request)
        return limited(self, request)

    patch.setattr(transport._LimitedTransport, "handle_request", handle)


def writes_have_no_condition(patch: Patch) -> None:
    patch.setattr(v1, "precondition", lambda _replaces, *, has_etags: None)


def the_listing_of_the_plan_is_the_last_look(patch: Patch) -> None:
    def as_planned(self: Any, slot_ids: Sequence[str], **_rest: Any) -> Sighting:
        listed = {each: self._listed.get(each) for each in slot_ids}
        return Sighting(at=self._clock.monotonic(), slots=listed)

    patch.setattr(v1.CognigyTenant, "read_ahead", as_planned)


def a_rollback_sends_nothing_where_a_read_shows_the_former_slot(patch: Patch) -> None:
    roll_back = reconciler.engine.rollback._Restoring._carry_out

    def unless_it_shows(self: Any, write: Write) -> Write:
        if write.former == write.expected:
            return write
        return roll_back(self, write)

    patch.setattr(reconciler.engine.rollback._Restoring, "_carry_out", unless_it_shows)


def the_stored_slot_is_ignored(patch: Patch) -> None:
    patch.setattr(v1, "stored_slot", lambda _answer, **_rest: None)


def an_attempt_with_a_lost_response_counts_as_trained(patch: Patch) -> None:
    patch.setattr(v1, "_UNTRAINABLE", None)


def garbage_is_a_perfect_rate(patch: Patch) -> None:
    patch.setattr(v1, "parse_measurement", lambda _body, *, about: Measurement(success_rate=1.0))


def a_plan_needs_no_bot(patch: Patch) -> None:
    patch.setattr(operation, "require_measurable", lambda _policy, _changes, _tenant: None)


def recovery_needs_no_bot(patch: Patch) -> None:
    def of_a_plan(policy: RunPolicy, changes: Iterable[Any], tenant: Tenant) -> None:
        if isinstance(changes, tuple):
            require_measurable(policy, changes, tenant)

    patch.setattr(operation, "require_measurable", of_a_plan)


BREAKS: dict[Break, int] = {
    deletions_come_first: 1,
    deletions_come_in_the_order_of_creations: 1,
    the_token_takes_no_place: 3,
    writes_have_no_condition: 4,
    the_listing_of_the_plan_is_the_last_look: 4,
    a_rollback_sends_nothing_where_a_read_shows_the_former_slot: 5,
    the_stored_slot_is_ignored: 5,
    an_attempt_with_a_lost_response_counts_as_trained: 5,
    garbage_is_a_perfect_rate: 5,
    a_plan_needs_no_bot: 9,
    recovery_needs_no_bot: 9,
}

CAN_SHOW: dict[Break, CanShow] = {
    writes_have_no_condition: lambda seed: seed.others_odds > 0.0,
    the_stored_slot_is_ignored: lambda seed: seed.features.normalizes,
    a_plan_needs_no_bot: lambda seed: seed.bot is None,
    recovery_needs_no_bot: lambda seed: seed.bot is None,
}
