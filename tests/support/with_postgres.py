"""Run a command with a PostgreSQL server of its own.

    python -m tests.support.with_postgres COMMAND …

`{url}` in the command is the URL of an empty database, for its owner.
"""

from __future__ import annotations

import subprocess
import sys

import psycopg

from tests.support.postgres import serving

NAME = "demo"


def main() -> None:
    """Exit as the command does."""
    with serving() as server:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {NAME}".encode())
        command = [each.replace("{url}", server.url(NAME)) for each in sys.argv[1:]]
        code = subprocess.run(command, check=False).returncode  # noqa: S603 - the user's own
    sys.exit(code)


if __name__ == "__main__":
    main()
