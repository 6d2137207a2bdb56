"""Our credentials on each request: an API key, or a token for OAuth 2.0 client credentials."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import httpx

from reconciler.adapters.cognigy.redaction import KnownSecrets
from reconciler.adapters.http.answers import ENCODING
from reconciler.adapters.http.pauses import may_pass
from reconciler.errors import AuthenticationError, MalformedResponseError
from reconciler.model.endpoint import Endpoint
from reconciler.ports import Clock

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a route, not a token
RENEW_BEFORE_SECONDS = 30.0
"""A token is renewed this long before it expires, or halfway through its life if that is later."""
MAX_LIFETIME_SECONDS = 10 * 365 * 86_400
"""A larger `expires_in` is an error."""
DEFAULT_LIFETIME_SECONDS = 300.0
"""Used if the tenant does not say how long a token lasts (RFC 6749 only recommends that it does):
short enough to be safe, at the cost of one request every five minutes. A 401 before that renews the
token as usual."""


class TokenRequestFailed(Exception):
    """The token route answered with a transient error, so the request itself was not sent."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class Authorisation(httpx.Auth):
    """Puts our credentials on each request. `secrets` knows those that a tenant may echo."""

    secrets: KnownSecrets

    @property
    def is_due(self) -> bool:
        """Whether the next request needs another one first."""
        return False


class ApiKey(Authorisation):
    """Sends an API key, which needs no request of its own."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.secrets = KnownSecrets(key)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header. The query could take the key too, but it would end up in logs."""
        request.headers["X-API-Key"] = self._key
        yield request


class ClientCredentials(Authorisation):
    """Sends a bearer token that is fetched when needed, cached, and renewed before it expires.
    `secrets` knows the client's secret and every token so far. Without `scopes`, it is for those
    that the tenant grants by default.

    After a 401 the request is sent again with a new token. That is safe for a write too,
    because an unauthorised request was not carried out.
    """

    requires_response_body = True

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        client_id: str,
        client_secret: str,
        scopes: Sequence[str],
        clock: Clock,
    ) -> None:
        self._url = endpoint.origin + TOKEN_PATH
        self._places = endpoint.places
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = tuple(scopes)
        self._clock = clock
        self._token = ""
        self._renew_at = 0.0
        self.secrets = KnownSecrets(client_secret)

    @property
    def is_due(self) -> bool:
        """Whether the next request must fetch a token first."""
        return not self._token or self._clock.monotonic() >= self._renew_at

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Raises AuthenticationError, MalformedResponseError and TokenRequestFailed."""
        if self.is_due:
            yield from self.fetched(request.extensions)
        self._authorize(request)
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            yield from self.fetched(request.extensions)
            self._authorize(request)
            yield request

    def _authorize(self, request: httpx.Request) -> None:
        request.headers["Authorization"] = f"Bearer {self._token}"

    def fetched(
        self, extensions: Mapping[str, Any]
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Fetch a new token; `extensions` hold the deadline of the request that needs it. Raises as
        `auth_flow` does."""
        response = yield httpx.Request(
            "POST",
            self._url,
            data={
                "grant_type": "client_credentials",
                "client_id": self._client_id,
                "client_secret": self._client_secret,
                **({"scope": " ".join(self._scopes)} if self._scopes else {}),
            },
            headers={"Accept": "application/json", **ENCODING},
            extensions=dict(extensions),
        )
        if may_pass(response):
            raise TokenRequestFailed(response)
        if response.status_code in (400, 401, 403):
            raise AuthenticationError(
                f"The tenant refused the client credentials ({response.status_code}"
                f"{self._reason(response)}).",
                hint=f"Check {self._places.credentials}"
                + (
                    f", and that the client may request: {', '.join(self._scopes)}."
                    if self._scopes
                    else "."
                ),
            )
        if not response.is_success:
            raise MalformedResponseError(
                f"{self._url} answered {response.status_code} instead of a token.",
                hint=f"Check {self._places.origin}.",
            )
        self._accept(response)

    def _reason(self, response: httpx.Response) -> str:
        try:
            reason = response.json()["error"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return ""
        return f": {self.secrets.redact(str(reason))[:200]}"

    def _accept(self, response: httpx.Response) -> None:
        try:
            body: dict[str, Any] = response.json()
            token, granted = body["access_token"], body.get("scope")
            lifetime = _lifetime(body.get("expires_in"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            token, lifetime = None, None
        if not _is_token(token) or lifetime is None:
            raise MalformedResponseError(
                f"{self._url} answered without a usable `access_token` and `expires_in`.",
                hint=f"Check {self._places.origin}.",
            )
        if isinstance(granted, str):
            self._require_scopes(granted.split())
        self._token = token
        self.secrets.add_token(token)
        margin = min(RENEW_BEFORE_SECONDS, lifetime / 2)
        self._renew_at = self._clock.monotonic() + lifetime - margin

    def _require_scopes(self, granted: list[str]) -> None:
        missing = [scope for scope in self._scopes if scope not in granted]
        if missing:
            raise AuthenticationError(
                f"The tenant did not grant the scope{'s' if len(missing) > 1 else ''} "
                f"{', '.join(missing)}.",
                hint="Have it granted to this OAuth client. Nothing was sent without it.",
            )


class TokenAlone(Authorisation):
    """Fetches a token in place of the request, which is never sent: to see whether it is granted.
    The answer to the request is that to the request for the token."""

    requires_response_body = True

    def __init__(self, credentials: ClientCredentials) -> None:
        self._credentials = credentials
        self.secrets = credentials.secrets

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Raises as ClientCredentials does."""
        yield from self._credentials.fetched(request.extensions)


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and value != ""


def _lifetime(value: Any) -> float | None:
    """The seconds in `expires_in`, which may be text; the default if it is missing, and None if it
    is not a usable lifetime."""
    if value is None:
        return DEFAULT_LIFETIME_SECONDS
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = float(value)  # any number of digits is a number, or infinity
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if 0 < value <= MAX_LIFETIME_SECONDS else None
