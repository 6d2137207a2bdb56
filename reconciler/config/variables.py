"""Variables and a .env file → typed values, each parsed once by the command that needs it."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path, PurePath, PureWindowsPath

import dotenv
from pydantic import SecretStr

from reconciler.config.urls import checked_url, proxy_for
from reconciler.errors import ConfigurationError
from reconciler.model.access import TenantAccess, WebhookAccess
from reconciler.model.conflicts import conflict_lines
from reconciler.model.endpoint import Endpoint

DEFAULT_LEDGER = "slot_updates_audit.jsonl"
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DIRECTING = {
    "COGNIGY_CLIENT_SECRET": ("COGNIGY_TENANT", "COGNIGY_BASE_URL"),
    "COGNIGY_WEBHOOK_SECRET": ("COGNIGY_WEBHOOK_URL",),
}
"""What decides where a secret is sent, or what it signs."""


@dataclass(frozen=True)
class Variables:
    """The variables that concern us, of which the real environment wins over .env."""

    values: Mapping[str, str] = field(repr=False)
    withheld: frozenset[str] = frozenset()
    """Variables that .env sets and may not, beside a secret of the real environment."""

    def tenant_access(self) -> TenantAccess:
        """Raises ConfigurationError with every variable that is missing or bad."""
        problems: list[str] = []
        origin = self._origin(problems)
        problems.extend(
            f"{name} is missing."
            for name in ("COGNIGY_CLIENT_ID", "COGNIGY_CLIENT_SECRET")
            if name not in self.values
        )
        if problems:
            raise ConfigurationError(
                "The environment is not complete:",
                details=problems,
                hint="Set them in the environment, or in a .env file here. To try reconciler "
                "without a tenant of your own: reconciler demo",
            )
        return TenantAccess(
            endpoint=self._endpoint_at(origin),
            client_id=self.values["COGNIGY_CLIENT_ID"],
            client_secret=SecretStr(self.values["COGNIGY_CLIENT_SECRET"]),
            proxy=proxy_for(origin),
        )

    def _origin(self, problems: list[str]) -> str:
        base_url = self.values.get("COGNIGY_BASE_URL")
        if base_url is not None:
            return checked_url(base_url, name="COGNIGY_BASE_URL", problems=problems, path=False)
        tenant = self.values.get("COGNIGY_TENANT")
        if tenant is None:
            reason = self._reason_withheld("COGNIGY_CLIENT_SECRET")
            problems.append(f"COGNIGY_TENANT is missing{f': {reason}' if reason else '.'}")
        elif not _LABEL.fullmatch(tenant):
            problems.append(
                f"COGNIGY_TENANT is {tenant[:40]!r}, and must be one DNS label: a-z, 0-9 and "
                "hyphens. It becomes the host name that gets the credentials."
            )
        return f"https://{tenant}.cognigy.com"

    def endpoint(self) -> Endpoint:
        """The endpoint as far as the variables name one, for what is only said of it."""
        problems: list[str] = []
        origin = self._origin(problems)
        return self._endpoint_at("" if problems else origin)

    def _endpoint_at(self, origin: str) -> Endpoint:
        return Endpoint(origin=origin, bot_id=self.values.get("COGNIGY_BOT_ID"))

    def _reason_withheld(self, secret: str) -> str:
        """Why what .env says of where this secret goes is not used; "" where it is."""
        names = [name for name in _DIRECTING[secret] if name in self.withheld]
        if not names:
            return ""
        return (
            f"{' and '.join(sorted(names))} from .env cannot direct a {secret} that the real "
            "environment holds."
        )

    def webhook(self) -> WebhookAccess | None:
        """Where events go, if anywhere. Raises ConfigurationError for a URL that is bad, or not
        .env's to say."""
        reason = self._reason_withheld("COGNIGY_WEBHOOK_SECRET")
        if reason:
            raise ConfigurationError(reason, hint="Set both in the environment, or both in .env.")
        url = self.values.get("COGNIGY_WEBHOOK_URL")
        if url is None:
            return None
        problems: list[str] = []
        checked = checked_url(url, name="COGNIGY_WEBHOOK_URL", problems=problems, path=True)
        if problems:
            raise ConfigurationError(problems[0], hint="Correct it, or unset it.")
        secret = self.values.get("COGNIGY_WEBHOOK_SECRET")
        return WebhookAccess(
            url=SecretStr(checked),
            secret=SecretStr(secret) if secret else None,
            proxy=proxy_for(checked),
        )

    @property
    def ledger(self) -> Path:
        """Where the ledger is; in GitHub Actions never inside the checkout, whose files anybody may
        have written. What .env says of it has been checked. Raises ConfigurationError."""
        if self.values.get("GITHUB_ACTIONS") != "true":
            return Path(self.values.get("COGNIGY_AUDIT_LOG", DEFAULT_LEDGER))
        default = Path(self.values.get("RUNNER_TEMP", ""), DEFAULT_LEDGER)
        path = Path(self.values.get("COGNIGY_AUDIT_LOG", default))
        checkout = self.values.get("GITHUB_WORKSPACE")
        if checkout is not None and _is_within(path, Path(checkout)):
            raise ConfigurationError(
                f"The ledger {path} is inside the workflow's checkout {checkout}, where a "
                "committed ledger would be trusted.",
                hint="Unset COGNIGY_AUDIT_LOG, which puts the ledger in RUNNER_TEMP, or set it to "
                "a file outside the checkout.",
            )
        return path

    @property
    def actor(self) -> str:
        """Who runs this: the actor of a GitHub workflow, or the user."""
        try:
            return self.values.get("GITHUB_ACTOR") or getpass.getuser()
        except (OSError, KeyError, ImportError):  # a container's user may have no name
            return "unknown"

    @property
    def commit(self) -> str | None:
        """The commit that a workflow runs for."""
        return self.values.get("GITHUB_SHA")


