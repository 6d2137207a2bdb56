"""URLs that get our credentials, and the proxies on the way to them."""

from __future__ import annotations

import ipaddress
import re
import urllib.request
from urllib.parse import urlsplit

from reconciler.errors import ConfigurationError

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?)+|[0-9a-f:.]+", re.IGNORECASE)


def checked_url(value: str, *, name: str, problems: list[str], path: bool) -> str:
    """The URL, if it is https, or http to a loopback address; otherwise a problem is added."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        problems.append(f"{name} is not a URL.")
        return value
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
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


def proxy_for(origin: str) -> str | None:
    """The HTTP proxy that the environment names for this origin. Raises ConfigurationError."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(host):
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


def is_loopback(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
