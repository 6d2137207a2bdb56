"""Which credentials a name means, and that they lead where they are expected to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.errors import ConfigurationError, Refusal
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.environment import ANYWHERE, Expectation
from reconciler.operations.credentials import credentials_by_name
from tests.adapters.credentials.test_folder import write
from tests.support.variables import forget_variables

SECRET = "s3cr3t-of-the-client"
PROJECT = "a" * 24
FIELDS = {
    "client_id": "of-folder",
    "client_secret": SECRET,
    "origin": "https://acme.cognigy.com",
    "bot_id": "bot_9",
}
NAME = "acme-production"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of the credentials, in an environment without others."""
    monkeypatch.chdir(tmp_path)
    forget_variables(monkeypatch)
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("RECONCILER_CREDENTIALS_DIR", str(folder))
    return folder


def set_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNIGY_CLIENT_ID__ACME_PRODUCTION", "of-variables")
    monkeypatch.setenv("COGNIGY_CLIENT_SECRET__ACME_PRODUCTION", SECRET)
    monkeypatch.setenv("COGNIGY_BASE_URL__ACME_PRODUCTION", "https://acme.cognigy.com")


def set_helper(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    script = folder / "helper.py"
    answer = json.dumps({**FIELDS, "client_id": "of-helper"})
    script.write_text(f"print({answer!r})\n", encoding="utf-8")
    monkeypatch.setenv("RECONCILER_CREDENTIALS_HELPER", f'"{sys.executable}" "{script}"')


def client_id(name: str = NAME) -> str:
    access = credentials_by_name().access(name, api=COGNIGY_V1, expected=ANYWHERE)
    assert isinstance(access, TenantAccess)
    return access.client_id


def test_files_come_before_variables_and_those_before_the_helper(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    set_helper(monkeypatch, folder)
    assert client_id() == "of-helper"
    set_variables(monkeypatch)
    assert client_id() == "of-variables"
    write(folder / NAME, FIELDS)
    assert client_id() == "of-folder"


def test_incomplete_files_are_not_completed_from_elsewhere(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    set_variables(monkeypatch)
    write(folder / NAME, {"client_id": "of-folder"})
    with pytest.raises(ConfigurationError, match="client_secret is missing"):
        client_id()


def test_a_rotated_secret_is_used_by_the_next_one_who_asks(folder: Path) -> None:
    credentials = credentials_by_name()
    for secret in ("old", "new"):
        write(folder / NAME, {**FIELDS, "client_secret": secret})
        access = credentials.access(NAME, api=COGNIGY_V1, expected=ANYWHERE)
        assert isinstance(access, TenantAccess)
        assert access.client_secret.get_secret_value() == secret


def test_the_api_says_which_fields_are_needed(folder: Path) -> None:
    write(folder / NAME, {"api_key": SECRET, "project_id": PROJECT, "origin": FIELDS["origin"]})
    credentials = credentials_by_name()
    access = credentials.access(NAME, api=COGNIGY_V2, expected=ANYWHERE)
    assert isinstance(access, ProjectAccess)
    assert access.endpoint.bot_id == PROJECT
    with pytest.raises(ConfigurationError, match="client_id is missing"):
        credentials.access(NAME, api=COGNIGY_V1, expected=ANYWHERE)


@pytest.mark.parametrize(
    "name", ["../acme", "..", ".", "", "a/b", "a\\b", "/etc", "a\0b", "a\n", "-a", "é", "x" * 129]
)
def test_a_name_that_is_not_one_folder_is_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, folder: Path, name: str
) -> None:
    set_helper(monkeypatch, folder)
    write(folder.parent / "acme", FIELDS)
    with pytest.raises(ConfigurationError, match="not a valid name of credentials"):
        client_id(name)


def test_a_name_that_nothing_has_says_where_it_was_looked_for(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="no credentials acme-production") as raised:
        client_id()
    assert str(folder / NAME) in raised.value.hint
    assert "__ACME_PRODUCTION" in raised.value.hint
    assert "RECONCILER_CREDENTIALS_HELPER" in raised.value.hint


@pytest.mark.parametrize(
    "expected",
    [
        Expectation(origin="https://ACME.cognigy.com:443/", bot_id="bot_9"),
        Expectation(bot_id="bot_9"),
        ANYWHERE,
    ],
)
def test_credentials_that_lead_where_they_are_expected_to_are_used(
    folder: Path, expected: Expectation
) -> None:
    write(folder / NAME, FIELDS)
    access = credentials_by_name().access(NAME, api=COGNIGY_V1, expected=expected)
    assert (access.endpoint.origin, access.endpoint.bot_id) == (FIELDS["origin"], "bot_9")


@pytest.mark.parametrize(
    ("expected", "key"),
    [
        (Expectation(origin="https://evil.example"), "origin"),
        (Expectation(origin="https://acme.cognigy.com:8443"), "origin"),
        (Expectation(bot_id="bot_1"), "bot_id"),
    ],
)
def test_credentials_that_lead_elsewhere_are_refused(
    folder: Path, expected: Expectation, key: str
) -> None:
    write(folder / NAME, FIELDS)
    with pytest.raises(Refusal, match=f"the {key} should be ") as raised:
        credentials_by_name().access(NAME, api=COGNIGY_V1, expected=expected)
    assert raised.value.exit_code == 4


def test_a_secret_in_the_place_of_the_bot_is_not_shown(folder: Path) -> None:
    write(folder / NAME, {**FIELDS, "bot_id": SECRET})
    with pytest.raises(Refusal) as raised:
        credentials_by_name().access(NAME, api=COGNIGY_V1, expected=Expectation(bot_id="bot_1"))
    assert SECRET not in raised.value.message + raised.value.hint
