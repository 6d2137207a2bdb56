"""Where the queue of a fleet is, and its ledgers."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.config.configuration import read_configuration
from reconciler.errors import ConfigurationError
from reconciler.model.access import FleetDatabase, LedgerDatabase

QUEUE = "postgresql://worker:s3cret@db.example/fleet"
LEDGER = "postgresql://worker:s3cret@db.example/ledger"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("COGNIGY_AUDIT_LOG", "COGNIGY_FLEET", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)


def test_without_the_variable_there_is_no_queue_and_the_ledgers_are_a_folder() -> None:
    configuration = read_configuration()
    assert configuration.fleet.required() is None
    assert configuration.fleet_ledgers.required() == Path("fleet_ledgers")


def test_the_ledgers_are_in_the_database_of_the_queue_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COGNIGY_FLEET", QUEUE)
    configuration = read_configuration()
    queue, ledgers = configuration.fleet.required(), configuration.fleet_ledgers.required()
    assert isinstance(queue, FleetDatabase)
    assert isinstance(ledgers, LedgerDatabase)
    assert queue.url.get_secret_value() == ledgers.url.get_secret_value() == QUEUE
    assert queue.location == "postgresql://worker@db.example/fleet"
    assert queue.variable == ledgers.variable == "COGNIGY_FLEET"
    assert "s3cret" not in repr(configuration)


def test_the_ledgers_may_be_in_another_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNIGY_FLEET", QUEUE)
    monkeypatch.setenv("COGNIGY_AUDIT_LOG", LEDGER)
    ledgers = read_configuration().fleet_ledgers.required()
    assert isinstance(ledgers, LedgerDatabase)
    assert ledgers.url.get_secret_value() == LEDGER
    assert ledgers.variable == "COGNIGY_AUDIT_LOG"


def test_workers_on_several_machines_cannot_share_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNIGY_FLEET", QUEUE)
    monkeypatch.setenv("COGNIGY_AUDIT_LOG", "ledgers")
    configuration = read_configuration()
    with pytest.raises(ConfigurationError, match="share a ledger"):
        configuration.fleet_ledgers.required()
    monkeypatch.delenv("COGNIGY_FLEET")
    assert read_configuration().fleet_ledgers.required() == Path("ledgers")


def test_a_dotenv_file_may_not_choose_who_works_on_the_tenants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text(f"COGNIGY_FLEET={QUEUE}\n")
    with pytest.raises(ConfigurationError, match=r"set in \.env") as caught:
        read_configuration().fleet.required()
    assert "s3cret" not in caught.value.message + caught.value.hint
    monkeypatch.setenv("COGNIGY_FLEET", QUEUE)
    assert read_configuration().fleet.required() is not None


@pytest.mark.parametrize("url", ["redis://:s3cret@db", "s3cret", "postgresql://w:s3cret@db"])
def test_an_invalid_url_is_refused_without_being_quoted(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("COGNIGY_FLEET", url)
    with pytest.raises(ConfigurationError, match="COGNIGY_FLEET") as caught:
        read_configuration().fleet.required()
    assert "s3cret" not in caught.value.message + caught.value.hint
    assert "postgresql://" in caught.value.hint
