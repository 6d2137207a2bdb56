"""Requests to the tenant: the rate, the retries, and status codes → our errors.

Reads are retried here. Writes are repeated on a 429 only, for that one was not carried out; on
anything that leaves their outcome unknown the engine reads the slot before it sends again.
"""

from __future__ import annotations

import email.utils
import logging
import random
from collections.abc import Mapping
from typing import Any, NoReturn

import httpx
import tenacity

from reconciler.adapters.cognigy.auth import TOKEN_PATH, ClientCredentials, TokenRequestFailed
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.errors import (
    AuthenticationError,
    ConflictError,
    MalformedResponseError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ReconcilerError,
    RequestRejectedError,
    TenantError,
    UnavailableError,
    UnsupportedError,
)
from reconciler.ports import Clock

logger = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds: a listing page of 100 slots is small, and a tenant that needs longer is in trouble."""
BACKOFF_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 30.0
RATE_BACKOFF_SECONDS = 10.0
"""A 429 without Retry-After: 10, 20, 40, 60 s, at least half of each, so that four waits outlast
the tenant's window of a minute whatever the jitter."""
RETRY_AFTER_MAX_SECONDS = 300.0
"""A tenant that asks for a longer pause is reported rather than waited for."""


class _LimitedTransport(httpx.BaseTransport):
    """Sends each request, the token's too, when the limiter has a place for it."""

    def __init__(self, inner: httpx.BaseTransport, *, limiter: Limiter, clock: Clock) -> None:
        self._inner = inner
        self._limiter = limiter
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._limiter.place():
            begun = self._clock.monotonic()
            response = self._inner.handle_request(request)
        milliseconds = (self._clock.monotonic() - begun) * 1000
        logger.debug(
            "%s %s -> %d (%.0f ms)",
            request.method,
            request.url.raw_path.decode("ascii"),
            response.status_code,
            milliseconds,
        )
        return response

    def close(self) -> None:
        self._inner.close()


