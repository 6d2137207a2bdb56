"""The variables and the .env file as they are written: which of them count, and which of .env's do
not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import dotenv

from reconciler.errors import ConfigurationError
from reconciler.model.conflicts import conflict_lines
from reconciler.model.secret import Secret

_DIRECTING = {
    "COGNIGY_CLIENT_SECRET": ("COGNIGY_TENANT", "COGNIGY_BASE_URL"),
    "COGNIGY_WEBHOOK_SECRET": ("COGNIGY_WEBHOOK_URL",),
}
"""What decides where a secret is sent, or what it signs."""


@dataclass(frozen=True)
class Variables:
    """The variables that concern us, of which the real environment wins over .env."""

    values: Mapping[str, str] = field(repr=False)
    from_dotenv: frozenset[str] = frozenset()
    """Those whose value is .env's."""
    withheld: frozenset[str] = frozenset()
    """Variables that .env sets and may not, beside a secret of the real environment."""

    def get(self, name: str) -> str | None:
        """The value, which is never empty; None where it is not set."""
        return self.values.get(name)

    def secret(self, name: str) -> Secret | None:
        """The same of what must not be shown."""
        value = self.values.get(name)
        return Secret(value) if value is not None else None

    def path(self, name: str) -> Path | None:
        """The same as a path."""
        value = self.values.get(name)
        return Path(value) if value is not None else None

    @property
    def is_workflow(self) -> bool:
        """Whether GitHub Actions runs us, on a checkout whose files anybody may have written."""
        return self.values.get("GITHUB_ACTIONS") == "true"

    def reason_withheld(self, secret: str) -> str:
        """Why what .env says of where this secret goes is not used; "" where it is."""
        names = [name for name in _DIRECTING[secret] if name in self.withheld]
        if not names:
            return ""
        return (
            f"{' and '.join(sorted(names))} from .env cannot direct a {secret} that the real "
            "environment holds."
        )


def read_variables() -> Variables:
    """The real environment, and ./.env where it may be read. An empty variable is unset.

    Raises ConfigurationError for a .env that cannot be read.
    """
    real = {name: value.strip() for name, value in os.environ.items() if value.strip()}
    variables = Variables(values=real)
    if variables.is_workflow:
        return variables
    from_file = _dotenv(Path(".env"))
    withheld = frozenset(
        name
        for secret, names in _DIRECTING.items()
        for name in names
        if secret in real and name in from_file and name not in real
    )
    allowed = {name: value for name, value in from_file.items() if name not in withheld}
    return Variables(
        values={**allowed, **real},
        from_dotenv=frozenset(allowed.keys() - real.keys()),
        withheld=withheld,
    )


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"The file .env cannot be read: {type(error).__name__}.",
            hint="Correct it, or remove it.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            "The file .env cannot be read: it is not UTF-8 text.",
            hint="Save it as UTF-8, or remove it.",
        ) from error
    conflicts = conflict_lines(text.splitlines())
    if conflicts:
        raise ConfigurationError(
            f"The file .env has a merge conflict, on line {conflicts[0]}.",
            hint="Keep one of the two versions, and remove git's markers.",
        )
    found = dotenv.dotenv_values(stream=StringIO(text), interpolate=False)
    return {
        name: value.strip()
        for name, value in found.items()
        if name.startswith("COGNIGY_") and value and value.strip()
    }


def foreign_variables() -> dict[str, str]:
    """The real environment without what concerns us, for a process that gets its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COGNIGY_")}
