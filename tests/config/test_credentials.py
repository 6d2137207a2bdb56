"""Credentials by name: where they may lie, and what they must be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.config.credentials import (
    credential_places,
    in_environment,
    named_project_access,
    named_tenant_access,
)
from reconciler.errors import ConfigurationError
from reconciler.model.credentials import FIELDS, FoundCredentials
from reconciler.model.environment import ANYWHERE, Expectation
from reconciler.model.secret import Secret
from tests.support.variables import forget_variables

SECRET = "s3cr3t-of-the-client"
PROJECT = "a" * 24
OF_V1 = {"client_id": "client", "client_secret": SECRET, "origin": "https://acme.cognigy.com"}
OF_V2 = {"api_key": SECRET, "project_id": PROJECT, "origin": "https://acme.cognigy.com"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty environment, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    forget_variables(monkeypatch)


def found(**fields: str) -> FoundCredentials:
    return FoundCredentials(
        {field: Secret(value) for field, value in fields.items()},
        places={field: f"/run/secrets/acme/{field}" for field in FIELDS},
    )


def refusal(fields: dict[str, str], *, v2: bool = False, expected: Expectation = ANYWHERE) -> str:
    access = named_project_access if v2 else named_tenant_access
    with pytest.raises(ConfigurationError) as raised:
        access(found(**fields), name="acme", expected=expected)
    assert SECRET not in raised.value.message + raised.value.hint
    return raised.value.message


# Where they may lie


def test_the_chosen_folder_comes_before_systemds_and_that_before_the_usual_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert credential_places().folder == Path("/run/secrets")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/reconciler.service")
    assert credential_places().folder == Path("/run/credentials/reconciler.service")
    monkeypatch.setenv("RECONCILER_CREDENTIALS_DIR", str(tmp_path))
    assert credential_places().folder == tmp_path


def test_a_chosen_folder_must_be_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECONCILER_CREDENTIALS_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="RECONCILER_CREDENTIALS_DIR"):
        credential_places()


@pytest.mark.skipif(os.name != "posix", reason="quotes as in a POSIX shell")
def test_the_helper_is_split_as_a_shell_would(monkeypatch: pytest.MonkeyPatch) -> None:
    assert credential_places().helper == ()
    monkeypatch.setenv("RECONCILER_CREDENTIALS_HELPER", "vault-get --path 'kv/our bots'")
    assert credential_places().helper == ("vault-get", "--path", "kv/our bots")


def test_an_unclosed_quote_in_the_helper_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECONCILER_CREDENTIALS_HELPER", f"get '{SECRET}")
    with pytest.raises(ConfigurationError, match="RECONCILER_CREDENTIALS_HELPER") as raised:
        credential_places()
    assert SECRET not in raised.value.message + raised.value.hint


# Those in the environment


def test_variables_end_with_the_name_in_upper_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNIGY_TENANT__ACME_PROD_2", "acme")
    monkeypatch.setenv("COGNIGY_CLIENT_ID__ACME_PROD_2", "client")
    monkeypatch.setenv("COGNIGY_CLIENT_SECRET__ACME_PROD_2", SECRET)
    for name in ("acme-prod-2", "acme.prod_2"):
        credentials = in_environment(name)
        assert credentials is not None
        access = named_tenant_access(credentials, name=name, expected=ANYWHERE)
        assert access.endpoint.origin == "https://acme.cognigy.com"
        assert (access.client_id, access.client_secret) == ("client", Secret(SECRET))
        assert credentials.places["bot_id"] == "COGNIGY_BOT_ID__ACME_PROD_2"


def test_a_base_url_comes_before_a_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNIGY_TENANT__ACME", "Not A Label")
    monkeypatch.setenv("COGNIGY_BASE_URL__ACME", "https://bots.acme.example/new")
    monkeypatch.setenv("COGNIGY_API_KEY__ACME", SECRET)
    credentials = in_environment("acme")
    assert credentials is not None
    access = named_project_access(credentials, name="acme", expected=Expectation(bot_id=PROJECT))
    assert access.endpoint.origin == "https://bots.acme.example"
    assert access.endpoint.bot_id == PROJECT


def test_a_tenant_that_is_not_a_label_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNIGY_TENANT__ACME", "evil.com/")
    with pytest.raises(ConfigurationError, match=r"COGNIGY_TENANT__ACME is 'evil\.com/'"):
        in_environment("acme")


def test_a_variable_without_the_name_and_a_dotenv_file_are_for_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COGNIGY_CLIENT_SECRET", SECRET)
    (tmp_path / ".env.acme").write_text(f"COGNIGY_CLIENT_SECRET={SECRET}\n", encoding="utf-8")
    (tmp_path / ".env").write_text(f"COGNIGY_CLIENT_SECRET__ACME={SECRET}\n", encoding="utf-8")
    assert in_environment("acme") is None


# What they must be


def test_the_bot_is_the_expected_one_unless_the_secret_names_one() -> None:
    expected = Expectation(bot_id="bot_9")
    access = named_tenant_access(found(**OF_V1), name="acme", expected=expected)
    assert access.endpoint.bot_id == "bot_9"
    access = named_tenant_access(found(**OF_V1, bot_id="bot_7"), name="acme", expected=expected)
    assert access.endpoint.bot_id == "bot_7"
    access = named_tenant_access(found(**OF_V1), name="acme", expected=ANYWHERE)
    assert access.endpoint.bot_id is None


def test_one_message_names_every_field_that_is_missing() -> None:
    message = refusal({})
    assert message.splitlines() == [
        "The credentials acme cannot be used:",
        "  /run/secrets/acme/origin is missing.",
        "  /run/secrets/acme/client_id is missing.",
        "  /run/secrets/acme/client_secret is missing.",
    ]
    assert refusal({}, v2=True).splitlines()[1:] == [
        "  /run/secrets/acme/origin is missing.",
        "  /run/secrets/acme/api_key is missing.",
        "  /run/secrets/acme/project_id is missing, and nothing expects a project.",
    ]


@pytest.mark.parametrize("v2", [False, True])
@pytest.mark.parametrize(
    "origin",
    [
        "http://acme.cognigy.com",
        f"https://user:{SECRET}@acme.cognigy.com",
        f"https://acme.cognigy.com/{SECRET}",
        f"https://{SECRET} .com",
        SECRET,
    ],
)
def test_an_origin_that_must_not_get_a_secret_is_refused_and_not_shown(
    origin: str, *, v2: bool
) -> None:
    fields = {**(OF_V2 if v2 else OF_V1), "origin": origin}
    assert "/run/secrets/acme/origin " in refusal(fields, v2=v2)


def test_an_origin_may_be_of_this_machine_without_tls() -> None:
    access = named_tenant_access(
        found(**{**OF_V1, "origin": "http://127.0.0.1:8080/"}), name="acme", expected=ANYWHERE
    )
    assert access.endpoint.origin == "http://127.0.0.1:8080"


def test_a_key_that_no_header_carries_is_refused_and_not_shown() -> None:
    assert "api_key contains characters that no key has" in refusal(
        {**OF_V2, "api_key": f"{SECRET}\n{SECRET}"}, v2=True
    )


def test_a_project_must_be_an_id() -> None:
    assert "project_id is not the 24 characters" in refusal(
        {**OF_V2, "project_id": SECRET}, v2=True
    )


def test_the_proxy_is_that_of_the_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    for access in (
        named_tenant_access(found(**OF_V1), name="acme", expected=ANYWHERE),
        named_project_access(found(**OF_V2), name="acme", expected=ANYWHERE),
    ):
        assert access.proxy == Secret("http://proxy.example:3128")
        assert SECRET not in repr(access)
