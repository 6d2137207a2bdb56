"""The environment: variables and a .env file → a Configuration. The only reader of os.environ."""

from __future__ import annotations

import getpass
import ipaddress
import os
import re
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import dotenv

from reconciler.errors import ConfigurationError

DEFAULT_LEDGER = "slot_updates_audit.jsonl"
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?)+|[0-9a-f:.]+", re.IGNORECASE)
_REDIRECTING = ("COGNIGY_TENANT", "COGNIGY_BASE_URL")
"""What decides where a secret is sent."""


@dataclass(frozen=True)
class TenantAccess:
    """Where the tenant is, and our OAuth client there."""

    origin: str
    client_id: str
    client_secret: str = field(repr=False)
    bot_id: str | None
    proxy: str | None = field(default=None, repr=False)
    """The HTTP proxy that the environment names for this origin, by the usual variables."""


@dataclass(frozen=True)
class Environment:
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
                "The environment is not complete:\n"
                + "\n".join(f"  {problem}" for problem in problems),
                hint="Set them in the environment, or in a .env file here. To try reconciler "
                "without a tenant of your own: reconciler demo",
            )
        return TenantAccess(
            origin=origin,
            client_id=self.values["COGNIGY_CLIENT_ID"],
            client_secret=self.values["COGNIGY_CLIENT_SECRET"],
            bot_id=self.values.get("COGNIGY_BOT_ID"),
            proxy=_proxy_for(origin),
        )

    def _origin(self, problems: list[str]) -> str:
        base_url = self.values.get("COGNIGY_BASE_URL")
        if base_url is not None:
            return _checked_url(base_url, name="COGNIGY_BASE_URL", problems=problems, path=False)
        tenant = self.values.get("COGNIGY_TENANT")
        if tenant is None:
            withheld = sorted(self.withheld)
            problems.append(
                "COGNIGY_TENANT is missing."
                if not withheld
                else f"COGNIGY_TENANT is missing: {' and '.join(withheld)} from .env cannot "
                "direct a COGNIGY_CLIENT_SECRET that the real environment holds."
            )
        elif not _LABEL.fullmatch(tenant):
            problems.append(
                f"COGNIGY_TENANT is {tenant[:40]!r}, and must be one DNS label: a-z, 0-9 and "
                "hyphens. It becomes the host name that gets the credentials."
            )
        return f"https://{tenant}.cognigy.com"

    def webhook(self) -> tuple[str, str | None] | None:
        """URL and signing secret, or None. Raises ConfigurationError for a bad URL."""
        url = self.values.get("COGNIGY_WEBHOOK_URL")
        if url is None:
            return None
        problems: list[str] = []
        checked = _checked_url(url, name="COGNIGY_WEBHOOK_URL", problems=problems, path=True)
        if problems:
            raise ConfigurationError(problems[0], hint="Correct it, or unset it.")
        return checked, self.values.get("COGNIGY_WEBHOOK_SECRET")

    @property
    def ledger(self) -> Path:
        """Where the ledger is."""
        return Path(self.values.get("COGNIGY_AUDIT_LOG", DEFAULT_LEDGER))

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


def color_is_unwanted() -> bool:
    """Whether NO_COLOR is set; no .env is read for it."""
    return bool(os.environ.get("NO_COLOR"))


def read_environment() -> Environment:
    """The real environment, and ./.env where it may be read. An empty variable is unset."""
    real = {name: value.strip() for name, value in os.environ.items() if value.strip()}
    if real.get("GITHUB_ACTIONS") == "true":
        return Environment(values=real)
    from_file = _dotenv(Path(".env"))
    withheld: frozenset[str] = frozenset()
    if "COGNIGY_CLIENT_SECRET" in real:
        withheld = frozenset(
            name for name in _REDIRECTING if name in from_file and name not in real
        )
    allowed = {name: value for name, value in from_file.items() if name not in withheld}
    return Environment(values={**allowed, **real}, withheld=withheld)


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        found = dotenv.dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The file .env cannot be read: {type(error).__name__}.",
            hint="Correct it, or remove it.",
        ) from error
    return {
        name: value.strip()
        for name, value in found.items()
        if name.startswith("COGNIGY_") and value and value.strip()
    }


def _checked_url(value: str, *, name: str, problems: list[str], path: bool) -> str:
    """The URL, if it is https, or http to a loopback address; otherwise a problem is added."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        problems.append(f"{name} is not a URL.")
        return value
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    if host and not _HOST.fullmatch(host):
        problems.append(f"{name} has a host name that is none: {host[:60]!r}.")
    elif not host or not secure:
        problems.append(
            f"{name} must begin with https://, or with http:// and a loopback address such as "
            "127.0.0.1: it gets our credentials."
        )
    elif (
        "@" in parts.netloc
        or "\\" in value
        or not value.isprintable()
        or any(character.isspace() for character in value)
    ):
        problems.append(
            f"{name} must not hold a user name, a password, spaces, backslashes or control "
            "characters."
        )
    elif not path and (parts.path.strip("/") or "?" in value or "#" in value):
        problems.append(
            f"{name} must be an origin, without a path: https://host or https://host:port."
        )
    return value if path else value.rstrip("/")


def _proxy_for(origin: str) -> str | None:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if _is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy is None:
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if not proxy.startswith(("http://", "https://")):
        raise ConfigurationError(
            f"The proxy for {host} is of a kind that is not supported.",
            hint="Set HTTPS_PROXY to an http:// or https:// proxy, or NO_PROXY to go without.",
        )
    return proxy


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
