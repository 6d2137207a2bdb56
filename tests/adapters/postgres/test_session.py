"""Connecting: what libpq is told, and that no error holds a password."""

from __future__ import annotations

import socket
import threading
import traceback
from pathlib import Path

import pytest

from reconciler.adapters.ledger.postgres import PostgresLedgerStore
from reconciler.config.database import ledger_database
from reconciler.errors import LedgerError
from reconciler.ports import SILENT
from tests.support.clock import VirtualClock
from tests.support.postgres import (
    PASSWORD,
    URL_PASSWORD,
    WRITER,
    Database,
    Server,
    database,
    server,
)

__all__ = ["database", "server"]


def store_at(url: str) -> PostgresLedgerStore:
    return PostgresLedgerStore(ledger_database(url), clock=VirtualClock(), observer=SILENT)


def failure(url: str) -> str:
    """Everything that an error of this store can show."""
    store = store_at(url)
    with pytest.raises(LedgerError) as caught:
        store.require_usable()
    whole = "".join(traceback.format_exception(caught.value))
    return f"{whole} {caught.value.hint} {store!r} {store.location}"


@pytest.fixture
def locked(server: Server, database: Database) -> str:
    """A database that asks for a password."""
    known = database.execute("select 1 from pg_database where datname = 'locked'")
    if not known:
        database.execute("create database locked")
    return str(server.folder)


def test_a_password_of_the_url_is_used_and_shown_nowhere(locked: str) -> None:
    said = failure(f"postgresql://{WRITER}:{URL_PASSWORD}@/locked?host={locked}")
    assert "has no ledger yet" in said  # so it was let in
    for wrong in ("wrong-s3cret", "wrong%2Fs3cret"):
        said = failure(f"postgresql://{WRITER}:{wrong}@/locked?host={locked}")
        assert "password authentication failed" in said
        assert "s3cret" not in said
    said = failure(f"postgresql://{WRITER}@/locked?host={locked}&password=wrong-s3cret")
    assert "password authentication failed" in said
    assert "s3cret" not in said


def test_the_password_file_is_used(
    locked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://{WRITER}@/locked?host={locked}"
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    assert "no password supplied" in failure(url)
    path = tmp_path / "passwords"
    escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
    path.write_text(f"*:*:*:{WRITER}:{escaped}\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(path))
    assert "has no ledger yet" in failure(url)


def test_a_question_of_the_server_ends_as_one(tmp_path: Path) -> None:
    said = failure(f"postgresql://w@/slots?host={tmp_path}")
    assert "accepting connections on that socket?\n" in said


def test_a_secret_that_the_server_quotes_is_redacted(locked: str) -> None:
    said = failure(f"postgresql://{WRITER}:gone@/gone?host={locked}")
    assert 'database "[redacted]" does not exist' in said


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_without_encryption_nothing_is_sent_if_the_url_requires_it(mode: str) -> None:
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse_encryption() -> None:
            client, _ = listener.accept()
            with client:
                received.append(client.recv(1000))
                client.sendall(b"N")
                received.append(client.recv(1000))

        thread = threading.Thread(target=refuse_encryption, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        said = failure(f"postgresql://w:s3cret@127.0.0.1:{port}/slots?sslmode={mode}")
        thread.join()
    assert "s3cret" not in said
    assert len(received[0]) == 8  # the request for encryption
    assert received[1] == b""


def test_nobody_at_the_address_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    said = failure(f"postgresql://writer:s3cret@127.0.0.1:{port}/slots")
    assert "cannot be reached" in said
    assert "s3cret" not in said


def test_an_unknown_option_is_reported_without_the_url() -> None:
    said = failure("postgresql://writer:s3cret@127.0.0.1:1/slots?colour=red")
    assert "colour" in said
    assert "s3cret" not in said
