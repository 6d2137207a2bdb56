"""The contract of `ports.Tenant`, for every implementation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from reconciler.errors import (
    ConflictError,
    NotFoundError,
    RequestRejectedError,
    TenantError,
    UnsupportedError,
)
from reconciler.model.gate import NotMeasured
from tests.contracts.subjects import V1, V2, Subject, SubjectV2
from tests.support.world import COLOUR, FRUIT


@pytest.fixture(params=[*V1, *V2])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Any tenant."""
    make: Callable[[ExitStack], Subject] = request.param
    with ExitStack() as running:
        yield make(running)


@pytest.fixture(params=V1)
def guarded(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A tenant that compares revisions, knows dependencies, and counts what users say."""
    make: Callable[[ExitStack], Subject] = request.param
    with ExitStack() as running:
        yield make(running)


@pytest.fixture(params=V2)
def subject_with_snapshots(request: pytest.FixtureRequest) -> Iterator[SubjectV2]:
    """A tenant that keeps snapshots."""
    make: Callable[[ExitStack], SubjectV2] = request.param
    with ExitStack() as running:
        yield make(running)


def test_a_new_tenant_is_empty(subject: Subject) -> None:
    assert dict(subject.tenant.list_slots()) == {}
    assert subject.tenant.read_slot(FRUIT) is None
    assert subject.tenant.read_ahead([FRUIT], expected_absent=[FRUIT]).slots[FRUIT] is None


def test_a_stored_slot_can_be_listed_and_read(subject: Subject) -> None:
    subject.put(FRUIT)
    (listed,) = subject.tenant.list_slots().values()
    ahead = subject.tenant.read_ahead([FRUIT], expected_absent=[FRUIT]).slots[FRUIT]
    for found in (listed, subject.read(FRUIT), ahead):
        assert found is not None
        assert found.slot_id == FRUIT
        assert found.canonical == subject.content(FRUIT).canonical()


def test_every_slot_is_listed(subject: Subject) -> None:
    slot_ids = [f"slot_{number}" for number in range(5)]
    for slot_id in slot_ids:
        subject.put(slot_id, "^x$", retrain=False)
    assert list(subject.tenant.list_slots()) == slot_ids


def test_a_slot_that_is_stored_again_has_its_new_content(subject: Subject) -> None:
    subject.put(COLOUR)
    subject.put(FRUIT)
    subject.put(FRUIT, "^kiwi$")
    assert subject.read(FRUIT).canonical == subject.content(FRUIT, "^kiwi$").canonical()
    assert subject.read(COLOUR).canonical == subject.content(COLOUR).canonical()


def test_what_a_store_returns_is_what_is_live(subject: Subject) -> None:
    subject.put(COLOUR)
    for slot_id, replaces in ((FRUIT, None), (COLOUR, subject.read(COLOUR))):
        content = subject.content(slot_id, "^new$")
        stored = subject.tenant.store(slot_id, content, train=False, replaces=replaces)
        assert stored is not None
        assert stored.canonical == content.canonical() == subject.read(slot_id).canonical


def test_a_slot_comes_back_from_the_ledger_as_it_was(subject: Subject) -> None:
    subject.put(FRUIT)
    live = subject.read(FRUIT)
    revived = subject.tenant.revive(json.loads(json.dumps(dict(live.raw))))
    assert (revived.slot_id, revived.content) == (FRUIT, live.content)


def test_a_former_slot_can_be_stored_again(subject: Subject) -> None:
    subject.put(FRUIT)
    before = subject.read(FRUIT)
    subject.put(FRUIT, "^worse$")
    subject.tenant.store(FRUIT, before.content, train=False, replaces=subject.read(FRUIT))
    assert subject.read(FRUIT).canonical == before.canonical


def test_a_creation_is_refused_if_the_slot_exists_by_now(subject: Subject) -> None:
    subject.put(FRUIT)
    subject.read(FRUIT)  # an ETag shows that the tenant compares revisions
    with pytest.raises(ConflictError):
        subject.tenant.store(FRUIT, subject.content(FRUIT, "^x$"), train=False, replaces=None)
    assert subject.read(FRUIT).canonical == subject.content(FRUIT).canonical()


def test_before_a_write_at_least_the_first_slot_is_read(subject: Subject) -> None:
    subject.put(FRUIT)
    for _ in range(2):  # the second time, the tenant's features are known
        ahead = subject.tenant.read_ahead([COLOUR, FRUIT], expected_absent=[COLOUR])
        assert ahead.slots[COLOUR] is None
        ahead = subject.tenant.read_ahead([FRUIT, COLOUR], expected_absent=[COLOUR])
        found = ahead.slots[FRUIT]
        assert found is not None
        assert found.canonical == subject.content(FRUIT).canonical()


def test_a_deleted_slot_is_gone(subject: Subject) -> None:
    subject.put(FRUIT)
    subject.tenant.delete(FRUIT)
    assert subject.tenant.read_slot(FRUIT) is None
    assert list(subject.tenant.list_slots()) == []


def test_a_slot_that_is_not_there_cannot_be_deleted(subject: Subject) -> None:
    subject.put(FRUIT)
    with pytest.raises(NotFoundError):
        subject.tenant.delete(COLOUR)
    assert list(subject.tenant.list_slots()) == [FRUIT]


def test_a_slot_has_a_good_rate_once_it_is_trained(subject: Subject) -> None:
    subject.put(FRUIT, "^apple$", retrain=False)
    assert not subject.rate(FRUIT)
    subject.put(FRUIT, "^apple$")
    assert subject.rate(FRUIT) == pytest.approx(0.5, abs=0.1)


def test_a_change_affects_the_metrics_only_once_it_is_trained(subject: Subject) -> None:
    subject.put(FRUIT)
    assert subject.rate(FRUIT) == 1.0
    subject.put(FRUIT, "^nothing$", retrain=False)
    assert subject.rate(FRUIT) == 1.0
    subject.put(COLOUR)
    assert subject.rate(FRUIT) == 0.0


def test_what_can_be_measured_has_no_reason_against_it(subject: Subject) -> None:
    subject.put(FRUIT)
    assert subject.tenant.reason_unmeasurable(subject.metric(FRUIT)) == ""


def test_an_introduced_slot_is_found(subject: Subject) -> None:
    subject.put(FRUIT)
    subject.tenant.introduce(FRUIT, subject.content(FRUIT))
    assert list(subject.tenant.list_slots()) == [FRUIT]


def test_nobody_needs_no_name(subject: Subject) -> None:
    assert subject.tenant.people(()) == {}


class TestWhereThereAreSnapshots:
    def test_one_is_taken_and_changes_nothing(self, subject_with_snapshots: SubjectV2) -> None:
        subject = subject_with_snapshots
        subject.put(FRUIT)
        subject.put(COLOUR, retrain=False)
        before = dict(subject.tenant.list_slots())
        for name in ("one", "two"):
            subject.take_snapshot(name)
        assert subject.snapshots[-2:] == ["one", "two"]
        assert dict(subject.tenant.list_slots()) == before

    def test_there_is_none_more_than_the_tenant_keeps(
        self, subject_with_snapshots: SubjectV2
    ) -> None:
        subject = subject_with_snapshots
        for number in range(10 - len(subject.snapshots)):
            subject.take_snapshot(str(number))
        present = subject.snapshots
        with pytest.raises(RequestRejectedError):
            subject.take_snapshot("more")
        assert subject.snapshots == present


class TestWhereThereAreNoSnapshots:
    def test_none_is_taken(self, guarded: Subject) -> None:
        guarded.put(FRUIT)
        with pytest.raises(UnsupportedError):
            guarded.take_snapshot("one")
        assert list(guarded.tenant.list_slots()) == [FRUIT]


class TestWhereRevisionsAreCompared:
    def test_a_put_over_a_foreign_edit_is_refused(self, guarded: Subject) -> None:
        guarded.put(FRUIT)
        before = guarded.read(FRUIT)
        guarded.put(FRUIT, "^theirs$")
        with pytest.raises(ConflictError):
            guarded.tenant.store(FRUIT, guarded.content(FRUIT), train=False, replaces=before)
        assert guarded.read(FRUIT).content.patterns == ("^theirs$",)


class TestWhereDependenciesAreKnown:
    def test_a_put_replaces_them(self, guarded: Subject) -> None:
        guarded.put(COLOUR)
        guarded.put(FRUIT, after=(COLOUR,))
        guarded.put(FRUIT)
        assert guarded.read(FRUIT).content == guarded.content(FRUIT)

    def test_a_slot_cannot_depend_on_a_missing_one(self, guarded: Subject) -> None:
        with pytest.raises(RequestRejectedError):
            guarded.put(FRUIT, after=(COLOUR,))
        assert guarded.tenant.read_slot(FRUIT) is None

    def test_a_slot_that_another_depends_on_cannot_be_deleted(self, guarded: Subject) -> None:
        guarded.put(COLOUR)
        guarded.put(FRUIT, after=(COLOUR,))
        with pytest.raises(TenantError):
            guarded.tenant.delete(COLOUR)
        assert guarded.tenant.read_slot(COLOUR) is not None


class TestWhereUsersAreCounted:
    def test_a_slot_is_not_measured_before_it_is_trained(self, guarded: Subject) -> None:
        guarded.put(FRUIT)
        assert isinstance(guarded.tenant.measure(guarded.metric(FRUIT)), NotMeasured)

    def test_a_slot_that_no_user_mentions_has_no_metrics(self, guarded: Subject) -> None:
        guarded.put("slot_unheard", "^x$")
        assert guarded.rate("slot_unheard") is None
