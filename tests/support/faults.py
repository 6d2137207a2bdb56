"""A transport that injects faults where a test asks for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx

Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class Fault:
    """What happens to the next `times` requests with this method and path ending."""

    method: str
    path: str
    act: Callable[[httpx.Request, Answer], httpx.Response]
    times: int = 1

    def concerns(self, request: httpx.Request) -> bool:
        return (
            self.times > 0
            and request.method == self.method
            and request.url.path.endswith(self.path)
        )


class FaultyTransport(httpx.BaseTransport):
    """Passes on requests, except those for which there is a fault."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self._faults: list[Fault] = []
        self.sent: list[httpx.Request] = []

    def inject(self, fault: Fault) -> None:
        self._faults.append(fault)

    def heal(self) -> None:
        """No fault is left."""
        self._faults.clear()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.sent.append(request)
        for fault in self._faults:
            if fault.concerns(request):
                fault.times -= 1
                return fault.act(request, self._inner.handle_request)
        return self._inner.handle_request(request)


def answered(
    status: int, body: object = None, *, headers: dict[str, str] | None = None
) -> Callable[[httpx.Request, Answer], httpx.Response]:
    """The tenant does nothing and gives this answer."""
    return lambda _request, _answer: httpx.Response(status, json=body, headers=headers)


def answered_text(
    text: str, status: int = 200
) -> Callable[[httpx.Request, Answer], httpx.Response]:
    """The tenant answers with something that is not JSON."""
    return lambda _request, _answer: httpx.Response(
        status, text=text, headers={"Content-Type": "text/html"}
    )


def lost_before(request: httpx.Request, _answer: Answer) -> httpx.Response:
    """The request never arrives."""
    raise httpx.ConnectError("refused", request=request)


def lost_after(request: httpx.Request, answer: Answer) -> httpx.Response:
    """The tenant carries out the request, but its answer is lost."""
    answer(request)
    raise httpx.ReadTimeout("no answer", request=request)


def stored_then(status: int) -> Callable[[httpx.Request, Answer], httpx.Response]:
    """The tenant carries out the request, but answers with an error."""

    def act(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        return httpx.Response(status, json={"error": "so it says"})

    return act


def meanwhile(
    event: Callable[[], object],
    then: Callable[[httpx.Request, Answer], httpx.Response] | None = None,
) -> Callable[[httpx.Request, Answer], httpx.Response]:
    """Something else happens just before the request arrives."""

    def act(request: httpx.Request, answer: Answer) -> httpx.Response:
        event()
        return then(request, answer) if then else answer(request)

    return act
