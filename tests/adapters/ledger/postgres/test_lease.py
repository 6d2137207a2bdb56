"""The lock of a shared ledger: it expires, is taken over, and then lets nothing more be recorded
or sent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from reconciler.adapters.ledger.postgres import PostgresLedgerStore, Terms
from reconciler.adapters.ledger.postgres.writing import PostgresLedger
from reconciler.errors import LedgerError, LockHeldError
from tests.adapters.ledger.conftest import ORIGIN, shared
from tests.support.clock import VirtualClock
from tests.support.postgres import OWNER, READER, Database
from tests.support.recorder import Recorder

AGO = "update reconciler.holder set expires_at = clock_timestamp() - make_interval(secs => %s)"
NEVER_BY_THREAD = Terms(renewed_every=1000.0)


def slept(store: PostgresLedgerStore) -> float:
    return store.clock.monotonic()


def warnings(store: PostgresLedgerStore) -> list[str]:
    assert isinstance(store.observer, Recorder)
    return store.observer.warnings


@contextmanager
def overtaken(database: Database) -> Iterator[PostgresLedger]:
    """The ledger of a run whose lease expired, and was taken by run_2, which has ended."""
    with shared(database, terms=NEVER_BY_THREAD).open("run_1") as former:
        former.append("run_started")
        database.execute(AGO, 100)
        with shared(database).open("run_2") as ledger:
            ledger.append("run_started")
        yield former


def test_whoever_takes_an_expired_lease_waits_until_nothing_sent_can_arrive(
    database: Database,
) -> None:
    with shared(database, terms=NEVER_BY_THREAD).open("run_1"):
        database.execute(AGO, 20)
        taker = shared(database)
        with taker.open("run_2"):
            assert 0 < slept(taker) <= 40
    (said,) = warnings(taker)
    assert "run run_1" in said
    assert ORIGIN in said


def test_what_expired_long_ago_or_was_released_is_taken_at_once(database: Database) -> None:
    with shared(database, terms=NEVER_BY_THREAD).open("run_1"):
        database.execute(AGO, 61)
        for number in (2, 3):
            taker = shared(database)
            with taker.open(f"run_{number}"):
                assert slept(taker) == 0
            assert warnings(taker) == []


def test_after_a_takeover_nothing_more_is_recorded_or_sent(database: Database) -> None:
    with overtaken(database) as former:
        lines = shared(database).lines()
        with pytest.raises(LedgerError, match="Another apply has taken this tenant over") as caught:
            former.append("change_started")
        assert "Nothing more is sent" in caught.value.hint
        with pytest.raises(LedgerError, match="has taken this tenant over"):
            former.append("run_finished")
        with pytest.raises(LedgerError, match="has taken this tenant over"):
            former.require(0)
    assert shared(database).lines() == lines


def test_the_fence_refuses_a_line_although_the_chain_has_not_grown(database: Database) -> None:
    with shared(database, terms=NEVER_BY_THREAD).open("run_1") as former:
        former.append("run_started")
        database.execute(AGO, 100)
        with shared(database).open("run_2") as taker:
            with pytest.raises(LedgerError, match=r"taken this tenant over \(pid \d+, run run_2"):
                former.append("change_started")
            taker.append("run_started")
    assert [line.run_id for line in shared(database).lines() if line] == ["run_1", "run_2"]


def test_whoever_takes_a_lease_waits_for_a_renewal_that_is_being_committed(
    database: Database,
) -> None:
    waiting = "select count(*) from pg_locks where not granted"
    with (
        shared(database, terms=NEVER_BY_THREAD).open("run_1"),
        psycopg.connect(database.url()) as renewal,
        ThreadPoolExecutor() as threads,
    ):
        renewal.execute("update reconciler.holder set expires_at = clock_timestamp()")
        renewal.commit()
        renewal.execute(
            "update reconciler.holder set expires_at = clock_timestamp() + interval '75 s'"
        )
        taking = threads.submit(taken, database)
        while database.execute(waiting) == [(0,)]:
            assert not taking.done()
        renewal.commit()
        with pytest.raises(LockHeldError, match="run run_1"):
            taking.result()


def taken(database: Database) -> None:
    with shared(database).open("run_2"):
        pass


def test_a_write_is_refused_after_a_takeover_and_the_holder_named(database: Database) -> None:
    with shared(database, terms=NEVER_BY_THREAD).open("run_1") as former:
        database.execute(AGO, 100)
        with (
            shared(database).open("run_2"),
            pytest.raises(LedgerError, match=r"taken this tenant over \(pid \d+, run run_2, on "),
        ):
            former.require(70)
        with pytest.raises(LedgerError, match="taken this tenant over"):
            former.append("run_started")


def test_a_lease_that_expired_is_not_renewed_although_nobody_has_taken_it(
    database: Database,
) -> None:
    with shared(database, terms=NEVER_BY_THREAD).open("run_1") as ledger:
        database.execute(AGO, 1)
        with pytest.raises(LedgerError, match="has expired, because this apply did not renew it"):
            ledger.require(70)
    with shared(database, terms=NEVER_BY_THREAD).open("run_2") as ledger:
        database.execute(AGO, 1)
        with pytest.raises(LedgerError, match="has expired"):
            ledger.append("run_started")


def test_a_write_that_needs_more_time_renews_the_lease(database: Database) -> None:
    store = shared(database, terms=NEVER_BY_THREAD)
    clock = store.clock
    assert isinstance(clock, VirtualClock)
    left = "select extract(epoch from expires_at - clock_timestamp()) from reconciler.holder"
    with store.open("run_1") as ledger:
        database.execute("update reconciler.holder set expires_at = expires_at - interval '30 s'")
        ledger.require(60)
        assert database.execute(left)[0][0] < 50
        clock.advance(9.0)
        ledger.require(60)
        assert database.execute(left)[0][0] < 50
        clock.advance(2.0)
        ledger.require(60)
        assert database.execute(left)[0][0] > 50
        clock.advance(80.0)
        ledger.require(0)
        ledger.append("run_started")


def test_a_write_that_needs_more_time_than_a_lease_has_is_refused(database: Database) -> None:
    with (
        shared(database, terms=Terms(seconds=30.0)).open("run_1") as ledger,
        pytest.raises(LedgerError, match="a write may need 65 s"),
    ):
        ledger.require(60)


def test_a_thread_renews_the_lease(database: Database) -> None:
    terms = Terms(seconds=600.0, renewed_every=0.01)
    expiry = "select expires_at from reconciler.holder"
    with shared(database, terms=terms).open("run_1"):
        seen = {tuple(database.execute(expiry))}
        while len(seen) < 4:
            seen.add(tuple(database.execute(expiry)))


def test_the_last_minute_of_requests_is_handed_over(database: Database) -> None:
    with shared(database).open("run_1") as ledger:
        assert ledger.inherited == ()
        ledger.hand_over([50.0, 1.5])
    with shared(database).open("run_2") as ledger:
        older, newer = ledger.inherited
        assert older >= 50.0
        assert 48.0 < older - newer < 49.0
        ledger.hand_over([])
    with shared(database).open("run_3") as ledger:
        assert ledger.inherited == ()


def test_a_run_that_sends_nothing_leaves_what_it_has_inherited(database: Database) -> None:
    with shared(database).open("run_1") as ledger:
        ledger.hand_over([50.0, 1.5])
    with shared(database).open("run_2") as ledger:
        before = ledger.inherited
    with shared(database).open("run_3") as ledger:
        assert len(ledger.inherited) == 2
        assert all(now >= then for now, then in zip(ledger.inherited, before, strict=True))


def test_a_lock_that_the_database_lost_ends_the_run(database: Database) -> None:
    with shared(database).open("run_1") as ledger:
        database.execute("delete from reconciler.lease")
        with pytest.raises(LedgerError, match="has lost the lock on"):
            ledger.append("run_started")


def test_a_line_that_the_database_lost_ends_the_run(database: Database) -> None:
    with shared(database).open("run_1") as ledger:
        ledger.append("run_started")
        database.execute("alter table reconciler.event disable trigger append_only")
        database.execute("delete from reconciler.event")
        with pytest.raises(LedgerError, match="does not have line 1 of"):
            ledger.append("change_started")


def test_a_holder_leaves_no_row_behind(database: Database) -> None:
    with overtaken(database):
        pass
    with shared(database).open("run_3"):
        assert len(database.execute("select 1 from reconciler.holder")) == 1
    assert database.execute("select 1 from reconciler.holder") == []
    assert database.execute("select fence, holder from reconciler.lease") == [(3, None)]


@pytest.mark.parametrize("role", [OWNER, READER])
def test_everyone_sees_who_holds_the_lock(database: Database, role: str) -> None:
    with shared(database).open("run_1"):
        assert "run run_1" in (shared(database, role=role).holder() or "")
        database.execute(AGO, 0)
        assert shared(database, role=role).holder() is None
