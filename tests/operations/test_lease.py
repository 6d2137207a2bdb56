"""An apply that may lose its lock: from then on nothing is sent, and the next apply finishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.ledger.file import FileLedger, FileLedgerStore
from reconciler.errors import LedgerError
from reconciler.model.event import RequestSent
from reconciler.model.ledger import Entry
from reconciler.model.outcome import Status
from reconciler.model.slot import DesiredSlot
from reconciler.ports import Unshared
from tests.support.faults import answered
from tests.support.separate_training import SeparatelyTrained
from tests.support.world import COLOUR, FRUIT, World, desired_slot, document

LOST = "Another apply has taken this tenant over."
NEVER = 10**9


class Losable(Unshared):
    """A ledger whose lease is lost when it is asked for the n-th time; it notes each question."""

    def __init__(self, ledger: FileLedger, *, at: int) -> None:
        self._ledger = ledger
        self._at = at
        self.asked: list[float] = []
        self.is_lost = False
        self.handed_over: Sequence[float] = ()

    def require(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.is_lost |= len(self.asked) >= self._at
        self._require_unharmed()

    def append(self, event: str, /, **data: Any) -> None:
        self._require_unharmed()
        self._ledger.append(event, **data)

    def hand_over(self, requests: Sequence[float]) -> None:
        self.handed_over = requests

    @property
    def lines(self) -> tuple[Entry | None, ...]:
        return self._ledger.lines

    @property
    def last_hash(self) -> str:
        return self._ledger.last_hash

    def _require_unharmed(self) -> None:
        if self.is_lost:
            raise LedgerError(LOST)


@dataclass(frozen=True)
class LosingStore(FileLedgerStore):
    """The file store, with such a ledger, which is kept in `opened`."""

    at: int
    opened: list[Losable]

    @contextmanager
    def open(self, run_id: str) -> Iterator[Losable]:  # type: ignore[override]
        with super().open(run_id) as ledger:
            self.opened.append(Losable(ledger, at=self.at))
            yield self.opened[-1]


def applied(bot: World, *desired: DesiredSlot, at: int) -> Losable:
    """The ledger of an apply whose lease is lost at the n-th question."""
    opened: list[Losable] = []
    undisturbed = bot.open_store
    bot.open_store = lambda: LosingStore(bot.ledger, bot.clock, at, opened)
    bot.apply(*desired)
    bot.open_store = undisturbed
    return opened[0]


DESIRED = (
    desired_slot(FRUIT, "^apple$", "^pear$", "^plum$"),
    desired_slot(COLOUR, "^blue$", "^red$"),
)
REJECTED = (desired_slot(FRUIT, "^nothing$"),)


@pytest.mark.parametrize("kind", [World, SeparatelyTrained])
@pytest.mark.parametrize("desired", [DESIRED, REJECTED])
def test_whenever_the_lock_is_lost_nothing_more_is_sent_and_the_next_apply_finishes(
    tmp_path: Path, kind: type[World], desired: Sequence[DesiredSlot]
) -> None:
    for at in count(1):
        (folder := tmp_path / str(at)).mkdir()
        bot = kind(folder, live=[document(FRUIT)])
        ledger = applied(bot, *desired, at=at)
        if not ledger.is_lost:
            break
        assert len(ledger.asked) == at  # not once more
        assert len(bot.sandbox.requests) < at
        assert LOST in (bot.report.error or "")
        bot.apply(*desired)
        bot.apply(*desired)
        assert {each.status for each in bot.report.outcomes} <= {Status.SKIPPED}
    assert at > 9  # or there was little to lose


def test_each_write_asks_for_the_time_until_its_answer_and_each_read_only_whether_it_lives(
    tmp_path: Path,
) -> None:
    bot = World(tmp_path, live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, answered(429, headers={"Retry-After": "1"}))
    ledger = applied(bot, *DESIRED, at=NEVER)
    methods = [each.method for each in bot.observer.of(RequestSent)]
    assert methods.count("PUT") == 3
    assert ledger.asked == [0.0 if method == "GET" else 60.0 for method in methods]


def test_the_requests_of_the_last_minute_are_handed_over(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)])
    ledger = applied(bot, *DESIRED, at=NEVER)
    assert 0 < len(ledger.handed_over) <= len(bot.observer.of(RequestSent))
    assert all(0 <= age < 60 for age in ledger.handed_over)
