"""URLs that get our credentials, and the proxies for them.

No message shows any part of a URL that may contain a secret.
"""

from __future__ import annotations

import os
import re
import urllib.request
from urllib.parse import urlsplit

from reconciler.errors import ConfigurationError
from reconciler.model.origin import is_loopback, normalised_origin
from reconciler.model.secret import Secret

_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?)+|[0-9a-f:.]+", re.IGNORECASE | re.ASCII
)
_PROXY_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE | re.ASCII)
"""A proxy may have a local name, which may contain an underscore."""


def checked_url(value: str, *, name: str, problems: list[str], path: bool) -> str:
    """The URL. Adds a problem unless it is valid, and https or a loopback address."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        problems.append(f"{name} is not a URL.")
        return value
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if host and not (_HOST.fullmatch(host) and parts.netloc.isascii()):
        problems.append(f"{name} has an invalid host name.")
    elif not host or not secure:
        problems.append(
            f"{name} must begin with https://, or with http:// and a loopback address such as "
            "127.0.0.1, because it gets our credentials."
        )
    elif (
        "@" in parts.netloc
        or "\\" in value
        or not value.isprintable()
        or any(character.isspace() for character in value)
    ):
        problems.append(
            f"{name} must not contain a user name, a password, spaces, backslashes or control "
            "characters."
        )
    elif not path and (parts.path.strip("/") or "?" in value or "#" in value):
        problems.append(
            f"{name} must be an origin without a path: https://host or https://host:port."
        )
    return value if path else normalised_origin(value)


def proxy_for(url: str) -> Secret | None:
    """The HTTP proxy for this URL from the environment, which may contain a password; None for a
    loopback address.

    Raises ConfigurationError.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    scheme = parts.scheme if proxies.get(parts.scheme) else "all"
    proxy = proxies.get(scheme)
    if not proxy:
        return None
    return _checked_proxy(proxy if "://" in proxy else f"http://{proxy}", name=_variable(scheme))


def _variable(scheme: str) -> str:
    """The variable that named the proxy, in the order in which Python looks."""
    name = f"{scheme}_proxy"
    set_here = (each for each in (name, name.upper()) if os.environ.get(each))
    return next(set_here, "The system's proxy setting")


def _checked_proxy(proxy: str, *, name: str) -> Secret:
    try:
        parts = urlsplit(proxy)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    usable = (
        _PROXY_HOST.fullmatch(host)
        and proxy.isprintable()
        and not any(character.isspace() or character in "\\?#" for character in proxy)
        and parts.path in ("", "/")
    )
    if not usable:
        raise ConfigurationError(
            f"{name} is not a valid proxy URL. Use http://host:port, or "
            "http://user:password@host:port with special characters in the password "
            "percent-encoded (%23 for #, %2F for /).",
            hint="Correct it, or unset it. To reach a host without a proxy, add it to NO_PROXY.",
        )
    if parts.scheme not in ("http", "https"):
        raise ConfigurationError(
            f"{name} names an unsupported kind of proxy.",
            hint="Set it to an http:// or https:// proxy. To reach a host without a proxy, add it "
            "to NO_PROXY.",
        )
    return Secret(proxy)
