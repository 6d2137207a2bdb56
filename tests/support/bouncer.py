"""A PgBouncer in front of a private server, pooling transactions."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.postgres import (
    CONTROLLER,
    OWNER,
    PLANNER,
    PORT,
    READER,
    WORKER,
    WRITER,
    Server,
    as_nobody,
    own,
    required,
)

_ROLES = (OWNER, WRITER, READER, CONTROLLER, WORKER, PLANNER)

_SETTINGS = """
[databases]
* = host={server} port={port}
[pgbouncer]
pool_mode = transaction
default_pool_size = 2
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
logfile = {folder}/log
pidfile = {folder}/pid
"""


@contextmanager
def pooling(server: Server) -> Iterator[Path]:
    """The folder of its socket."""
    program = required("pgbouncer")
    folder = Path(tempfile.mkdtemp(prefix="pb-"))
    own(folder)
    settings = _SETTINGS.format(server=server.folder, port=PORT, folder=folder)
    (folder / "settings").write_text(settings, encoding="utf-8")
    users = "".join(f'"{role}" ""\n' for role in _ROLES)
    (folder / "users").write_text(users, encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - a program of the machine
        [program, "-q", str(folder / "settings")], cwd=folder, **as_nobody()
    )
    try:
        while True:
            try:
                psycopg.connect(server.url("postgres", folder=str(folder))).close()
            except psycopg.OperationalError:
                assert process.poll() is None, (folder / "log").read_text()
            else:
                break
        yield folder
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
