"""Failures on the way to a server that no repetition mends, each with its own way out.

    its certificate is not trusted, has expired, is for another name
    it does not speak TLS on this port, or nothing but TLS, or TLS that we do not
    the proxy wants credentials, refuses, or cannot be reached

All of them come before the server has seen the request, so that a write was not carried out.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

_EXPIRED, _NOT_YET_VALID, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
"""OpenSSL's codes of a certificate that fails: X509_V_ERR_…"""
_NOT_TLS = frozenset(
    {
        "HTTP_REQUEST",
        "PACKET_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
        "UNKNOWN_PROTOCOL",
        "WRONG_VERSION_NUMBER",
    }
)
"""How OpenSSL calls what it meets where the other side speaks something else."""
_MAY_PASS = frozenset({"500", "502", "503", "504", "408", "429"})
"""What a proxy answers to CONNECT while it, or the server behind it, is in trouble."""
_CLIENT_CERTIFICATE_WANTED = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
"""Of the refusals of a TLS handshake the one that TLS 1.3 sends only after it."""
_PROBE_SECONDS = 5.0
_PROXIES = "HTTPS_PROXY or ALL_PROXY"


@dataclass(frozen=True)
class DeadEnd:
    """Why, as the end of a sentence, and the way out. Neither holds any part of an address."""

    reason: str
    hint: str


class DeadEndError(httpx.RequestError):
    """Raised in place of httpx's own error."""

    def __init__(self, end: DeadEnd, *, request: httpx.Request) -> None:
        super().__init__(end.reason, request=request)
        self.reason = end.reason
        self.hint = end.hint


def dead_end(
    error: httpx.RequestError, *, url: httpx.URL, proxy: str | None, address: str
) -> DeadEnd | None:
    """What keeps a request to `url` from ever succeeding; None where another attempt may help.

    `address` names the variables that say where the server is.
    """
    tls = next((each for each in _causes(error) if isinstance(each, ssl.SSLError)), None)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return _of_certificate(tls, address=address)
    wants_certificate = tls is not None and tls.reason == _CLIENT_CERTIFICATE_WANTED
    if tls is not None and (wants_certificate or isinstance(error, httpx.ConnectError)):
        return _of_handshake(tls, proxy=proxy, address=address)
    if isinstance(error, httpx.ProxyError):
        return _of_proxy(str(error))
    first = httpx.URL(proxy) if proxy else url
    broke_off = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
    if first.scheme == "http" and isinstance(error, broke_off) and _speaks_tls(first):
        where = _PROXIES if proxy else address
        return DeadEnd(
            "the other side speaks nothing but TLS there", f"Let {where} begin with https://."
        )
    if proxy and isinstance(error, httpx.ConnectError):
        return DeadEnd(
            "the proxy cannot be reached",
            f"Check {_PROXIES}; NO_PROXY lists the hosts that are reached without one.",
        )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _speaks_tls(url: httpx.URL) -> bool:
    """Whether a TLS handshake succeeds there. Servers answer plain HTTP on such a port each in
    another way, most of them by hanging up, so that it has to be tried."""
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
            "Check this machine's clock. If it is right, the server's owner has to renew it.",
        )
    if error.verify_code in (_OTHER_NAME, _OTHER_ADDRESS):
        return DeadEnd(
            "its certificate is for another name",
            f"Check {address}: the name must be one that the certificate lists.",
        )
    return DeadEnd(
        f"its certificate is not trusted on this machine ({error.reason}: {error.verify_message})",
        "If the authority that signed it is your organisation's own, as behind a proxy that "
        "inspects TLS, set SSL_CERT_FILE to a file of certificates that holds it.",
    )


def _of_handshake(error: ssl.SSLError, *, proxy: str | None, address: str) -> DeadEnd | None:
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)):
        return None  # it broke off
    if error.reason in _NOT_TLS:
        if proxy is not None and proxy.startswith("https:"):
            hint = f"If the proxy speaks plain HTTP, let {_PROXIES} begin with http://."
        else:
            hint = f"Check the port in {address}, and that it is the one for https."
        return DeadEnd("the other side does not speak TLS there", hint)
    return DeadEnd(
        f"the TLS handshake failed ({error.reason or type(error).__name__})",
        "The server, or a proxy in between, may require another version of TLS, or a client "
        "certificate, which reconciler does not have.",
    )


def _of_proxy(answer: str) -> DeadEnd | None:
    status = answer.split(" ", 1)[0]
    if status == "407":
        return DeadEnd(
            "the proxy requires a user name and a password, or rejected those it got (407)",
            f"Put them into {_PROXIES}: http://user:password@host:port, with every special "
            "character of the password percent-encoded.",
        )
    if status in _MAY_PASS:
        return None
    code = f" ({status})" if status.isdecimal() else ""
    return DeadEnd(
        f"the proxy refuses to connect to it{code}",
        f"Check {_PROXIES}, and that the proxy allows this host; NO_PROXY lists the hosts that are "
        "reached without one.",
    )
