"""Origins: the one spelling in which each is compared, hashed and kept, and which stay on this
machine."""

from __future__ import annotations

import ipaddress
import re

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{0,9}))?/*",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised_origin(text: str) -> str:
    """The origin as RFC 3986, 6.2, spells it; what is not an origin stays as it is.

    Scheme and host are in lower case, an IPv6 address is compressed, a port that is the scheme's
    own is left out, and so are zeros before a port and slashes after it. A dot at the end of the
    host stays: such a name is looked up, and certified, in another way.
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
    """Whether what is sent there stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
