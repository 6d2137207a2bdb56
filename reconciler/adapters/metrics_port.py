"""A port of this machine where a monitoring system reads metrics: `GET /metrics`, and nothing
else."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from reconciler.errors import ConfigurationError

LOOPBACK = "127.0.0.1"
"""Metrics name targets, so nobody else's machine reads them unless the operator says so."""
logger = logging.getLogger(__name__)
_PATH = "/metrics"
_SECONDS = 10.0
"""How long a connection may say nothing before it is closed."""


@contextmanager
def metrics_port(
    render: Callable[[], str], *, content_type: str, port: int, host: str = LOOPBACK
) -> Iterator[str]:
    """Inside the block, what `render` returns is served; yields the URL. `render` is called for
    each request, in a thread of its own. Port 0 is a free one.

    Raises ConfigurationError if the port cannot be opened.
    """
    try:
        server = _Server((host, port), _handler(render, content_type=content_type))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"The port {port} of {host} for metrics cannot be opened: {reason}.",
            hint="Choose another one with --metrics-port or --metrics-host.",
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{server.server_address[1]}{_PATH}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a reader that hangs must not keep a worker from stopping

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - its own
        """A reader that goes away concerns nobody; anything else is a defect, which must not stop
        the worker."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            logger.warning("The metrics could not be served: %r", error)


def _handler(render: Callable[[], str], *, content_type: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS
        server_version = "reconciler"
        sys_version = ""

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != _PATH:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = render().encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name
            """Reads of metrics are not logged."""

    return Handler
