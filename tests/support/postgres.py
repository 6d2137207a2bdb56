"""A private PostgreSQL server in a temporary folder, on a Unix socket, from the machine's
binaries."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from reconciler.adapters.ledger.postgres import grants, initialise
from reconciler.config.database import ledger_database
from reconciler.model.access import LedgerDatabase

PORT = 5432
PASSWORD = "s3cret/of@the#writer"
URL_PASSWORD = "s3cret%2Fof%40the%23writer"
OWNER, WRITER, READER = "owner", "writer", "reader"
CONTROLLER, WORKER, PLANNER = "controller", "worker", "planner"
"""The roles of a fleet."""
EU_WORKER, EU_PLANNER, US_WORKER = "worker_eu", "planner_eu", "worker_us"
"""Those of two of its pools, once a test has limited them."""
_ROLES = (READER, CONTROLLER, WORKER, PLANNER, EU_WORKER, EU_PLANNER, US_WORKER)
_HOMES = ("/usr/lib/postgresql", "/opt/homebrew/Cellar/postgresql")
"""Where Debian and Homebrew put the programs of each version."""
_ACCESS = """
local locked all scram-sha-256
local all all trust
"""


def as_nobody() -> Mapping[str, Any]:
    """The options of a process that must not be root's."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - not on Windows

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def own(path: Path) -> None:
    """Give a folder to whom the server runs as."""
    account = as_nobody()
    if account:
        shutil.chown(path, account["user"], account["group"])


def required(name: str) -> str:
    """This program of the machine. Without it the test is skipped, but not in CI on Linux."""
    if found := shutil.which(name):
        return found
    for home in _HOMES:
        for path in sorted(Path(home).glob(f"*/bin/{name}"), reverse=True):
            return str(path)
    if os.environ.get("CI") and sys.platform == "linux":
        pytest.fail(f"{name} is not installed: `.ci/run` installs it")
    pytest.skip(f"{name} is not installed")


@dataclass
class Server:
    """A server with its data and its socket in one folder; started and stopped by the test. Unless
    it is durable, it does not wait for the disk."""

    folder: Path
    is_durable: bool = False
    _process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make the files of a new server."""
        own(self.folder)
        options = ("-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        subprocess.run(  # noqa: S603 - a program of the machine
            [required("initdb"), "-D", str(self.folder / "data"), *options],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            **as_nobody(),
        )
        (self.folder / "data" / "pg_hba.conf").write_text(_ACCESS, encoding="utf-8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a program of the machine
                [required("postgres"), "-D", str(self.folder / "data"), *self._options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **as_nobody(),
            )
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
            else:
                return

    def stop(self, number: int = signal.SIGINT) -> None:
        """Stop it: fast, or by the signal of this number, and wait until it is gone."""
        assert self._process is not None
        if number == signal.SIGKILL:
            self._kill_all()
        else:
            self._process.send_signal(number)
        self._process.wait()

    def _kill_all(self) -> None:
        """The server and the process of each connection, as in a power cut."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        pids = [int(each) for each in children.read_text(encoding="ascii").split()]
        for pid in (self._process.pid, *pids):
            os.kill(pid, signal.SIGKILL)

    @property
    def _options(self) -> list[str]:
        socket = ("-k", str(self.folder), "-p", str(PORT), "-c", "listen_addresses=")
        fsync = "on" if self.is_durable else "off"
        return [*socket, "-c", f"fsync={fsync}", "-c", "max_connections=50"]

    def url(self, name: str, *, role: str = OWNER, password: str = "", folder: str = "") -> str:
        """The URL of a database for a role; `folder` is that of another socket."""
        who = f"{role}:{password}" if password else role
        return f"postgresql://{who}@/{name}?host={folder or self.folder}"


@dataclass
class Database:
    """A database of a server, with the ledger's schema and its three roles."""

    server: Server
    name: str

    def url(self, role: str = WRITER, *, folder: str = "") -> str:
        return self.server.url(self.name, role=role, folder=folder)

    def access(self, role: str = WRITER, *, folder: str = "") -> LedgerDatabase:
        return ledger_database(self.url(role, folder=folder))

    def execute(self, statement: str, *values: object, role: str = OWNER) -> list[Any]:
        """The rows of one statement, by this role."""
        with psycopg.connect(self.url(role), autocommit=True) as connection:
            result = connection.execute(statement.encode(), values or None)
            return result.fetchall() if result.description else []


@contextmanager
def serving(*, is_durable: bool = False) -> Iterator[Server]:
    """A server of our own, with its roles."""
    required("postgres")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # pytest's own are too long for a socket
    server = Server(folder, is_durable=is_durable)
    try:
        server.create()
        server.start()
        try:
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                connection.execute(f"create role {WRITER} login password '{PASSWORD}'")
                for role in _ROLES:
                    connection.execute(f"create role {role} login")
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # at once: nobody needs its files
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server for all tests of this process."""
    with serving() as running:
        yield running


@pytest.fixture
def database(server: Server) -> Database:
    """An empty ledger."""
    return new_database(server, "slots")


def new_database(server: Server, name: str) -> Database:
    """A database with the schema and the grants that `reconciler ledger init` prints."""
    database = Database(server, name)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        known = connection.execute(
            "select 1 from pg_database where datname = %s", [name]
        ).fetchall()
        if not known:
            connection.execute(f"create database {name}".encode())
    database.execute("set client_min_messages = warning; drop schema if exists reconciler cascade")
    assert initialise(database.access(OWNER))
    for statement in grants(writers=[WRITER], readers=[READER]):
        database.execute(statement)
    return database
