"""Requests to the tenant: sent at the allowed rate, retried where that is safe, and answered with
JSON or one of our errors.

A tenant, or a proxy in front of it, may echo what we sent. Our secrets are therefore redacted from
messages, and data that contains one is not used at all.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import httpx

from reconciler.adapters.cognigy import failures
from reconciler.adapters.cognigy.auth import TOKEN_PATH, Authorisation, TokenRequestFailed
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.window import PauseBegunError
from reconciler.adapters.http.answers import ENCODING, BoundedTransport
from reconciler.adapters.http.attempts import Failure, attempted
from reconciler.adapters.http.network import UNTIL
from reconciler.adapters.http.pauses import may_pass, retry_after
from reconciler.errors import MalformedResponseError, UnavailableError
from reconciler.model.base import tolerant_json
from reconciler.model.event import Paused, RequestAnswered, RequestRepeated, RequestSent
from reconciler.ports import Clock, Lease, Observer

logger = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds: a page of 100 slots is small, so a tenant that needs longer has a problem."""
ANSWER_SECONDS = 60.0
"""From the first byte of a request to the last byte of its response."""
MAX_ANSWER = 16 * 2**20
"""Bytes per body: enough for 100 slots, each with more patterns than anyone would write."""


@dataclass(frozen=True)
class Answer:
    """A success: its status, its JSON (None if the body is empty or not JSON), and its headers."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Session:
    """An authorised connection to one origin."""

    def __init__(
        self,
        *,
        origin: str,
        auth: Authorisation,
        wording: failures.Wording,
        limiter: Limiter,
        clock: Clock,
        observer: Observer,
        max_attempts: int,
        user_agent: str,
        lease: Lease,
        transport: httpx.BaseTransport,
    ) -> None:
        self._origin = origin
        self._auth = auth
        self.wording = wording
        self._clock = clock
        self._observer = observer
        self._max_attempts = max_attempts
        self._limiter = limiter
        self._is_throttled = False
        """Whether the last answer was a 429."""
        self._client = httpx.Client(
            base_url=origin,
            auth=auth,
            transport=_LimitedTransport(
                BoundedTransport(transport, limit=MAX_ANSWER),
                limiter=limiter,
                clock=clock,
                observer=observer,
                redact=auth.secrets.redact,
                lease=lease,
            ),
            timeout=TIMEOUT,
            follow_redirects=False,
            headers={"Accept": "application/json", "User-Agent": user_agent, **ENCODING},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def await_room(self, requests: int) -> None:
        """Wait until this many requests can be sent without a pause, plus one for a new token if it
        is due or becomes due while waiting."""
        places = 0
        while places < requests + int(self._auth.is_due):
            places = requests + int(self._auth.is_due)
            self._limiter.await_room(places)

    def read(
        self,
        path: str,
        *,
        about: str,
        params: Mapping[str, str] | None = None,
        until: float = math.inf,
    ) -> Answer:
        """GET JSON, retrying transient failures until `until` at the latest, a time of
        Clock.monotonic. `about` describes the request in messages.

        Raises the TenantError of the last attempt, and MalformedResponseError if the answer is not
        JSON or echoes our secrets.
        """
        request = self._client.build_request("GET", path, params=params, extensions={UNTIL: until})
        response = self._attempts(request, about=about, is_write=False, until=until)
        try:
            body = tolerant_json(response.content)
            is_echo = self._auth.secrets.are_in(body)
        except (ValueError, RecursionError) as error:
            kind = response.headers.get("Content-Type", "no content type").split(";")[0]
            kind = self._auth.secrets.redact(kind)[:60]
            raise MalformedResponseError(
                f"{about}: the tenant answered {response.status_code} with {kind}, not JSON.",
                hint=f"Check {self.wording.places.origin}. A proxy or a login page may have "
                "answered instead of the API.",
            ) from error
        if is_echo:
            raise MalformedResponseError(
                f"{about}: the tenant's answer contains the credentials that we sent "
                "([redacted]), so none of it is used.",
                hint="Ask the tenant's administrator what copies request headers into the tenant's "
                "data. If a slot contains the credentials, delete it and replace the secret.",
            )
        return Answer(status=response.status_code, body=body, headers=response.headers)

    def write(
        self,
        method: str,
        path: str,
        *,
        about: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        until: float = math.inf,
    ) -> Answer:
        """Send a write, and retry it, until `until` at the latest, only if it was certainly not
        carried out.

        Raises a TenantError, which is OutcomeUnknownError if the write may have been carried out.
        """
        request = self._client.build_request(
            method, path, json=json, headers=headers, extensions={UNTIL: until}
        )
        response = self._attempts(request, about=about, is_write=True, until=until)
        try:
            body = tolerant_json(response.content)
            if self._auth.secrets.are_in(body):
                body = None
        except (ValueError, RecursionError):
            body = None
        return Answer(status=response.status_code, body=body, headers=response.headers)

    def _attempts(
        self, request: httpx.Request, *, about: str, is_write: bool, until: float
    ) -> httpx.Response:
        return attempted(
            lambda: self._once(request, about=about, is_write=is_write, until=until),
            clock=self._clock,
            most=self._max_attempts,
            until=until,
            repeating=self._before_repeating,
        )

    def _before_repeating(self, repeated: RequestRepeated) -> None:
        """A 429 means the other connections too, if it does not say for how long."""
        if self._is_throttled:
            self._limiter.pause(until=repeated.until)
        self._observer.notice(repeated)

    def _once(
        self, request: httpx.Request, *, about: str, is_write: bool, until: float
    ) -> httpx.Response:
        self._is_throttled = False
        try:
            response = self._send(request, about=about, until=until)
        except TokenRequestFailed as error:
            # The request itself was not sent, so even a write may be retried.
            self._refuse(error.response, about="Fetching the access token", is_write=False)
        except httpx.RequestError as error:
            unsent = error.request.url.path == TOKEN_PATH
            raise failures.of_no_answer(
                error,
                about=about,
                origin=self._origin,
                what=self._auth.secrets.redact(str(error)),
                wording=self.wording,
                is_write=is_write and not unsent,
            ) from error
        if not response.is_success:
            self._refuse(response, about=about, is_write=is_write)
        return response

    def _send(self, request: httpx.Request, *, about: str, until: float) -> httpx.Response:
        while True:
            self._respect_the_pause(about, until=until)
            with suppress(PauseBegunError):  # while the request waited for its place
                return self._client.send(request)

    def _respect_the_pause(self, about: str, *, until: float) -> None:
        """Observe a pause that the tenant asked for: it applies to all requests, not just to the
        next attempt."""
        not_before = self._limiter.paused_until
        remaining = not_before - self._clock.monotonic()
        too_long = remaining > 0 and not_before >= until
        if remaining > failures.RETRY_AFTER_MAX_SECONDS or too_long:
            raise Failure(
                UnavailableError(
                    f"{about}: not sent, because the tenant asked for a pause of another "
                    f"{remaining:.0f} s.",
                    hint="Run it again later.",
                ),
                again=False,
            )
        if remaining > 0:
            self._observer.notice(Paused(seconds=remaining, until=not_before))
            self._clock.sleep(remaining)

    def _refuse(self, response: httpx.Response, *, about: str, is_write: bool) -> NoReturn:
        self._is_throttled = response.status_code == httpx.codes.TOO_MANY_REQUESTS
        wait = retry_after(response, clock=self._clock) if may_pass(response) else None
        if wait is not None:
            self._limiter.pause(until=self._clock.monotonic() + wait)
        message = f"{about}: the tenant answered {response.status_code}{self._reason(response)}."
        raise failures.of_status(
            response, message, wording=self.wording, is_write=is_write, wait=wait
        )

    def _reason(self, response: httpx.Response) -> str:
        try:
            reason = self.wording.reason(tolerant_json(response.content))
        except (ValueError, RecursionError):
            return ""
        return f": {self._auth.secrets.redact(reason)[:300].rstrip('.')}" if reason else ""


class _LimitedTransport(httpx.BaseTransport):
    """Sends each request, including those for a token, once the limiter has a place for it, if the
    lease lives; a write, if it lives until the answer has arrived or is given up."""

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        limiter: Limiter,
        clock: Clock,
        observer: Observer,
        redact: Callable[[str], str],
        lease: Lease,
    ) -> None:
        self._lease = lease
        self._inner = inner
        self._limiter = limiter
        self._clock = clock
        self._observer = observer
        self._redact = redact

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode("ascii")
        with self._limiter.place():
            self._lease.require(0.0 if request.method == "GET" else ANSWER_SECONDS)
            begun = self._clock.monotonic()
            self._observer.notice(RequestSent(method=request.method, path=path))
            response, became = None, ""
            try:
                response = self._inner.handle_request(request)
                became = str(response.status_code)
            except httpx.RequestError as error:
                became = type(error).__name__
                raise
            finally:
                answered = RequestAnswered(
                    method=request.method,
                    path=path,
                    status=response.status_code if response is not None else None,
                    seconds=self._clock.monotonic() - begun,
                    request_id=self._request_id(response) if response is not None else None,
                )
                self._observer.notice(answered)
                logger.debug("%s", _line_about(answered, became=became))
        return response

    def _request_id(self, response: httpx.Response) -> str | None:
        found = (response.headers.get(name) for name in _REQUEST_ID_HEADERS)
        return next((self._redact(each)[:100] for each in found if each), None)

    def close(self) -> None:
        self._inner.close()


_REQUEST_ID_HEADERS = ("x-request-id", "x-correlation-id", "x-trace-id", "traceparent", "cf-ray")
"""Where a server or a proxy in front of it names a request; its support can look it up."""


def _line_about(answered: RequestAnswered, *, became: str) -> str:
    named = f", request id {answered.request_id}" if answered.request_id else ""
    return (
        f"{answered.method} {answered.path} -> {became or 'interrupted'} "
        f"({answered.seconds * 1000:.0f} ms{named})"
    )
