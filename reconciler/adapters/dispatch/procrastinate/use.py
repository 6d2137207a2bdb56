"""What the database is used as, for messages, and the errors that Procrastinate wraps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from procrastinate.exceptions import ConnectorException

from reconciler.adapters.postgres import Use

QUEUE = Use(noun="queue", init="reconciler fleet init")


@contextmanager
def unwrapped() -> Iterator[None]:
    """Raise the error of the database itself, which a Session translates."""
    try:
        yield
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.Error):
            raise error.__cause__ from None
        raise
