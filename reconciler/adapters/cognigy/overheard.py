"""What a tenant's answers say besides their content: who answered, what time it is there, and how
many requests are left."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime

import httpx

from reconciler.adapters.cognigy.transport import MAX_ANSWER
from reconciler.adapters.http.answers import BoundedTransport
from reconciler.adapters.http.pauses import sent_at
from reconciler.ports import Clock

_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_LOGIN = re.compile(r"type=[\"']?password|log ?in\b|sign ?in\b|single sign-on", re.IGNORECASE)
_EXAMINED_BYTES = 100_000
_REMAINING = ("RateLimit-Remaining", "X-RateLimit-Remaining", "X-Rate-Limit-Remaining")
_STRUCTURED = re.compile(r";\s*r\s*=\s*([0-9]{1,9})")


@dataclass(frozen=True)
class Heard:
    """An answer: `at` is when it arrived, by our clock."""

    status: int
    headers: httpx.Headers
    start: str
    at: datetime

    @classmethod
    def of(cls, response: httpx.Response, *, at: datetime) -> Heard:
        """What is kept of a response."""
        start = response.content[:_EXAMINED_BYTES].decode("utf-8", errors="replace")
        return cls(status=response.status_code, headers=response.headers, start=start, at=at)

    @property
    def page(self) -> str:
        """What kind of web page this is, with its title; "" if it is not one."""
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "text/html" and not self.start.lstrip().lower().startswith(
            ("<!doctype", "<html")
        ):
            return ""
        found = _TITLE.search(self.start)
        title = " ".join(html.unescape(found[1]).split()) if found else ""
        what = "a login page" if _LOGIN.search(self.start) else "a web page"
        return f"{what}, {title!r}" if title else what

    @property
    def leads_to(self) -> str:
        """The host to which this redirects; "" if it does not."""
        if not 300 <= self.status < 400:  # noqa: PLR2004 - redirections
            return ""
        try:
            return httpx.URL(self.headers.get("Location", "")).host or "the same host"
        except httpx.InvalidURL:
            return "an invalid address"

    @property
    def seconds_ahead(self) -> float | None:
        """How far our clock is ahead of the tenant's; None if the tenant does not say its time."""
        theirs = sent_at(self.headers)
        return None if theirs is None else (self.at - theirs).total_seconds()

    @property
    def requests_left(self) -> int | None:
        """How many requests the tenant says are left, by any of the usual headers."""
        for name in _REMAINING:
            value = self.headers.get(name, "").strip()
            if value.isascii() and value.isdecimal():
                return int(value[:9])
        found = _STRUCTURED.search(self.headers.get("RateLimit", ""))
        return int(found[1]) if found else None


class OverhearingTransport(httpx.BaseTransport):
    """Passes everything on, and remembers the answers' heads."""

    def __init__(self, inner: httpx.BaseTransport, *, clock: Clock) -> None:
        self._inner = BoundedTransport(inner, limit=MAX_ANSWER)
        self._clock = clock
        self._last: Heard | None = None
        self._refused = 0

    @property
    def last(self) -> Heard | None:
        """The last answer; None if there was none, or the last request got none."""
        return self._last

    @property
    def refused_for_rate(self) -> int:
        """How many requests were answered 429."""
        return self._refused

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises what the network raises."""
        self._last = None
        response = self._inner.handle_request(request)
        self._last = Heard.of(response, at=self._clock.now())
        self._refused += response.status_code == httpx.codes.TOO_MANY_REQUESTS
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()
