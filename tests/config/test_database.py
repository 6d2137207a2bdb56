"""The URL of a shared ledger: what it must be, and that no message quotes it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.config.configuration import read_configuration
from reconciler.config.database import is_database, ledger_database
from reconciler.errors import ConfigurationError
from reconciler.model.access import LedgerDatabase


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("COGNIGY_AUDIT_LOG", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("postgresql://db.example/slots", "postgresql://db.example/slots"),
        ("postgres://w@db.example:5433/slots", "postgresql://w@db.example:5433/slots"),
        ("postgresql://w:s3cret@db.example/slots", "postgresql://w@db.example/slots"),
        ("postgresql://w:s3%40cret@[::1]:1/slots?sslmode=require", "postgresql://w@[::1]:1/slots"),
        ("postgresql://a:1,b:2/slots?target_session_attrs=any", "postgresql://a:1,b:2/slots"),
        (
            "postgresql://w@/slots?host=/run/pg&password=s3cret",
            "postgresql://w@/slots?host=/run/pg",
        ),
        ("postgresql://%2Frun%2Fpg/slots", "postgresql://%2Frun%2Fpg/slots"),
    ],
)
def test_the_location_of_a_database_has_no_password(url: str, location: str) -> None:
    database = ledger_database(url)
    assert database.location == location
    assert database.url.get_secret_value() == url
    assert "s3" not in repr(database).replace("slots", "")


def test_each_spelling_of_each_secret_is_known() -> None:
    database = ledger_database("postgresql://w:a%2Fb@db/slots?sslpassword=c&password=d%20e")
    secrets = {each.get_secret_value() for each in database.secrets}
    assert secrets == {"a%2Fb", "a/b", "c", "d%20e", "d e"}
    assert database.options == {"sslpassword", "password"}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://w:p@s3cret@db/slots",
        "postgresql://w:p/s3cret@db/slots",
        "postgresql://w:1/s3cret@db",
        "postgresql://w:p?s3cret@db/slots",
        "postgresql://w:1?s3cret@db/slots",
        "postgresql://w:p#s3cret@db/slots",
        "postgresql://w:p:s3cret@db/slots",
        "postgresql://w:s3cret@db:port/slots",
        "postgresql://w:s3cret @db/slots",
        "postgresql://w:s3cret\n@db/slots",
        "postgresql://w:s3cret@db",
        "postgresql://w:s3cret@db/",
        "mysql://w:s3cret@db/slots",
        "s3://s3cret/slots",
        "POSTGRESQL://w:s3cret@db/slots",
        "postgresql:/w:s3cret@db/slots",
        "host=db dbname=slots user=w password=s3cret",
        "password = s3cret",
        "postgresql://w:s3cret%zz@db/slots",
        "postgresql://w:s3cret%00@db/slots",
        "postgresql://w@db/slots?password=a&s3cret",
        "postgresql://w@db/slots?password=a%20s3cret%zz",
        "postgresql://w@db/slots?password=a%20s3cret%00",
        "postgresql://w@db/slots?s3cret",
    ],
)
def test_an_invalid_url_is_refused_without_being_quoted(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("COGNIGY_AUDIT_LOG", url)
    with pytest.raises(ConfigurationError, match="COGNIGY_AUDIT_LOG") as caught:
        read_configuration().ledger.required()
    assert "s3cret" not in caught.value.message + caught.value.hint
    assert "postgresql://" in caught.value.hint


@example("p@ss")
@given(st.text(st.characters(exclude_characters="%", codec="utf-8"), min_size=1))
def test_no_part_of_a_password_is_in_the_location_or_the_message(password: str) -> None:
    secret = f"s3cret{password}s3cret"
    try:
        said = ledger_database(f"postgresql://w:{secret}@db/slots").location
    except ConfigurationError as error:
        said = f"{error.message} {error.hint}"
    assert "s3cret" not in said


@pytest.mark.parametrize(
    "path",
    ["a.jsonl", "/var/a.jsonl", "C:\\a.jsonl", "postgresql:a", "a//b", "/a/host=b/c", "a-user=b"],
)
def test_a_path_is_no_database(path: str) -> None:
    assert not is_database(path)


@pytest.mark.parametrize(
    "value",
    ["postgresql://w:s3cret@evil.example/slots", "host=evil.example user=w password=s3cret"],
)
def test_a_dotenv_file_may_name_no_database(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    Path(".env").write_text(f"COGNIGY_AUDIT_LOG={value}\n")
    with pytest.raises(ConfigurationError, match=r"in \.env names a database") as caught:
        read_configuration()
    assert "s3cret" not in caught.value.message + caught.value.hint
    monkeypatch.setenv("COGNIGY_AUDIT_LOG", "postgresql://w@db.example/slots")
    assert isinstance(read_configuration().ledger.required(), LedgerDatabase)


def test_a_database_is_allowed_in_a_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path.cwd()))
    monkeypatch.setenv("COGNIGY_AUDIT_LOG", "postgresql://w@db.example/slots")
    assert isinstance(read_configuration().ledger.required(), LedgerDatabase)


def test_where_the_ledger_is_is_said_without_the_password(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("COGNIGY_AUDIT_LOG", "postgresql://w:s3cret@db.example/slots")
    configuration = read_configuration()
    lines = list(configuration.sources.lines())
    assert "Ledger: postgresql://w@db.example/slots" in lines
    logging.getLogger("reconciler").info("%r", configuration)
    assert "s3cret" not in f"{lines} {configuration!r} {caplog.text}"
