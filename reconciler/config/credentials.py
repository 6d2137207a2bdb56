"""Credentials by name: where they may lie, those in the real environment, and what they must be.

A .env file has no part in it, because it may have come with a repository.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from reconciler.config.access import API_KEY, LABEL, PROJECT_ID
from reconciler.config.urls import checked_url, proxy_for
from reconciler.config.variables import suffix_of
from reconciler.errors import ConfigurationError
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.credentials import FoundCredentials
from reconciler.model.endpoint import Endpoint, Places
from reconciler.model.environment import Expectation
from reconciler.model.secret import Secret

_FOLDER = "RECONCILER_CREDENTIALS_DIR"
_HELPER = "RECONCILER_CREDENTIALS_HELPER"
_DEFAULT_FOLDER = "/run/secrets"
_VARIABLES = {
    "client_id": "COGNIGY_CLIENT_ID",
    "client_secret": "COGNIGY_CLIENT_SECRET",
    "origin": "COGNIGY_BASE_URL",
    "bot_id": "COGNIGY_BOT_ID",
    "api_key": "COGNIGY_API_KEY",
    "project_id": "COGNIGY_PROJECT_ID",
}
_TENANT = "COGNIGY_TENANT"


@dataclass(frozen=True)
class CredentialPlaces:
    """The folder of the files, and the helper's command, empty without a helper."""

    folder: Path
    helper: tuple[str, ...]


def credential_places() -> CredentialPlaces:
    """Where credentials may lie besides the environment. Raises ConfigurationError."""
    chosen = os.environ.get(_FOLDER, "").strip()
    if chosen and not Path(chosen).is_dir():
        raise ConfigurationError(
            f"{_FOLDER} is {chosen[:200]!r}, which is not a folder.",
            hint="Correct it, or unset it.",
        )
    folder = chosen or os.environ.get("CREDENTIALS_DIRECTORY", "").strip() or _DEFAULT_FOLDER
    try:
        helper = tuple(shlex.split(os.environ.get(_HELPER, ""), posix=os.name == "posix"))
    except ValueError:
        raise ConfigurationError(
            f"{_HELPER} is not a valid command: a quote is not closed.", hint="Correct it."
        ) from None
    return CredentialPlaces(folder=Path(folder), helper=helper)


def in_environment(name: str) -> FoundCredentials | None:
    """The credentials in the real variables that end with this name, or None."""
    suffix = suffix_of(name)
    values = {
        field: os.environ.get(f"{variable}{suffix}", "").strip()
        for field, variable in _VARIABLES.items()
    }
    tenant = os.environ.get(f"{_TENANT}{suffix}", "").strip()
    places = {field: f"{variable}{suffix}" for field, variable in _VARIABLES.items()}
    if tenant and not values["origin"]:
        places["origin"] = f"{_TENANT}{suffix}"
        if LABEL.fullmatch(tenant) is None:
            raise ConfigurationError(
                f"{places['origin']} is {tenant[:40]!r}, but must be a single DNS label of a-z, "
                "0-9 and hyphens.",
                hint="Correct it.",
            )
        values["origin"] = f"https://{tenant}.cognigy.com"
    fields = {field: Secret(value) for field, value in values.items() if value}
    return FoundCredentials(fields, places=places) if fields else None


def named_tenant_access(
    found: FoundCredentials, *, name: str, expected: Expectation
) -> TenantAccess:
    """Access by version 1 of the API. The bot is the expected one, unless the credentials name one.
    Raises ConfigurationError with all fields that are missing or invalid."""
    fields = _Fields(found)
    origin = fields.origin()
    client_id, client_secret = fields.required("client_id"), fields.required("client_secret")
    fields.require_usable(name)
    places = found.places
    return TenantAccess(
        endpoint=Endpoint(
            origin=origin,
            bot_id=fields.text("bot_id") or expected.bot_id,
            found_in=Places(
                origin=places["origin"],
                bot=places["bot_id"],
                credentials=f"{places['client_id']} and {places['client_secret']}",
            ),
        ),
        client_id=client_id.get_secret_value(),
        client_secret=client_secret,
        proxy=proxy_for(origin),
    )


def named_project_access(
    found: FoundCredentials, *, name: str, expected: Expectation
) -> ProjectAccess:
    """The same by version 2 of the API, where the expectation's bot is a project."""
    fields = _Fields(found)
    origin = fields.origin()
    api_key = fields.required("api_key")
    if api_key.get_secret_value() and not API_KEY.fullmatch(api_key.get_secret_value()):
        fields.add(
            f"{found.places['api_key']} contains characters that no key has, or is too long."
        )
    project_id = fields.text("project_id") or expected.bot_id
    if project_id is None:
        fields.add(f"{found.places['project_id']} is missing, and nothing expects a project.")
    elif PROJECT_ID.fullmatch(project_id) is None:
        fields.add(
            f"{found.places['project_id']} is not the 24 characters a-z, 0-9 that follow /project/ "
            "in the console's address."
        )
    fields.require_usable(name)
    return ProjectAccess(
        endpoint=Endpoint(
            origin=origin,
            bot_id=project_id,
            kind="project",
            found_in=Places(
                origin=found.places["origin"],
                bot=found.places["project_id"],
                credentials=found.places["api_key"],
            ),
        ),
        api_key=api_key,
        proxy=proxy_for(origin),
    )


class _Fields:
    """The fields of credentials, and what is wrong with them."""

    def __init__(self, found: FoundCredentials) -> None:
        self._found = found
        self._problems: list[str] = []

    def add(self, problem: str) -> None:
        self._problems.append(problem)

    def text(self, field: str) -> str | None:
        """What is not a secret."""
        value = self._found.fields.get(field)
        return None if value is None else value.get_secret_value()

    def required(self, field: str) -> Secret:
        if field not in self._found.fields:
            self.add(f"{self._found.places[field]} is missing.")
        return self._found.fields.get(field, Secret(""))

    def origin(self) -> str:
        """The origin; `/new`, which version 2 has in its address, is not part of it."""
        given = self.required("origin").get_secret_value().rstrip("/").removesuffix("/new")
        if not given:
            return ""
        place = self._found.places["origin"]
        return checked_url(given, name=place, problems=self._problems, path=False)

    def require_usable(self, name: str) -> None:
        """Raises ConfigurationError with all problems."""
        if self._problems:
            raise ConfigurationError(
                f"The credentials {name} cannot be used:",
                details=self._problems,
                hint="Correct them where they lie.",
            )
