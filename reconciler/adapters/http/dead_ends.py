"""Connection failures that no retry can fix, each with a hint on how to fix it.

    the certificate is not trusted, has expired, or is for another name
    the port does not speak TLS, speaks only TLS, or speaks a TLS that we do not support
    the proxy requires credentials, refuses the connection, or cannot be reached

All of them happen before the server has seen the request, so a write was not carried out.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

_EXPIRED, _NOT_YET_VALID, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
"""OpenSSL's codes for a rejected certificate: X509_V_ERR_…"""
_NOT_TLS = frozenset(
    {
        "HTTP_REQUEST",
        "PACKET_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
        "UNKNOWN_PROTOCOL",
        "WRONG_VERSION_NUMBER",
    }
)
"""OpenSSL's reasons when the other side does not speak TLS."""
_MAY_PASS = frozenset({"500", "502", "503", "504", "408", "429"})
"""A proxy's answers to CONNECT while it, or the server behind it, has a temporary problem."""
_CLIENT_CERTIFICATE_REQUIRED = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
"""The one handshake failure that TLS 1.3 reports only after the handshake."""
_PROBE_SECONDS = 5.0
_PROXIES = "HTTPS_PROXY or ALL_PROXY"


@dataclass(frozen=True)
class DeadEnd:
    """The reason, as the end of a sentence, and a hint. Neither contains any part of a URL."""

    reason: str
    hint: str


class DeadEndError(httpx.RequestError):
    """Raised instead of httpx's own error."""

    def __init__(self, end: DeadEnd, *, request: httpx.Request) -> None:
        super().__init__(end.reason, request=request)
        self.reason = end.reason
        self.hint = end.hint


def dead_end(
    error: httpx.RequestError, *, url: httpx.URL, proxy: str | None, address: str
) -> DeadEnd | None:
    """Why a request to `url` can never succeed, or None if another attempt may help.

    `address` names the variables that hold the server's address.
    """
    tls = next((each for each in _causes(error) if isinstance(each, ssl.SSLError)), None)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return _of_certificate(tls, address=address)
    requires_certificate = tls is not None and tls.reason == _CLIENT_CERTIFICATE_REQUIRED
    if tls is not None and (requires_certificate or isinstance(error, httpx.ConnectError)):
        return _of_handshake(tls, proxy=proxy, address=address)
    if isinstance(error, httpx.ProxyError):
        return _of_proxy(str(error))
    first = httpx.URL(proxy) if proxy else url
    broke_off = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
    if first.scheme == "http" and isinstance(error, broke_off) and _speaks_tls(first):
        where = _PROXIES if proxy else address
        return DeadEnd(
            "the other side accepts only TLS on this port",
            f"Change {where} to begin with https://.",
        )
    if proxy and isinstance(error, httpx.ConnectError):
        return DeadEnd(
            "the proxy cannot be reached",
            f"Check {_PROXIES}. To reach this host without a proxy, add it to NO_PROXY.",
        )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _speaks_tls(url: httpx.URL) -> bool:
    """Whether a TLS handshake succeeds at `url`. It has to be tried: each server reacts differently
    to plain HTTP on a TLS port, and most just hang up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((url.host, url.port or 80), _PROBE_SECONDS) as connection,
            context.wrap_socket(connection),
        ):
            return True
    except OSError:
        return False


def _of_certificate(error: ssl.SSLCertVerificationError, *, address: str) -> DeadEnd:
    if error.verify_code in (_EXPIRED, _NOT_YET_VALID):
        when = "has expired" if error.verify_code == _EXPIRED else "is not valid yet"
        return DeadEnd(
            f"its certificate {when}",
            "Check this machine's clock. If it is right, the server's owner has to renew the "
            "certificate.",
        )
    if error.verify_code in (_OTHER_NAME, _OTHER_ADDRESS):
        return DeadEnd(
            "its certificate is for another name",
            f"Check {address}: the host name must be one that the certificate lists.",
        )
    return DeadEnd(
        f"its certificate is not trusted on this machine ({error.reason}: {error.verify_message})",
        "If it was signed by your organisation's own authority, for example behind a proxy that "
        "inspects TLS, set SSL_CERT_FILE to a certificate file that includes that authority.",
    )


def _of_handshake(error: ssl.SSLError, *, proxy: str | None, address: str) -> DeadEnd | None:
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)):
        return None  # the connection was lost
    if error.reason in _NOT_TLS:
        if proxy is not None and proxy.startswith("https:"):
            hint = f"If the proxy speaks plain HTTP, change {_PROXIES} to begin with http://."
        else:
            hint = f"Check that the port in {address} is the one for https."
        return DeadEnd("the other side does not speak TLS on this port", hint)
    return DeadEnd(
        f"the TLS handshake failed ({error.reason or type(error).__name__})",
        "The server, or a proxy in between, may require another version of TLS or a client "
        "certificate, which reconciler does not support.",
    )


def _of_proxy(answer: str) -> DeadEnd | None:
    status = answer.split(" ", 1)[0]
    if status == "407":
        return DeadEnd(
            "the proxy requires a user name and password, or rejected the ones it got (407)",
            f"Put them in {_PROXIES}: http://user:password@host:port, with special characters in "
            "the password percent-encoded.",
        )
    if status in _MAY_PASS:
        return None
    code = f" ({status})" if status.isdecimal() else ""
    return DeadEnd(
        f"the proxy refuses to connect to it{code}",
        f"Check {_PROXIES}, and that the proxy allows this host. To reach it without a proxy, add "
        "it to NO_PROXY.",
    )
