"""The tenant over HTTP, on loopback only. The only importer of Starlette and uvicorn.

Both come with the optional extra `sandbox`; the rest of the sandbox works without them.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

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


def create_app(tenant_at: Callable[[int], Answering]) -> Starlette:
    """One catch-all route: the tenant at a port itself handles paths and methods."""

    async def answer(request: HttpRequest) -> HttpResponse:
        _, port = request.scope["server"]
        message = Request(
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers=dict(request.headers),
            body=await request.body(),
        )
        return _sent(await run_in_threadpool(tenant_at(port).handle, message))

    return Starlette(routes=[Route("/{path:path}", answer, methods=_METHODS)])


@contextlib.contextmanager
def serve(tenant: Answering, *, port: int = 0) -> Iterator[str]:
    """Serve in a thread; yield the base URL once connections are accepted.

    Port 0 picks a free one. Raises `OSError` if the port is taken, `RuntimeError` if the server
    does not start in time.
    """
    with _bound(port) as listener, _serving({listener: tenant}):
        yield _url(listener)


@contextlib.contextmanager
def serve_all(tenants: Sequence[Answering]) -> Iterator[tuple[str, ...]]:
    """Serve several tenants in one thread, each on a free port of its own; yield their base URLs.
    Raises as `serve` does."""
    with contextlib.ExitStack() as stack:
        listeners = {stack.enter_context(_bound(0)): each for each in tenants}
        stack.enter_context(_serving(listeners))
        yield tuple(map(_url, listeners))


def run(tenant: Answering, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve in the foreground until Ctrl-C; `on_ready` gets the base URL.

    Raises `OSError` if the port is taken.
    """
    with _bound(port) as listener, contextlib.suppress(KeyboardInterrupt):
        _Server({listener: tenant}, on_ready=lambda: on_ready(_url(listener))).serve_bound()


@contextlib.contextmanager
def _serving(tenants: Mapping[socket.socket, Answering]) -> Iterator[None]:
    """Serve in a thread inside the block, which begins once connections are accepted."""
    accepting = threading.Event()
    server = _Server(tenants, on_ready=accepting.set)
    thread = threading.Thread(target=server.serve_bound, name="sandbox", daemon=True)
    thread.start()
    try:
        if not accepting.wait(_START_SECONDS):
            raise RuntimeError(f"the sandbox did not start within {_START_SECONDS:g} s")
        yield
    finally:
        server.should_exit = True
        thread.join(_STOP_SECONDS)


class _CutOff(HttpResponse):
    """Headers that promise a body; without it, the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % (len(self.body) + 1))]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})


def _sent(response: Response) -> HttpResponse:
    kind = _CutOff if response.cut else HttpResponse
    return kind(response.body, response.status, dict(response.headers))


class _Server(uvicorn.Server):
    """A server on bound sockets, each with its tenant. It calls `on_ready` once it accepts
    connections."""

    def __init__(
        self, tenants: Mapping[socket.socket, Answering], *, on_ready: Callable[[], None]
    ) -> None:
        by_port = {listener.getsockname()[1]: each for listener, each in tenants.items()}
        super().__init__(
            uvicorn.Config(
                create_app(by_port.__getitem__),
                log_config=None,
                log_level="error",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=_LINGER_SECONDS,
            )
        )
        self._on_ready = on_ready
        self._listeners = list(tenants)

    def serve_bound(self) -> None:
        self.run(sockets=self._listeners)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()


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