def _is_within(path: Path, folder: Path) -> bool:
    """Whether the path leads into the folder, as it is written or through links."""
    named = Path(os.path.abspath(path))  # noqa: PTH100 - takes ".." away, and follows no link
    return any(
        each.is_relative_to(home)
        for each in (named, path.resolve())
        for home in (folder.absolute(), folder.resolve())
    )


def read_variables() -> Variables:
    """The real environment, and ./.env where it may be read. An empty variable is unset."""
    real = {name: value.strip() for name, value in os.environ.items() if value.strip()}
    if real.get("GITHUB_ACTIONS") == "true":
        return Variables(values=real)
    from_file = _dotenv(Path(".env"))
    if "COGNIGY_AUDIT_LOG" in from_file and "COGNIGY_AUDIT_LOG" not in real:
        _require_within_reach(from_file["COGNIGY_AUDIT_LOG"])
    withheld = frozenset(
        name
        for secret, names in _DIRECTING.items()
        for name in names
        if secret in real and name in from_file and name not in real
    )
    allowed = {name: value for name, value in from_file.items() if name not in withheld}
    return Variables(values={**allowed, **real}, withheld=withheld)


def _require_within_reach(ledger: str) -> None:
    """Raises ConfigurationError where a .env file, which may have come with a repository, would
    have lines appended outside of the working directory, or within git's own folder."""
    spellings = (PurePath(ledger), PureWindowsPath(ledger))
    here = Path.cwd().resolve()
    folder = (here / ledger).parent.resolve()
    parts = {part.lower() for each in (*spellings, folder) for part in each.parts}
    is_anchored = any(each.anchor for each in spellings)
    if is_anchored or not folder.is_relative_to(here) or not parts.isdisjoint(("..", ".git")):
        raise ConfigurationError(
            f"COGNIGY_AUDIT_LOG in .env is {ledger[:100]!r}, and may only name a file below the "
            "working directory, by a relative path and not through a link out of it.",
            hint="Set it in the real environment, which may name any file.",
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
