"""The way to a server: TLS, and the proxy in between."""

from __future__ import annotations

import httpx

from reconciler.errors import ConfigurationError


def network(proxy: str | None) -> httpx.HTTPTransport:
    """Raises ConfigurationError."""
    try:
        return httpx.HTTPTransport(proxy=proxy)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The certificates for TLS, or the proxy, cannot be used: {type(error).__name__}.",
            hint="Check SSL_CERT_FILE, SSL_CERT_DIR and HTTPS_PROXY.",
        ) from error
