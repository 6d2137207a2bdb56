"""Credentials by name, from where the variables say that they lie.

a folder of files ── none with this name ──> variables ── none ──> the helper ── none ──> refused
        │                                        │                     │
        └──────────────── the first that has any of them ──────────────┘
                                        │
        the origin lies with the secret; what is expected is only compared with it
"""

from __future__ import annotations

from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.adapters.credentials.folder import in_folder
from reconciler.adapters.credentials.helper import from_helper
from reconciler.config.credentials import (
    CredentialPlaces,
    credential_places,
    in_environment,
    named_project_access,
    named_tenant_access,
)
from reconciler.config.variables import suffix_of
from reconciler.errors import ConfigurationError
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.api import Api
from reconciler.model.credentials import FoundCredentials, is_credentials_name
from reconciler.model.environment import Expectation
from reconciler.planning.environments import require_expected_of_credentials
from reconciler.ports import Credentials


def credentials_by_name() -> Credentials:
    """The credentials where the variables say that they lie. Raises ConfigurationError."""
    return _NamedCredentials(credential_places())


class _NamedCredentials:
    """`ports.Credentials` in these places and in the environment."""

    def __init__(self, places: CredentialPlaces) -> None:
        self._places = places

    def access(self, name: str, *, api: Api, expected: Expectation) -> TenantAccess | ProjectAccess:
        found = self._found(name)
        access: TenantAccess | ProjectAccess
        if api.name == COGNIGY_V2.name:
            access = named_project_access(found, name=name, expected=expected)
        else:
            access = named_tenant_access(found, name=name, expected=expected)
        require_expected_of_credentials(access.endpoint, expected=expected, name=name)
        return access

    def _found(self, name: str) -> FoundCredentials:
        if not is_credentials_name(name):
            raise ConfigurationError(
                f"{name[:60]!r} is not a valid name of credentials.",
                hint="Use at most 128 letters, digits, '.', '_' and '-', beginning with a letter "
                "or a digit.",
            )
        found = in_folder(self._places.folder, name) or in_environment(name)
        if found is not None:
            return found
        if self._places.helper:
            return from_helper(self._places.helper, name)
        raise ConfigurationError(
            f"There are no credentials {name}.",
            hint=f"Put client_id, client_secret and origin, or api_key and origin, into files in "
            f"{self._places.folder / name}, or set variables that end with {suffix_of(name)}, or "
            "RECONCILER_CREDENTIALS_HELPER to a command that prints them.",
        )
