"""The raw variables, from the environment and the .env file, and which ones of .env are
ignored."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import dotenv

from reconciler.config.project import DOTENV, project_folder
from reconciler.errors import ConfigurationError
from reconciler.model.conflicts import conflict_lines
from reconciler.model.secret import Secret

_DIRECTING = {
    "COGNIGY_CLIENT_SECRET": ("COGNIGY_TENANT", "COGNIGY_BASE_URL"),
    "COGNIGY_API_KEY": ("COGNIGY_BASE_URL",),
    "COGNIGY_WEBHOOK_SECRET": ("COGNIGY_WEBHOOK_URL",),
}
"""The variables that decide where a secret is sent, or what it signs."""
_OURS = "COGNIGY_"
_SHARED = "the environment"
"""The origin of a real variable that is not for one of the project's environments alone."""


@dataclass(frozen=True)
class Variables:
    """The variables; the real environment takes precedence over .env."""

    values: Mapping[str, str] = field(repr=False)
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each of our variables comes from: "the environment", the .env file's name, or the
    variable that sets it for one environment."""
    withheld: frozenset[str] = frozenset()
    """Variables in .env that are ignored, because the real environment has the secret."""
    dotenv: str = DOTENV
    """The name of the .env file."""

    def is_from_dotenv(self, name: str) -> bool:
        """Whether a variable's value comes from the .env file."""
        return self.origins.get(name) == self.dotenv

    def is_own(self, name: str) -> bool:
        """Whether a variable is set for this environment alone: in its .env file, or with its
        suffix."""
        return self.origins.get(name, _SHARED) != _SHARED

    def get(self, name: str) -> str | None:
        """The value, which is never empty; None if the variable is not set."""
        return self.values.get(name)

    def secret(self, name: str) -> Secret | None:
        """The value as a secret."""
        value = self.values.get(name)
        return Secret(value) if value is not None else None

    def path(self, name: str) -> Path | None:
        """The value as a path."""
        value = self.values.get(name)
        return Path(value) if value is not None else None

    @property
    def is_workflow(self) -> bool:
        """Whether this runs in GitHub Actions, where anyone may have written the checked-out
        files."""
        return self.values.get("GITHUB_ACTIONS") == "true"

    def reason_withheld(self, secret: str) -> str:
        """Why the address in .env for this secret is ignored; "" if it is not."""
        names = [name for name in _DIRECTING[secret] if name in self.withheld]
        if not names:
            return ""
        return (
            f"{' and '.join(sorted(names))} from {self.dotenv} cannot redirect the {secret} of "
            "the real environment."
        )


def read_variables(environment: str | None = None) -> Variables:
    """The real environment, and outside GitHub Actions the project's .env. An empty variable counts
    as unset.

    For one of a project's environments, the file is .env.NAME, and a real variable whose name ends
    with its name, such as COGNIGY_CLIENT_SECRET__STAGING, comes before the one without.

    Raises ConfigurationError if the file cannot be read.
    """
    real, origins = _real_variables(environment)
    file_name = DOTENV if environment is None else f"{DOTENV}.{environment}"
    variables = Variables(values=real, origins=origins, dotenv=file_name)
    if variables.is_workflow:
        return variables
    from_file = _dotenv(project_folder() / file_name)
    withheld = frozenset(
        name
        for secret, names in _DIRECTING.items()
        for name in names
        if secret in real and name in from_file and name not in real
    )
    allowed = {name: value for name, value in from_file.items() if name not in withheld}
    return Variables(
        values={**allowed, **real},
        origins={**dict.fromkeys(allowed, file_name), **origins},
        withheld=withheld,
        dotenv=file_name,
    )


def suffix_of(environment: str) -> str:
    """What the names of real variables end with that are for this environment, or these
    credentials, alone."""
    return f"__{environment.upper().replace('-', '_').replace('.', '_')}"


def _real_variables(environment: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """The values of the real environment, and the origin of each variable that is ours."""
    real = {name: value.strip() for name, value in os.environ.items() if value.strip()}
    origins = {name: _SHARED for name in real if name.startswith(_OURS) and "__" not in name}
    if environment is None:
        return real, origins
    suffix = suffix_of(environment)
    own = {
        name.removesuffix(suffix): name
        for name in real
        if name.startswith(_OURS) and name.endswith(suffix)
    }
    return {**real, **{name: real[source] for name, source in own.items()}}, {**origins, **own}


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"The file {path} cannot be read: {type(error).__name__}.",
            hint="Correct it, or remove it.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"The file {path} cannot be read: it is not valid UTF-8.",
            hint="Save it as UTF-8, or remove it.",
        ) from error
    conflicts = conflict_lines(text.splitlines())
    if conflicts:
        raise ConfigurationError(
            f"The file {path} has a merge conflict on line {conflicts[0]}.",
            hint="Keep one of the two versions and remove git's conflict markers.",
        )
    values = dotenv.dotenv_values(stream=StringIO(text), interpolate=False)
    return {
        name: value.strip()
        for name, value in values.items()
        if name.startswith(_OURS) and value and value.strip()
    }


def foreign_variables() -> dict[str, str]:
    """The real environment without our variables, for a process that gets its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