class _Failure(Exception):
    """One failed attempt: what it means if it is the last, and whether another may help."""

    def __init__(
        self, error: ReconcilerError, *, again: bool, wait: float | None = None, rate: bool = False
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.again = again
        self.wait = wait
        self.rate = rate


class Session:
    """An authorised connection to one origin."""

    def __init__(
        self,
        *,
        origin: str,
        auth: ClientCredentials,
        limiter: Limiter,
        clock: Clock,
        max_attempts: int,
        user_agent: str,
        transport: httpx.BaseTransport,
    ) -> None:
        self._origin = origin
        self._auth = auth
        self._clock = clock
        self._max_attempts = max_attempts
        self._client = httpx.Client(
            base_url=origin,
            auth=auth,
            transport=_LimitedTransport(transport, limiter=limiter, clock=clock),
            timeout=TIMEOUT,
            follow_redirects=False,
            headers={"Accept": "application/json", "User-Agent": user_agent},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def read(self, path: str, *, about: str, params: Mapping[str, str] | None = None) -> Any:
        """GET JSON, retrying what may pass. `about` says in messages what was asked for.

        Raises the TenantError of the last attempt.
        """
        return self._json(self.read_response(path, about=about, params=params), about=about)

    def read_response(
        self, path: str, *, about: str, params: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """As `read`, with the headers; the body is parsed by `parsed`."""
        request = self._client.build_request("GET", path, params=params)
        return self._attempts(request, about=about, is_write=False)

    def parsed(self, response: httpx.Response, *, about: str) -> Any:
        """The response's JSON. Raises MalformedResponseError."""
        return self._json(response, about=about)

    def write(
        self,
        method: str,
        path: str,
        *,
        about: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send a write once, or again after a 429. Raises OutcomeUnknownError among others."""
        request = self._client.build_request(method, path, json=json, headers=headers)
        self._attempts(request, about=about, is_write=True)

    def _attempts(self, request: httpx.Request, *, about: str, is_write: bool) -> httpx.Response:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._max_attempts),
            wait=_wait,
            retry=tenacity.retry_if_exception(
                lambda error: isinstance(error, _Failure) and error.again
            ),
            sleep=self._clock.sleep,
            before_sleep=self._log_retry,
            reraise=True,
        )
        try:
            response: httpx.Response = retrying(self._once, request, about=about, is_write=is_write)
        except _Failure as failure:
            raise failure.error from failure.__cause__
        return response

    def _once(self, request: httpx.Request, *, about: str, is_write: bool) -> httpx.Response:
        try:
            response = self._client.send(request)
        except TokenRequestFailed as error:
            self._refuse_status(error.response, about="the access token", is_write=False)
        except httpx.RequestError as error:
            token_was_asked_for = error.request.url.path == TOKEN_PATH
            self._refuse_exception(
                error, about=about, is_write=is_write and not token_was_asked_for
            )
        except (httpx.InvalidURL, httpx.CookieConflict, UnicodeError) as error:
            raise _Failure(
                MalformedResponseError(f"{about}: {type(error).__name__}."), again=False
            ) from error
        if not response.is_success:
            self._refuse_status(response, about=about, is_write=is_write)
        return response

    def _refuse_exception(
        self, error: httpx.RequestError, *, about: str, is_write: bool
    ) -> NoReturn:
        what = self._auth.redact(str(error)) or type(error).__name__
        if isinstance(error, httpx.TimeoutException):
            what = f"no answer in time ({type(error).__name__})"
        message = f"{about}: {self._origin} could not be reached, or broke off: {what}."
        if is_write:
            raise _Failure(OutcomeUnknownError(message, status=None), again=False) from error
        raise _Failure(
            UnavailableError(
                message,
                hint="Check COGNIGY_TENANT or COGNIGY_BASE_URL, the network, and the tenant's "
                "status; then run it again.",
            ),
            again=True,
        ) from error

    def _refuse_status(self, response: httpx.Response, *, about: str, is_write: bool) -> NoReturn:
        status = response.status_code
        message = f"{about}: the tenant answered {status}{self._reason(response)}."
        wait = retry_after(response.headers.get("Retry-After"), clock=self._clock)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise _Failure(
                UnavailableError(
                    message,
                    hint="Others use the same tenant: lower limits.requests_per_minute, or run "
                    "it again later.",
                ),
                again=wait is None or wait <= RETRY_AFTER_MAX_SECONDS,
                wait=wait,
                rate=True,
            )
        if response.is_server_error:
            if is_write:
                raise _Failure(OutcomeUnknownError(message, status=status), again=False)
            raise _Failure(
                UnavailableError(message, hint="The tenant is in trouble; run it again later."),
                again=wait is None or wait <= RETRY_AFTER_MAX_SECONDS,
                wait=wait,
            )
        raise _Failure(_client_error(response, message), again=False)

    def _reason(self, response: httpx.Response) -> str:
        try:
            body = response.json()
            reason = body.get("error") if isinstance(body, dict) else None
        except (ValueError, RecursionError):
            reason = None
        return f": {self._auth.redact(str(reason))[:300]}" if reason else ""

    def _json(self, response: httpx.Response, *, about: str) -> Any:
        try:
            return response.json()
        except (ValueError, RecursionError) as error:
            kind = response.headers.get("Content-Type", "no content type").split(";")[0][:60]
            raise MalformedResponseError(
                f"{about}: the tenant answered {response.status_code} with {kind}, not JSON.",
                hint="Check COGNIGY_TENANT and COGNIGY_BASE_URL; a proxy's or a login page "
                "answers like this.",
            ) from error

    def _log_retry(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        seconds = state.next_action.sleep if state.next_action else 0.0
        logger.info("%s Trying again in %.1f s.", error, seconds)


def _client_error(response: httpx.Response, message: str) -> TenantError:
    status = response.status_code
    kind, hint = _CLIENT_ERRORS.get(
        status, (RequestRejectedError, "The tenant will not take it as it is.")
    )
    if response.is_redirect or not response.is_client_error:
        kind, hint = (
            MalformedResponseError,
            "Redirects are never followed, for they could carry credentials elsewhere; check "
            "COGNIGY_TENANT and COGNIGY_BASE_URL.",
        )
    return kind(message, hint=hint)


_CLIENT_ERRORS: dict[int, tuple[type[TenantError], str]] = {
    401: (
        AuthenticationError,
        "A new token did not help: the OAuth client may lack the scope for this.",
    ),
    403: (
        PermissionDeniedError,
        "Check that the OAuth client's role may do this in the bot's workspace, and that the slot "
        "belongs to that workspace.",
    ),
    404: (NotFoundError, ""),
    405: (UnsupportedError, "The tenant has no such route."),
    412: (ConflictError, ""),
}


def _wait(state: tenacity.RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    doublings = state.attempt_number - 1
    if isinstance(failure, _Failure) and failure.wait is not None:
        return failure.wait
    if isinstance(failure, _Failure) and failure.rate:
        ceiling = min(60.0, RATE_BACKOFF_SECONDS * 2**doublings)
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret
    ceiling = min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2**doublings)
    return random.uniform(0, ceiling)  # noqa: S311 - full jitter


def retry_after(value: str | None, *, clock: Clock) -> float | None:
    """Seconds to wait by a Retry-After header (seconds, or an HTTP date); None where there is
    none that can be read."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
        return max(0.0, (moment - clock.now()).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
