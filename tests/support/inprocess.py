"""The sandbox without a socket: an httpx transport that hands requests to a tenant."""

from __future__ import annotations

import httpx

from reconciler.sandbox.messages import Answering, Request


def transport(tenant: Answering) -> httpx.MockTransport:
    """A transport for `httpx.Client`, whatever the host of its base URL."""

    def answer(request: httpx.Request) -> httpx.Response:
        message = Request(
            method=request.method,
            path=request.url.path,
            query=dict(request.url.params),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.content,
        )
        response = tenant.handle(message)
        if response.cut:
            raise httpx.RemoteProtocolError("the connection was cut off", request=request)
        return httpx.Response(response.status, headers=response.headers, content=response.body)

    return httpx.MockTransport(answer)
