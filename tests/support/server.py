"""A small HTTP server on loopback whose answers are up to the test."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.clock import VirtualClock


@dataclass
class Received:
    """One request, as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Respond = Callable[[Received, BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A running server: its address, and the requests it has received."""

    url: str
    received: list[Received] = field(default_factory=list)


def reply(
    status: int = 200,
    body: bytes = b"{}",
    *,
    content_type: str = "application/json",
    **headers: str,
) -> Respond:
    """Answer every request like this."""

    def respond(_received: Received, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def broken_off(_received: Received, handler: BaseHTTPRequestHandler) -> None:
    """Promise a long body, send a little of it, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')
    handler.close_connection = True


def trickle(clock: VirtualClock) -> Respond:
    """Send a byte of the body every second, without end."""

    def respond(_received: Received, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:  # until the client hangs up
            handler.wfile.write(b"1")
            handler.wfile.flush()
            clock.advance(1.0)

    return respond


@dataclass
class Listener:
    """A listening port that does not speak proper HTTP, and how often it was reached."""

    port: int
    reached: int = 0


@contextmanager
def saying(answer: bytes) -> Iterator[Listener]:
    """Answer every connection to a free port of 127.0.0.1 with these bytes, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as accepting:
        listener = Listener(port=accepting.getsockname()[1])

        def serve() -> None:
            while True:
                try:
                    connection, _ = accepting.accept()
                except OSError:
                    return
                listener.reached += 1
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener
        finally:
            accepting.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def serving(respond: Respond, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free port of 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            received = Received(
                method=self.command,
                path=self.path,
                headers=dict(self.headers),
                body=self.rfile.read(length),
            )
            server.received.append(received)
            respond(received, self)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - the names that the base class calls

        # Without today's date, because the test's clock is virtual.
        send_response = BaseHTTPRequestHandler.send_response_only

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Log nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    # Clients that hang up or refuse our certificate are what the test is about.
    listener.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    if tls is not None:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    scheme = "https" if tls else "http"
    server = Server(url=f"{scheme}://127.0.0.1:{listener.server_address[1]}")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
