"""The connection to a server: TLS, the proxy in between, and a limit on every wait.

httpx's timeouts apply to single reads, so a server that sends a byte now and then can keep a client
waiting for ever. Here each request has a deadline, from its first byte to the last byte of the
response.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any

import httpcore
import httpx

from reconciler.adapters.http.dead_ends import DeadEndError, dead_end
from reconciler.adapters.http.trust import trusted
from reconciler.errors import ConfigurationError
from reconciler.model.secret import Secret
from reconciler.ports import Clock

UNTIL = "until"
"""The key of a request extension: the time of Clock.monotonic by which the request must end."""


def network(
    url: str, *, proxy: Secret | None, address: str, seconds: float, clock: Clock
) -> httpx.HTTPTransport:
    """A transport on which no request takes longer than `seconds` or continues past its UNTIL.

    `url` is of the only server that it is for; without https, no certificate is trusted, because
    reading the trusted ones is slow; all transports share them. `address` names the variables that
    hold the server's address, for hints. Failures that no retry can fix are raised as DeadEndError.
    Raises ConfigurationError.
    """
    try:
        return _Network(
            proxy.get_secret_value() if proxy else None,
            trust=trusted() if url.lower().startswith("https:") else None,
            address=address,
            seconds=seconds,
            clock=clock,
        )
    except OSError as error:  # includes ssl.SSLError
        raise ConfigurationError(
            f"The TLS certificates cannot be read: {type(error).__name__}.",
            hint="Check SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from None
    except (httpx.InvalidURL, ValueError):  # they quote the proxy's URL, with its password
        raise ConfigurationError(
            "The proxy cannot be used: its address is not a valid URL.",
            hint="Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.",
        ) from None


class _Network(httpx.HTTPTransport):
    def __init__(
        self,
        proxy: str | None,
        *,
        trust: SSLContext | None,
        address: str,
        seconds: float,
        clock: Clock,
    ) -> None:
        # httpcore sets what its context offers before each connection, which is not safe while
        # another thread connects with the same one; so it gets one of its own, which is replaced.
        stand_in = SSLContext(PROTOCOL_TLS_CLIENT)
        super().__init__(proxy=proxy, verify=stand_in)
        self._proxy = proxy
        self._address = address
        self._seconds = seconds
        self._clock = clock
        # httpx has no argument for this.
        inner = self._pool._network_backend  # noqa: SLF001
        self._backend = _TimedBackend(inner, clock=clock, tls={stand_in: trust or stand_in})
        self._pool._network_backend = self._backend  # noqa: SLF001

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        until = request.extensions.get(UNTIL, math.inf)
        self._backend.ends_at = min(self._clock.monotonic() + self._seconds, until)
        try:
            return super().handle_request(request)
        except httpx.RequestError as error:
            end = dead_end(error, url=request.url, proxy=self._proxy, address=self._address)
            if end is None:
                raise
            raise DeadEndError(end, request=request) from error


class _TimedBackend(httpcore.NetworkBackend):
    """Handles one request at a time; the current one must end by `ends_at`. `tls` are contexts to
    use instead of others."""

    def __init__(
        self,
        inner: httpcore.NetworkBackend,
        *,
        clock: Clock,
        tls: Mapping[SSLContext, SSLContext],
    ) -> None:
        self._inner = inner
        self._clock = clock
        self.tls = tls
        self.ends_at = math.inf

    def left(self, timeout: float | None, *, late: type[httpcore.TimeoutException]) -> float:
        """How many seconds a step may take. Raises `late` if none are left."""
        left = self.ends_at - self._clock.monotonic()
        if left <= 0:
            raise late("the answer took too long as a whole")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._inner.connect_tcp(
            host,
            port,
            timeout=self.left(timeout, late=httpcore.ConnectTimeout),
            local_address=local_address,
            socket_options=socket_options,
        )
        return _TimedStream(stream, backend=self)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, *, backend: _TimedBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._backend.left(timeout, late=httpcore.ReadTimeout)
        return self._inner.read(max_bytes, timeout=left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = self._backend.left(timeout, late=httpcore.WriteTimeout)
        self._inner.write(buffer, timeout=left)

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._backend.left(timeout, late=httpcore.ConnectTimeout)
        context = self._backend.tls.get(ssl_context, ssl_context)
        return _TimedStream(
            self._inner.start_tls(context, server_hostname=server_hostname, timeout=left),
            backend=self._backend,
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()
