"""URLs that get our credentials, and the proxies on the way to them.

No message shows any part of a URL that may hold a secret.
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
"""A proxy may have a local name, with an underscore in it."""


def checked_url(value: str, *, name: str, problems: list[str], path: bool) -> str:
    """The URL, if it is https, or http to a loopback address; otherwise a problem is added."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        problems.append(f"{name} is not a URL.")
        return value
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if host and not (_HOST.fullmatch(host) and parts.netloc.isascii()):
        problems.append(f"{name} has a host name that is not valid.")
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
    return value if path else normalised_origin(value)


def proxy_for(url: str) -> Secret | None:
    """The HTTP proxy that the environment names for this URL, which may hold a password; none for a
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
    """What named the proxy, in the order in which Python looks."""
    name = f"{scheme}_proxy"
    set_here = (each for each in (name, name.upper()) if os.environ.get(each))
    return next(set_here, "The system's setting of a proxy")


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
            f"{name} is not the URL of a proxy: http://host:port, or http://user:password@host:port"
            " with every special character of the password percent-encoded (%23 for #, %2F for /).",
            hint="Correct it, or unset it; NO_PROXY lists the hosts that are reached without one.",
        )
    if parts.scheme not in ("http", "https"):
        raise ConfigurationError(
            f"{name} names a kind of proxy that is not supported.",
            hint="Set it to an http:// or https:// proxy; NO_PROXY lists the hosts that are reached"
            " without one.",
        )
    return Secret(proxy)
