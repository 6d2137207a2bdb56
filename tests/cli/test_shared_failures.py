"""Real processes that share a ledger on a real server; one is stopped, killed or cut off."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import Bot
from tests.support.bouncer import pooling
from tests.support.cutting import Cut, cutting
from tests.support.postgres import (
    OWNER,
    WRITER,
    Database,
    Server,
    database,
    new_database,
    server,
    serving,
)
from tests.support.world import COLOUR, FRUIT, SIZE, document

__all__ = ["database", "server"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc")
ROOT = Path(__file__).parents[2]
SOON = 2.0
"""Seconds until the lock of a process that does not renew it ends."""
LONG = 75.0
UNTIL_THE_LOCK_ENDS = """
select pg_sleep(extract(epoch from max(expires_at) - clock_timestamp())) from reconciler.holder
"""
"""Every attempt before that would be refused, too, and each one is a process to start."""


class Watched(SandboxTenant):
    """Calls the test once, when it has stored a slot and before it answers."""

    when_stored: Callable[[], object] | None = None

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        act = self.when_stored
        if request.method == "PUT" and act is not None:
            self.when_stored = None
            act()
        return response


@dataclass
class Shop:
    """A bot with three changes to make, and a ledger that several processes share."""

    bot: Bot
    database: Database
    acted: Event = field(default_factory=Event)

    @property
    def tenant(self) -> Watched:
        assert isinstance(self.bot.tenant, Watched)
        return self.bot.tenant

    @property
    def slots(self) -> Path:
        return self.bot.folder / "slots"

    def begin(self, *, lives: float = LONG) -> subprocess.Popen[str]:
        """An apply in a process of its own."""
        return subprocess.Popen(  # noqa: S603 - this interpreter, with our own code
            [sys.executable, "-m", "tests.support.hasty", str(self.slots), str(lives)],
            cwd=ROOT,
            env=self.bot.variables(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def when_stored(self, act: Callable[[subprocess.Popen[str]], object]) -> Callable[..., None]:
        """Have this done to a process when its first write is stored."""
        started: list[subprocess.Popen[str]] = []

        def stored() -> None:
            act(started[0])
            self.acted.set()

        self.tenant.when_stored = stored
        return started.append

    def apply_until_it_may(self) -> int:
        """Apply again and again, as a schedule does; returns how often that was refused."""
        refusals = 0
        while True:
            process = self.begin()
            _, said = process.communicate()
            if process.returncode == 0:
                return refusals
            assert process.returncode == 4, said
            assert "Another apply holds" in said
            refusals += 1
            self.database.execute(UNTIL_THE_LOCK_ENDS)

    def require_whole(self) -> None:
        """The chain is whole, each change that was begun has an end, and a plan is empty."""
        assert "is intact" in self.bot.run("audit", "verify").stdout
        planned = self.bot.run("plan", "--detailed-exitcode")
        assert planned.returncode == 0, planned.stdout + planned.stderr
        begun, ended = (
            self.database.execute(
                "select count(*) from reconciler.event where line like any(%s)", [patterns]
            )
            for patterns in (
                ['%"event":"change_started"%'],
                ['%"event":"gate_passed"%', '%"event":"change_recovered"%'],
            )
        )
        assert ended[0][0] >= begun[0][0] >= 3


@pytest.fixture(params=["direct", "pooled"])
def folder(request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the socket to talk to: the server's, or that of a PgBouncer which pools transactions."""
    if request.param == "direct":
        yield ""
        return
    server: Server = request.getfixturevalue("server")
    with pooling(server) as pool:
        yield str(pool)


@pytest.fixture
def open_shop(bot: Callable[..., Bot]) -> Callable[..., Shop]:
    def opened(database: Database, *, folder: str = "") -> Shop:
        made = bot(live=[document(FRUIT)], kind=Watched)
        made.environment["COGNIGY_AUDIT_LOG"] = database.url(WRITER, folder=folder)
        made.write(FRUIT, patterns=["^apple$", "^pear$", "^plum$"])
        made.write(COLOUR, patterns=["^blue$", "^red$"])
        made.write(SIZE, patterns=["^small$", "^large$"])
        return Shop(made, database)

    return opened


