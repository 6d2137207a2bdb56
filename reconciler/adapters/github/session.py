"""Requests to GitHub: authorised, retried where that is safe, and answered with JSON or one of our
errors. The token is sent only to GitHub and never appears in a message."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

import httpx

from reconciler.adapters.github import failures
from reconciler.adapters.http.answers import ENCODING, BoundedTransport
from reconciler.adapters.http.attempts import attempted
from reconciler.errors import GitHubError
from reconciler.ports import Clock

logger = logging.getLogger(__name__)

API_VERSION = "2022-11-28"
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
ANSWER_SECONDS = 60.0
"""From the first byte of a request to the last byte of its response."""
MAX_ANSWER = 64 * 2**20
"""Bytes per body: enough for a page of 100 comments of 65,536 characters each."""
MAX_ATTEMPTS = 5
MAX_PAGES = 300
"""Of 100 entries each; a longer listing is an error."""
PAGE_SIZE = 100


Expected = Callable[[httpx.Response], bool]
"""Whether a response counts as a success."""


def _succeeded(response: httpx.Response) -> bool:
    return response.is_success


class Session:
    """An authorised connection to one GitHub server."""

    def __init__(
        self,
        *,
        api_url: str,
        token: str,
        clock: Clock,
        user_agent: str,
        transport: httpx.BaseTransport,
    ) -> None:
        self._api = httpx.URL(api_url)
        self._token = token
        self._clock = clock
        self._waited = 0.0
        self._client = httpx.Client(
            base_url=api_url,
            transport=BoundedTransport(transport, limit=MAX_ANSWER),
            timeout=TIMEOUT,
            follow_redirects=False,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {token}",
                "User-Agent": user_agent,
                "X-GitHub-Api-Version": API_VERSION,
                **ENCODING,
            },
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def read(self, path: str, *, about: str, params: Mapping[str, str] | None = None) -> Any:
        """GET JSON. `about` describes the request in messages. Raises GitHubError."""
        request = self._client.build_request("GET", path, params=params)
        return _json(self._attempts(request, about=about, repeatable=True), about=about)

    def pages(self, path: str, *, about: str, params: Mapping[str, str]) -> Iterator[Any]:
        """GET JSON page by page, following GitHub's links. Raises GitHubError."""
        params = {**params, "per_page": str(PAGE_SIZE)}
        request = self._client.build_request("GET", path, params=params)
        for _ in range(MAX_PAGES):
            response = self._attempts(request, about=about, repeatable=True)
            yield _json(response, about=about)
            following = response.links.get("next", {}).get("url")
            if following is None:
                return
            request = self._client.build_request("GET", self._of_same_origin(following, about))
        raise GitHubError(f"{about}: there are more than {MAX_PAGES * PAGE_SIZE} entries.")

    def location(self, path: str, *, about: str) -> str:
        """The URL that a GET is redirected to, without following it. Raises GitHubError."""
        request = self._client.build_request("GET", path)
        response = self._attempts(
            request, about=about, repeatable=True, expected=lambda answer: answer.is_redirect
        )
        return str(response.headers.get("Location", ""))

    def create(self, path: str, *, about: str, body: Mapping[str, Any]) -> None:
        """POST once, and again only if it was not carried out. Raises GitHubError, and its subclass
        UnconfirmedWriteError if it may have been."""
        request = self._client.build_request("POST", path, json=body)
        self._attempts(request, about=about, repeatable=False)

    def store(self, path: str, *, about: str, body: Mapping[str, Any]) -> Any:
        """POST an object that git names by its content, so it is safe to repeat, and return the
        JSON. Raises GitHubError."""
        request = self._client.build_request("POST", path, json=body)
        return _json(self._attempts(request, about=about, repeatable=True), about=about)

    def update(self, path: str, *, about: str, body: Mapping[str, Any]) -> None:
        """PATCH, which is safe to repeat: it sets values and adds nothing. Raises GitHubError."""
        request = self._client.build_request("PATCH", path, json=body)
        self._attempts(request, about=about, repeatable=True)

    def delete(self, path: str, *, about: str) -> None:
        """DELETE, which is safe to repeat. Raises GitHubError."""
        request = self._client.build_request("DELETE", path)
        self._attempts(request, about=about, repeatable=True)

    def ask(self, url: str, *, about: str, question: str, **variables: str) -> Any:
        """POST a GraphQL query, which is safe to repeat: it changes nothing. Raises GitHubError."""
        document = {"query": question, "variables": variables}
        request = self._client.build_request("POST", url, json=document)
        return _json(self._attempts(request, about=about, repeatable=True), about=about)

    def _of_same_origin(self, url: str, about: str) -> httpx.URL:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL("")
        ours = (self._api.scheme, self._api.host, self._api.port)
        if (parsed.scheme, parsed.host, parsed.port) != ours or parsed.userinfo:
            raise GitHubError(
                f"{about}: GitHub's link to the next page leads to another server.",
                hint="It is not followed, because that server would get the token. Check "
                "GITHUB_API_URL.",
            )
        return parsed

    def _attempts(
        self,
        request: httpx.Request,
        *,
        about: str,
        repeatable: bool,
        expected: Expected = _succeeded,
    ) -> httpx.Response:
        return attempted(
            lambda: self._once(request, about=about, repeatable=repeatable, expected=expected),
            clock=self._clock,
            most=MAX_ATTEMPTS,
            repeating=lambda event: logger.warning(event.message),
        )

    def _once(
        self, request: httpx.Request, *, about: str, repeatable: bool, expected: Expected
    ) -> httpx.Response:
        what = f"{request.method} {request.url.raw_path.decode('ascii')}"
        try:
            response = self._client.send(request)
        except httpx.RequestError as error:
            logger.debug("%s -> %s", what, type(error).__name__)
            raise failures.of_no_answer(
                error, about=about, server=self._api.host, repeatable=repeatable
            ) from error
        logger.debug("%s -> %d", what, response.status_code)
        if not expected(response):
            self._refuse(response, about=about, repeatable=repeatable)
        return response

    def _refuse(self, response: httpx.Response, *, about: str, repeatable: bool) -> NoReturn:
        reason = _reason(response).replace(self._token, "[redacted]")
        message = f"{about}: GitHub answered {response.status_code}{reason}."
        failure = failures.of_status(response, message, repeatable=repeatable, clock=self._clock)
        if failure.wait is not None:
            self._waited += failure.wait
            # A series of limits must not block a job for hours.
            failure.again = failure.again and self._waited <= failures.RATE_WAIT_MAX_SECONDS
        raise failure


def _json(response: httpx.Response, *, about: str) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise GitHubError(
            f"{about}: GitHub answered {response.status_code} with something that is not JSON.",
            hint="Check GITHUB_API_URL. A proxy's own page looks like this.",
        ) from error


def _reason(response: httpx.Response) -> str:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    reason = body.get("message") if isinstance(body, dict) else None
    return f": {str(reason)[:300].rstrip('.')}" if reason else ""
