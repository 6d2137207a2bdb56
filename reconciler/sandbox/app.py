"""The tenant over HTTP, on loopback only. The only importer of Starlette and uvicorn.

Both come with the optional extra `sandbox`; the rest of the sandbox works without them.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reconciler.sandbox.messages import Answering, Request, Response

LOOPBACK = "127.0.0.1"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_START_SECONDS = 10.0
_STOP_SECONDS = 10.0
_LINGER_SECONDS = 2


def create_app(tenant: Answering) -> Starlette:
    """One catch-all route: the tenant itself handles paths and methods."""

    async def answer(request: HttpRequest) -> HttpResponse:
        message = Request(
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers=dict(request.headers),
            body=await request.body(),
        )
        return _sent(await run_in_threadpool(tenant.handle, message))

    return Starlette(routes=[Route("/{path:path}", answer, methods=_METHODS)])


@contextlib.contextmanager
def serve(tenant: Answering, *, port: int = 0) -> Iterator[str]:
    """Serve in a thread; yield the base URL once connections are accepted.

    Port 0 picks a free one. Raises `OSError` if the port is taken, `RuntimeError` if the server
    does not start in time.
    """
    accepting = threading.Event()
    with _bound(port) as listener:
        server = _Server(tenant, on_ready=lambda _: accepting.set(), listener=listener)
        thread = threading.Thread(target=server.serve_bound, name="sandbox", daemon=True)
        thread.start()
        try:
            if not accepting.wait(_START_SECONDS):
                raise RuntimeError(f"the sandbox did not start within {_START_SECONDS:g} s")
            yield _url(listener)
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)


def run(tenant: Answering, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve in the foreground until Ctrl-C; `on_ready` gets the base URL.

    Raises `OSError` if the port is taken.
    """
    with _bound(port) as listener, contextlib.suppress(KeyboardInterrupt):
        _Server(tenant, on_ready=on_ready, listener=listener).serve_bound()


class _CutOff(HttpResponse):
    """Headers that promise a body; without it, the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % (len(self.body) + 1))]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})


def _sent(response: Response) -> HttpResponse:
    kind = _CutOff if response.cut else HttpResponse
    return kind(response.body, response.status, dict(response.headers))


class _Server(uvicorn.Server):
    """A server on a bound socket that calls `on_ready` once it accepts connections."""

    def __init__(
        self, tenant: Answering, *, on_ready: Callable[[str], None], listener: socket.socket
    ) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(tenant),
                log_config=None,
                log_level="error",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=_LINGER_SECONDS,
            )
        )
        self._on_ready = on_ready
        self._listener = listener

    def serve_bound(self) -> None:
        self.run(sockets=[self._listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready(_url(self._listener))


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        # Reuse the port of a sandbox that just ended; on Windows this would let two share a port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket) -> str:
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}"
