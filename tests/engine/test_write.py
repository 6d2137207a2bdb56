"""A write whose outcome is always found out, whatever becomes of the answer."""

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
from tests.support.world import COLOUR, FRUIT, World, document, wanted

MakeWorld = Callable[..., World]
BAD = document(FRUIT, patterns=["^apple$"])


@pytest.mark.parametrize("status", [408, 502, 503, 504])
def test_a_stored_write_whose_answer_is_an_error_goes_on_to_the_gate(
    world: MakeWorld, status: int
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, stored_then(status))
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.writes) == 1
    assert bot.in_sync(wanted(FRUIT))


def test_a_stored_write_whose_answer_is_lost_goes_on_to_the_gate(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, lost_after)
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.writes) == 1


def stored_untrained(bot: World, slot_id: str) -> Callable[..., httpx.Response]:
    """The tenant stores the slot, and its retraining fails."""

    def act(_request: httpx.Request, _answer: Answer) -> httpx.Response:
        bot.sandbox._store.put(wanted_document(slot_id))
        return httpx.Response(500, json={"error": "retraining failed"})

    return act


def wanted_document(slot_id: str) -> dict[str, Any]:
    return document(slot_id, patterns=["^never$"])


def test_what_could_not_be_trained_is_sent_again_until_an_answer_says_that_it_is(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, stored_untrained(bot, FRUIT))
    bot.inject("PUT", FRUIT, lost_before)  # so that only the first attempt's slot is read back
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}  # the old model would have passed it
    assert bot.outcome(FRUIT).success_rate == 0.0


@pytest.mark.parametrize("act", [lost_before, answered(408), answered(500), answered(503)])
def test_a_write_that_was_not_stored_is_sent_again(
    world: MakeWorld, act: Callable[..., object]
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, act, times=2)  # type: ignore[arg-type]  # parametrized
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.observer.of(WriteRepeated)) == 2
    assert bot.in_sync(wanted(FRUIT))


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
def test_a_success_that_is_not_the_apis_is_read_back(
    world: MakeWorld, act: Callable[..., object]
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, act)  # type: ignore[arg-type]  # parametrized
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len([r for r in bot.transport.sent if r.method == "PUT"]) == 2
    assert bot.in_sync(wanted(FRUIT))


