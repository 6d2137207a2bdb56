"""The outcome of a write is always determined, whatever happens to the response."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

from reconciler.engine.write import Write, carry_out, pause_after
from reconciler.errors import ConflictError, ForeignEditError, UnavailableError
from reconciler.model.content import SlotContent
from reconciler.model.event import WriteInDoubt, WriteRepeated
from reconciler.model.settings import Limits
from reconciler.model.slot import LiveSlot
from reconciler.ports import Ports, Sighting
from tests.support.build import content, live
from tests.support.clock import VirtualClock
from tests.support.faults import (
    Answer,
    answered,
    answered_text,
    lost_after,
    lost_before,
    meanwhile,
    stored_then,
)
from tests.support.recorder import Recorder
from tests.support.unused import unused
from tests.support.world import COLOUR, FRUIT, World, desired_slot, document

MakeWorld = Callable[..., World]
BAD = document(FRUIT, patterns=["^apple$"])


@pytest.mark.parametrize("status", [408, 502, 503, 504])
def test_a_stored_write_whose_response_is_an_error_is_still_judged(
    world: MakeWorld, status: int
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, stored_then(status))
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.writes) == 1
    assert bot.in_sync(desired_slot(FRUIT))


def test_a_stored_write_whose_response_is_lost_is_still_judged(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, lost_after)
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.writes) == 1


def stored_untrained(bot: World, slot_id: str) -> Callable[..., httpx.Response]:
    """The tenant stores the slot, but its retraining fails."""

    def act(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        bot.sandbox._store.put(desired_document(slot_id))
        return httpx.Response(500, json={"error": "retraining failed"})

    return act


def desired_document(slot_id: str) -> dict[str, Any]:
    return document(slot_id, patterns=["^never$"])


def test_a_write_without_training_is_repeated_until_a_response_confirms_the_training(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, stored_untrained(bot, FRUIT))
    bot.inject("PUT", FRUIT, lost_before)  # so that a read shows only the first attempt's slot
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}  # the old model would have passed it
    assert bot.outcome(FRUIT).success_rate == 0.0


@pytest.mark.parametrize("act", [lost_before, answered(408), answered(500), answered(503)])
def test_a_write_that_was_not_stored_is_sent_again(
    world: MakeWorld, act: Callable[..., object]
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, act, times=2)  # type: ignore[arg-type]  # parametrized
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.observer.of(WriteRepeated)) == 2
    assert bot.in_sync(desired_slot(FRUIT))


@pytest.mark.parametrize(
    "act",
    [
        answered_text("<html>login</html>"),
        answered_text('{"slotId": '),
        answered(200, None),
        answered(200, document("slot_another")),
        answered(202, {}),
    ],
    ids=["a login page", "half a body", "null", "another slot", "accepted, perhaps"],
)
def test_a_success_that_is_not_from_the_api_is_read_back(
    world: MakeWorld, act: Callable[..., object]
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, act)  # type: ignore[arg-type]  # parametrized
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len([r for r in bot.transport.sent if r.method == "PUT"]) == 2
    assert bot.in_sync(desired_slot(FRUIT))


def test_a_deletion_that_a_login_page_has_answered_is_read_back(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("DELETE", FRUIT, answered_text("<html>login</html>"))
    bot.apply(desired_slot(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.live(FRUIT) == {}


def test_a_write_that_never_succeeds_is_given_up_after_max_attempts(world: MakeWorld) -> None:
    bot = world(live=[BAD], limits=Limits(max_attempts=3))
    bot.inject("PUT", FRUIT, answered(503), times=99)
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    message = bot.outcome(FRUIT).message
    assert "could not be written in 3 attempts. " in message
    assert "503" in message
    assert len([r for r in bot.transport.sent if r.method == "PUT"]) == 3
    assert bot.live(FRUIT) == BAD
    assert not bot.history.open_changes


def test_a_write_that_is_refused_at_once_is_not_read_back(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, answered(400))
    begun = bot.clock.monotonic()
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    assert bot.clock.monotonic() == begun  # nothing was in doubt, so no read may lag
    assert bot.transport.sent[-1].method == "PUT"


def test_foreign_content_is_left_alone_and_all_three_forms_are_reported(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject(
        "PUT",
        FRUIT,
        meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"]), answered(503)),
    )
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    message = bot.outcome(FRUIT).message
    assert all(pattern in message for pattern in ("^theirs$", '["^apple$"]', "^pear$"))
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]
    assert bot.writes == []
    assert bot.report.exit_code == 1


def test_if_the_read_back_fails_too_the_run_stops_and_leaves_the_change_open(
    world: MakeWorld,
) -> None:
    bot = world(live=[BAD], limits=Limits(max_attempts=2))

    def tenant_goes_down() -> None:
        bot.inject("GET", FRUIT, answered(503), times=99)
        bot.inject("GET", "/slots", answered(503), times=99)

    bot.inject("PUT", FRUIT, meanwhile(tenant_goes_down, lost_after))
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR, after=[FRUIT]))
    assert bot.statuses == {FRUIT: "failed", COLOUR: "skipped"}
    assert bot.report.exit_code == 1
    assert set(bot.history.open_changes) == {FRUIT}
    assert "open" in bot.outcome(FRUIT).message


def test_an_edit_between_the_check_and_the_write_is_refused_by_its_etag(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"])))
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]


def test_an_etag_that_changed_because_of_an_unmodelled_field_is_not_a_conflict(
    world: MakeWorld,
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.sandbox.edit(FRUIT, viewedBy="someone")))
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.in_sync(desired_slot(FRUIT))


def test_a_retraining_that_fails_once_is_requested_again(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, stored_then(500))
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.writes) == 2


def test_a_retraining_that_keeps_failing_is_rolled_back_with_the_tenants_reason(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], limits=Limits(max_attempts=3))
    bot.inject("PUT", FRUIT, stored_then(500), times=3)
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert "The retraining failed 3 times" in bot.outcome(FRUIT).message
    assert "so it says" in bot.outcome(FRUIT).message
    assert bot.report.exit_code == 3
    assert bot.live(FRUIT) == document(FRUIT)
    assert set(bot.history.rejected)


@pytest.mark.parametrize(
    "act", [answered(429, headers={"Retry-After": "999"}), answered(403), answered(404)]
)
def test_a_stored_change_whose_training_cannot_be_requested_again_stays_open(
    world: MakeWorld, act: Callable[..., httpx.Response]
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, stored_untrained(bot, FRUIT))
    bot.inject("PUT", FRUIT, act)
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "failed"}
    assert "its retraining failed" in bot.outcome(FRUIT).message
    assert set(bot.history.open_changes) == {FRUIT}
    bot.clock.advance(1000)
    bot.apply(desired_slot(FRUIT, "^never$"), retry=False)
    assert bot.report.outcomes[0].recovered
    assert bot.live(FRUIT) == BAD


def test_a_stored_change_is_rolled_back_if_requesting_its_training_again_is_refused(
    world: MakeWorld,
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, stored_untrained(bot, FRUIT))
    bot.inject("PUT", FRUIT, answered(400, {"error": "too complex"}))
    bot.apply(desired_slot(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert "too complex" in bot.outcome(FRUIT).message
    assert bot.live(FRUIT) == BAD
    assert bot.report.exit_code == 3


def test_a_deletion_whose_response_is_lost_is_found_to_be_done(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("DELETE", FRUIT, lost_after)
    bot.apply(desired_slot(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.writes) == 1


def test_a_deletion_that_did_not_reach_the_tenant_is_sent_again(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("DELETE", FRUIT, lost_before)
    bot.apply(desired_slot(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.live(FRUIT) == {}


def test_if_the_tenant_cannot_delete_the_deletion_fails_with_that_reason(world: MakeWorld) -> None:
    for status in (404, 405):
        bot = world(live=[document(FRUIT)], delete=False, absent_route_status=status)
        bot.apply(desired_slot(FRUIT, absent=True))
        assert bot.statuses == {FRUIT: "failed"}
        assert bot.report.exit_code == 1
        assert bot.live(FRUIT)


# Revisions that are refused


class Conflicts:
    """A tenant that has the slot `live`, and refuses the first `refusals` writes because of
    their revision."""

    def __init__(self, clock: VirtualClock, *, live: LiveSlot | None, refusals: int) -> None:
        self.live = live
        self.replaced: list[LiveSlot | None] = []
        self._clock = clock
        self._refusals = refusals

    def store(
        self, slot_id: str, content: SlotContent, *, train: bool, replaces: LiveSlot | None
    ) -> LiveSlot | None:
        self.replaced.append(replaces)
        if len(self.replaced) <= self._refusals:
            raise ConflictError(f"{slot_id} is another one by now.")
        self.live = LiveSlot(slot_id=slot_id, content=content, revision='"new"')
        return self.live

    def read_ahead(self, slot_ids: Sequence[str], *, expected_absent: Collection[str]) -> Sighting:
        return Sighting(at=self._clock.monotonic(), slots={slot_ids[0]: self.live})

    def await_turn(self) -> None:
        """There is no rate limit."""


BEFORE = replace(live("a"), revision='"1"')
AFTER = content("a", name="new")


def conflicting(
    found: LiveSlot | None,
    *,
    before: LiveSlot | None = BEFORE,
    refusals: int = 1,
    train: bool = True,
) -> tuple[Conflicts, Recorder, SlotContent | None]:
    """Write `AFTER` over `before`, when the tenant has `found` instead."""
    clock, recorder = VirtualClock(), Recorder()
    tenant = Conflicts(clock, live=found, refusals=refusals)
    port: Any = tenant
    answered = carry_out(
        Write("a", before=before, after=AFTER, train=train),
        ports=Ports(
            tenant=port, ledger=unused(), notifier=unused(), clock=clock, observer=recorder
        ),
        max_attempts=3,
    )
    return tenant, recorder, answered


def test_the_next_attempt_uses_a_new_revision_of_the_same_content() -> None:
    renewed = replace(BEFORE, revision='"2"')
    tenant, recorder, stored = conflicting(renewed)
    assert tenant.replaced == [BEFORE, renewed]
    assert recorder.warnings == []
    assert stored == AFTER


def test_the_same_slot_stored_by_someone_else_is_sent_again_because_it_may_be_untrained() -> None:
    same = replace(live("a", name="new"), revision='"2"')
    tenant, _, stored = conflicting(same)
    assert tenant.replaced == [BEFORE, same]
    assert stored == AFTER
    untrained, _, _ = conflicting(same, train=False)
    assert untrained.replaced == [BEFORE]


def test_a_slot_that_no_longer_has_a_revision_is_replaced_without_a_warning() -> None:
    bare = replace(BEFORE, revision=None)
    tenant, recorder, _ = conflicting(bare)
    assert tenant.replaced == [BEFORE, bare]
    assert recorder.warnings == []


def test_a_refused_revision_that_is_still_current_is_left_out_with_a_warning() -> None:
    tenant, recorder, _ = conflicting(BEFORE)
    bare = replace(BEFORE, revision=None)
    assert tenant.replaced == [BEFORE, bare]
    (warning,) = recorder.warnings
    assert 'refused the revision "1" of a' in warning


@pytest.mark.parametrize(
    "found",
    [
        None,
        live("a", name="theirs"),
        replace(live("a", name="theirs"), revision='"1"'),
    ],
)
def test_other_content_is_a_foreign_edit_whatever_its_revision(found: LiveSlot | None) -> None:
    with pytest.raises(ForeignEditError):
        conflicting(found)


def test_a_slot_that_appears_before_its_creation_is_a_foreign_edit() -> None:
    with pytest.raises(ForeignEditError):
        conflicting(BEFORE, before=None)


def test_a_creation_that_is_refused_although_the_slot_is_absent_is_retried() -> None:
    tenant, recorder, stored = conflicting(None, before=None)
    assert tenant.replaced == [None, None]
    assert recorder.warnings == []
    assert stored == AFTER


def test_a_write_that_was_refused_only_for_its_revision_was_not_stored() -> None:
    with pytest.raises(UnavailableError, match="could not be written in 3 attempts"):
        conflicting(BEFORE, refusals=99)


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 1.0), (2, 2.0), (3, 4.0), (5, 16.0), (6, 30.0), (9, 30.0)]
)
def test_pauses_between_attempts_double_up_to_half_a_minute(attempt: int, seconds: float) -> None:
    clock, recorder = VirtualClock(), Recorder()
    clock.advance(100.0)
    ports = Ports(
        tenant=unused(), ledger=unused(), notifier=unused(), clock=clock, observer=recorder
    )
    pause_after(attempt, slot_id="a", error=UnavailableError("It is down."), ports=ports)
    assert clock.monotonic() == 100.0 + seconds
    assert recorder.heard == [
        WriteInDoubt(slot_id="a", reason="It is down.", seconds=seconds, until=clock.monotonic())
    ]
