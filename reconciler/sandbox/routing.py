"""Which handler answers a method, and the numbers in a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from reconciler.sandbox.messages import Refused, Request, Response

Handler = Callable[..., Response]


def chosen(request: Request, handlers: Mapping[str, Handler], *, otherwise: int = 405) -> Handler:
    """The handler of the request's method; raises `Refused` (`otherwise`) if there is none."""
    handler = handlers.get(request.method)
    if handler is None:
        allow = {"allow": ", ".join(sorted(handlers))} if otherwise == 405 else {}
        raise Refused(otherwise, f"{request.method} is not allowed here", allow)
    return handler


def number(request: Request, name: str, *, default: int, least: int) -> int:
    """A number from the query; raises `Refused` (400) for anything else."""
    text = request.query.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise Refused(400, f"{name} must be a number, at least {least}")
    return int(text)