def test_a_deletion_that_only_a_login_page_has_answered_is_read_back(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("DELETE", FRUIT, answered_text("<html>login</html>"))
    bot.apply(wanted(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.live(FRUIT) == {}


def test_it_gives_up_after_max_attempts_and_nothing_is_stored(world: MakeWorld) -> None:
    bot = world(live=[BAD], limits=Limits(max_attempts=3))
    bot.inject("PUT", FRUIT, answered(503), times=99)
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    assert "could not be written in 3 attempts" in bot.outcome(FRUIT).message
    assert len([r for r in bot.transport.sent if r.method == "PUT"]) == 3
    assert bot.live(FRUIT) == BAD
    assert not bot.history.open_changes


def test_a_third_content_is_left_alone_and_all_three_are_reported(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject(
        "PUT",
        FRUIT,
        meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"]), answered(503)),
    )
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    message = bot.outcome(FRUIT).message
    assert all(pattern in message for pattern in ("^theirs$", '["^apple$"]', "^pear$"))
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]
    assert bot.writes == []
    assert bot.report.exit_code == 1


def test_where_the_read_back_fails_too_it_stops_and_leaves_the_change_open(
    world: MakeWorld,
) -> None:
    bot = world(live=[BAD], limits=Limits(max_attempts=2))

    def tenant_goes_down() -> None:
        bot.inject("GET", FRUIT, answered(503), times=99)
        bot.inject("GET", "/slots", answered(503), times=99)

    bot.inject("PUT", FRUIT, meanwhile(tenant_goes_down, lost_after))
    bot.apply(wanted(FRUIT), wanted(COLOUR, after=[FRUIT]))
    assert bot.statuses == {FRUIT: "failed", COLOUR: "skipped"}
    assert bot.report.exit_code == 1
    assert set(bot.history.open_changes) == {FRUIT}
    assert "open" in bot.outcome(FRUIT).message


def test_an_edit_between_the_check_and_the_write_is_refused_by_its_etag(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.sandbox.edit(FRUIT, patterns=["^theirs$"])))
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    assert bot.live(FRUIT)["patterns"] == ["^theirs$"]


def test_an_etag_that_moved_for_a_field_that_is_not_ours_is_no_conflict(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, meanwhile(lambda: bot.sandbox.edit(FRUIT, viewedBy="someone")))
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.in_sync(wanted(FRUIT))


def test_a_retraining_that_fails_once_is_asked_for_again(world: MakeWorld) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, stored_then(500))
    bot.apply(wanted(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.writes) == 2


def test_a_retraining_that_keeps_failing_is_rolled_back_with_the_tenants_words(
    world: MakeWorld,
) -> None:
    bot = world(live=[document(FRUIT)], limits=Limits(max_attempts=3))
    bot.inject("PUT", FRUIT, stored_then(500), times=3)
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert "The retraining failed 3 times" in bot.outcome(FRUIT).message
    assert "so it says" in bot.outcome(FRUIT).message
    assert bot.report.exit_code == 3
    assert bot.live(FRUIT) == document(FRUIT)
    assert set(bot.history.rejected)


@pytest.mark.parametrize(
    "act", [answered(429, headers={"Retry-After": "999"}), answered(403), answered(404)]
)
def test_what_is_stored_and_could_not_be_sent_again_for_its_training_stays_open(
    world: MakeWorld, act: Callable[..., httpx.Response]
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, stored_untrained(bot, FRUIT))
    bot.inject("PUT", FRUIT, act)
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "failed"}
    assert "its retraining failed" in bot.outcome(FRUIT).message
    assert set(bot.history.open_changes) == {FRUIT}
    bot.clock.advance(1000)
    bot.apply(wanted(FRUIT, "^never$"), retry=False)
    assert bot.report.outcomes[0].recovered
    assert bot.live(FRUIT) == BAD


def test_what_is_stored_and_refused_when_sent_again_for_its_training_is_rolled_back(
    world: MakeWorld,
) -> None:
    bot = world(live=[BAD])
    bot.inject("PUT", FRUIT, stored_untrained(bot, FRUIT))
    bot.inject("PUT", FRUIT, answered(400, {"error": "too complex"}))
    bot.apply(wanted(FRUIT, "^never$"))
    assert bot.statuses == {FRUIT: "rolled_back"}
    assert "too complex" in bot.outcome(FRUIT).message
    assert bot.live(FRUIT) == BAD
    assert bot.report.exit_code == 3


def test_a_deletion_whose_answer_is_lost_is_found_done(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("DELETE", FRUIT, lost_after)
    bot.apply(wanted(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}
    assert len(bot.writes) == 1


def test_a_deletion_that_did_not_arrive_is_sent_again(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("DELETE", FRUIT, lost_before)
    bot.apply(wanted(FRUIT, absent=True))
    assert bot.statuses == {FRUIT: "verified"}
    assert bot.live(FRUIT) == {}


def test_a_tenant_that_cannot_delete_fails_the_deletion_clearly(world: MakeWorld) -> None:
    for status in (404, 405):
        bot = world(live=[document(FRUIT)], delete=False, absent_route_status=status)
        bot.apply(wanted(FRUIT, absent=True))
        assert bot.statuses == {FRUIT: "failed"}
        assert bot.report.exit_code == 1
        assert bot.live(FRUIT)


# Revisions that are refused


class Conflicts:
    """A tenant that refuses the first of these many writes for their revision, and holds `live`."""

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
        """There is always room."""


BEFORE = replace(live("a"), revision='"1"')
AFTER = content("a", name="new")


def conflicting(
    found: LiveSlot | None, *, before: LiveSlot | None = BEFORE, refusals: int = 1
) -> tuple[Conflicts, Recorder, SlotContent | None]:
    """A write of `AFTER` over `before`, of which the tenant holds `found` by then."""
    clock, recorder = VirtualClock(), Recorder()
    tenant = Conflicts(clock, live=found, refusals=refusals)
    port: Any = tenant
    answered = carry_out(
        Write("a", before=before, after=AFTER, train=True),
        ports=Ports(
            tenant=port, ledger=unused(), notifier=unused(), clock=clock, observer=recorder
        ),
        max_attempts=3,
    )
    return tenant, recorder, answered


def test_a_new_revision_of_the_same_content_is_what_the_next_attempt_replaces() -> None:
    renewed = replace(BEFORE, revision='"2"')
    tenant, recorder, stored = conflicting(renewed)
    assert tenant.replaced == [BEFORE, renewed]
    assert recorder.warnings == []
    assert stored == AFTER


def test_a_slot_that_has_no_revision_by_now_is_replaced_without_a_warning() -> None:
    bare = replace(BEFORE, revision=None)
    tenant, recorder, _ = conflicting(bare)
    assert tenant.replaced == [BEFORE, bare]
    assert recorder.warnings == []


def test_a_revision_that_the_slot_still_has_is_left_out_with_a_warning() -> None:
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
def test_another_content_is_somebody_elses_whatever_its_revision(found: LiveSlot | None) -> None:
    with pytest.raises(ForeignEditError):
        conflicting(found)


def test_a_slot_that_appears_where_one_is_created_is_somebody_elses() -> None:
    with pytest.raises(ForeignEditError):
        conflicting(BEFORE, before=None)


def test_a_creation_that_is_refused_although_nothing_is_there_is_tried_again() -> None:
    tenant, recorder, stored = conflicting(None, before=None)
    assert tenant.replaced == [None, None]
    assert recorder.warnings == []
    assert stored == AFTER


def test_what_was_refused_for_its_revision_alone_is_not_stored() -> None:
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
