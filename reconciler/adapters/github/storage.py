"""The storage that GitHub redirects downloads to: another server, which must not get the token.

Its URLs carry a signature, so they never appear in a message either.
"""

from __future__ import annotations

import logging

import httpx

from reconciler.adapters.github import failures
from reconciler.adapters.github.session import MAX_ATTEMPTS, TIMEOUT
from reconciler.adapters.http.answers import ENCODING
from reconciler.adapters.http.attempts import Failure, attempted
from reconciler.adapters.http.pauses import may_pass, retry_after
from reconciler.errors import GitHubError
from reconciler.model.origin import is_loopback
from reconciler.ports import Clock

logger = logging.getLogger(__name__)

DOWNLOAD_SECONDS = 600.0
"""Enough for a ledger's archive of a few megabytes on a slow connection."""


def checked_location(location: str, *, about: str) -> httpx.URL:
    """The URL, which must be https, or http to a loopback address. Raises GitHubError."""
    try:
        url = httpx.URL(location)
    except httpx.InvalidURL:
        url = httpx.URL("")
    secure = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host))
    if not secure or not url.host or url.userinfo:
        raise GitHubError(f"{about}: GitHub redirects to a URL that is not https.")
    return url


def fetch(
    url: httpx.URL, *, about: str, limit: int, transport: httpx.BaseTransport, clock: Clock
) -> bytes:
    """Download the content. Raises GitHubError, also for more than `limit` bytes."""
    with httpx.Client(transport=transport, timeout=TIMEOUT, follow_redirects=False) as client:
        return attempted(
            lambda: _once(client, url, about=about, limit=limit, clock=clock),
            clock=clock,
            most=MAX_ATTEMPTS,
            repeating=lambda event: logger.warning(event.message),
        )


def _once(client: httpx.Client, url: httpx.URL, *, about: str, limit: int, clock: Clock) -> bytes:
    content = bytearray()
    try:
        with client.stream("GET", url, headers=ENCODING) as response:
            if not response.is_success:
                raise _refusal(response, about=about, clock=clock)
            for chunk in response.iter_raw():
                content += chunk
                if len(content) > limit:
                    raise GitHubError(f"{about}: it is larger than {limit:,} bytes.")
    except httpx.RequestError as error:
        raise failures.of_no_answer(
            error, about=about, server="the storage", repeatable=True
        ) from error
    return bytes(content)


def _refusal(response: httpx.Response, *, about: str, clock: Clock) -> Failure:
    wait = retry_after(response, clock=clock)
    near = wait is None or wait <= failures.RATE_WAIT_MAX_SECONDS
    return Failure(
        GitHubError(f"{about}: the storage answered {response.status_code}."),
        again=may_pass(response) and near,
        wait=wait,
    )