def test_a_process_that_was_paused_and_taken_over_writes_nothing_more(
    open_shop: Callable[..., Shop], database: Database, folder: str
) -> None:
    shop = open_shop(database, folder=folder)
    pause = shop.when_stored(lambda process: process.send_signal(signal.SIGSTOP))
    paused = shop.begin(lives=SOON)
    pause(paused)
    try:
        shop.acted.wait()
        shop.apply_until_it_may()
        written = [each.path for each in shop.bot.writes]
    finally:
        paused.send_signal(signal.SIGCONT)
    _, said = paused.communicate()
    assert paused.returncode == 1
    assert "Another apply has taken this tenant over" in said
    assert [each.path for each in shop.bot.writes] == written
    shop.require_whole()


def test_what_a_killed_process_left_open_is_recovered_by_the_next(
    open_shop: Callable[..., Shop], database: Database
) -> None:
    shop = open_shop(database)
    kill = shop.when_stored(lambda process: process.kill())
    killed = shop.begin(lives=SOON)
    kill(killed)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    shop.apply_until_it_may()
    stored = [each.path.rsplit("/", 1)[1] for each in shop.bot.writes]
    assert sorted(stored) == sorted([FRUIT, COLOUR, SIZE, stored[0]])  # once more, to train
    shop.require_whole()


def test_a_second_apply_is_refused_and_the_first_one_named(
    open_shop: Callable[..., Shop], database: Database, folder: str
) -> None:
    shop = open_shop(database, folder=folder)
    refused: list[tuple[str, int]] = []

    def second(_: subprocess.Popen[str]) -> None:
        other = shop.begin()
        refused.append((other.communicate()[1], other.returncode))

    watch = shop.when_stored(second)
    first = shop.begin()
    watch(first)
    _, said = first.communicate()
    assert first.returncode == 0, said
    ((message, code),) = refused
    assert code == 4
    assert f"(pid {first.pid}, run " in message
    shop.require_whole()


def test_a_terminated_apply_ends_its_change_and_releases_the_lock(
    open_shop: Callable[..., Shop], database: Database
) -> None:
    shop = open_shop(database)
    terminate = shop.when_stored(lambda process: process.send_signal(signal.SIGTERM))
    process = shop.bot.spawn("apply", "--yes")
    terminate(process)
    _, said = process.communicate()
    assert process.returncode == 130, said
    assert len(shop.bot.writes) == 1
    assert shop.apply_until_it_may() == 0
    shop.require_whole()


def test_nothing_is_written_while_the_server_is_away_and_the_apply_goes_on_after(
    open_shop: Callable[..., Shop],
) -> None:
    with serving() as server:
        database = new_database(server, "slots")
        shop = open_shop(database)
        kill = shop.when_stored(lambda _: server.stop(signal.SIGKILL))
        process = shop.begin()
        kill(process)
        shop.acted.wait()
        assert process.stderr is not None
        while "cannot be reached" not in (line := process.stderr.readline()):
            assert line, "the apply ended"
        written = [each.path for each in shop.bot.writes]
        assert len(written) == 1
        server.start()
        _, rest = process.communicate()
        assert process.returncode == 0, rest
        assert len(shop.bot.writes) == 3
        shop.require_whole()


@pytest.mark.parametrize("cut", list(Cut))
def test_an_apply_whose_commits_are_not_confirmed_records_each_step_once(
    open_shop: Callable[..., Shop], database: Database, cut: Cut
) -> None:
    with cutting(database.server) as cutter:
        shop = open_shop(database, folder=str(cutter.folder))
        cutter.cuts[:] = [cut] * 6
        done = shop.bot.run("apply", "--yes")
        assert done.returncode == 0, done.stderr
        assert cutter.made == 6
        assert len(shop.bot.writes) == 3
        shop.require_whole()


def test_many_processes_that_apply_at_once_make_each_change_once(
    open_shop: Callable[..., Shop], database: Database
) -> None:
    shop = open_shop(database)
    processes = [shop.begin() for _ in range(3)]
    ended = [(process.communicate()[1], process.returncode) for process in processes]
    assert {code for _, code in ended} <= {0, 4}, ended
    shop.apply_until_it_may()
    assert len(shop.bot.writes) == 3
    shop.require_whole()
    assert database.execute("select 1 from reconciler.holder", role=OWNER) == []
