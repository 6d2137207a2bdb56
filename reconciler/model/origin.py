"""Origins: the one spelling in which each is compared, hashed and stored; and loopback hosts."""

from __future__ import annotations

import ipaddress
import re

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{0,9}))?/*",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised_origin(text: str) -> str:
    """The origin, normalised as in RFC 3986, 6.2; text that is not an origin is returned unchanged.

    Scheme and host are in lower case and an IPv6 address is compressed. The scheme's default port,
    leading zeros of a port, and trailing slashes are dropped. A trailing dot of the host stays:
    such a name is looked up, and certified, differently.
    """
    found = _ORIGIN.fullmatch(text)
    if found is None:
        return text
    scheme, host = found["scheme"].lower(), found["host"].lower()
    if host.startswith("["):
        try:
            host = f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
        except ValueError:
            return text
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
