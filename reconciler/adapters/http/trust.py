"""The certificates that this process trusts, read once: that takes longer than many a request.

SSL_CERT_FILE and SSL_CERT_DIR replace the bundled ones. A process that runs for long does not
notice if they change.
"""

from __future__ import annotations

import threading
from functools import cache
from ssl import SSLContext

import httpx

_reading = threading.Lock()


def trusted() -> SSLContext:
    """The TLS context that all connections share; any thread may ask for it, and none may change
    it. Raises OSError if the certificates cannot be read."""
    with _reading:  # many threads begin at once
        return read_trusted()


@cache
def read_trusted() -> SSLContext:
    """The context, read by the first call that succeeds."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
