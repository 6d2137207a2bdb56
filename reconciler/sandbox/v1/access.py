"""OAuth client credentials: issuing tokens, and checking the token of a request."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

from reconciler.sandbox.messages import Refused, Request, Response, json_response
from reconciler.sandbox.v1.settings import SandboxClient

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class _Grant:
    scopes: frozenset[str]
    expires: float


class Access:
    """The token endpoint, and the tokens it issued, in memory only."""

    def __init__(self, clients: Iterable[SandboxClient], *, lifetime_seconds: int) -> None:
        """Register the clients; no token exists yet."""
        self._clients = {client.client_id: client for client in clients}
        self._lifetime = lifetime_seconds
        self._grants: dict[str, _Grant] = {}

    def token(self, request: Request, *, now: float) -> Response:
        """Answer `POST /oauth/token`.

        Without `scope`, grants every scope that the client may have. Raises `Refused`: 400 for a
        malformed request, or if none of the requested scopes can be granted; 401 for wrong
        credentials.
        """
        form = _form(request)
        if form.get("grant_type") != "client_credentials":
            raise Refused(400, "unsupported_grant_type")
        client = self._authenticated(form)
        requested = frozenset(form.get("scope", "").split()) or client.scopes
        granted = requested & client.scopes
        if not granted:
            raise Refused(400, "invalid_scope")
        self._grants = {key: grant for key, grant in self._grants.items() if now < grant.expires}
        token = secrets.token_urlsafe(32)
        self._grants[token] = _Grant(scopes=granted, expires=now + self._lifetime)
        content = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self._lifetime,
            "scope": " ".join(sorted(granted)),
        }
        return json_response(200, content, {"cache-control": "no-store"})

    def require(self, request: Request, scope: str, *, now: float) -> None:
        """Raise `Refused` (401) unless the request carries a live token with `scope`."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        challenge = {"www-authenticate": "Bearer"}
        if scheme.lower() != "bearer" or not token:
            raise Refused(401, "a bearer token is required", challenge)
        grant = self._grants.get(token.strip())
        if grant is None or now >= grant.expires:
            raise Refused(401, "the token is unknown or has expired", challenge)
        if scope not in grant.scopes:
            raise Refused(401, f"the token lacks the scope {scope}", challenge)

    def _authenticated(self, form: dict[str, str]) -> SandboxClient:
        client = self._clients.get(form.get("client_id", ""))
        given = form.get("client_secret", "")
        if client is None or not hmac.compare_digest(client.client_secret.encode(), given.encode()):
            raise Refused(401, "invalid_client")
        return client


def _form(request: Request) -> dict[str, str]:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != _FORM:
        raise Refused(400, f"invalid_request: the body must be {_FORM}")
    try:
        fields = parse_qs(request.body.decode(), keep_blank_values=True)
    except ValueError:
        raise Refused(400, "invalid_request: the body is not a form") from None
    return {name: values[-1] for name, values in fields.items()}
