"""Finds our secrets in what the tenant sends back, which may echo them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 6
"""Characters; shorter secrets would match innocent text."""
UNMISTAKABLE_SECRET, UNMISTAKABLE_TOKEN = 12, 20
"""Characters; a secret this long does not occur in a slot by chance. The tenant chooses its tokens,
so a token has to be longer, or it could match an ordinary word in the bot (RFC 6749, 10.10, asks
for 128 random bits, which are 22 characters)."""


class KnownSecrets:
    """The client's secret and every token so far, in each spelling in which a tenant may echo them.

    A message is redacted, because a word too many does no harm there. Data is compared, stored and
    written back, so it is never edited: an answer that contains a secret cannot be used at all.
    """

    def __init__(self, client_secret: str) -> None:
        self._all = set(_spellings(client_secret))
        self._unmistakable = set(self._all) if len(client_secret) >= UNMISTAKABLE_SECRET else set()

    def add_token(self, token: str) -> None:
        """Know another token."""
        self._all.update(_spellings(token))
        if len(token) >= UNMISTAKABLE_TOKEN and not token.islower():
            self._unmistakable.update(_spellings(token))

    def redact(self, text: str) -> str:
        """`text` without any secret."""
        for secret in sorted(self._all, key=len, reverse=True):
            text = text.replace(secret, "[redacted]")
        return text

    def are_in(self, data: Any) -> bool:
        """Whether JSON data certainly contains a secret.

        Tokens that might also be a word in a slot are not searched for. Raises RecursionError if
        the data is nested too deeply to be searched.
        """
        text = json.dumps(data, ensure_ascii=False)
        return any(secret in text for secret in self._unmistakable)


def _spellings(secret: str) -> Iterator[str]:
    """How a tenant may echo a secret: plain, encoded for a form or URL, or as JSON."""
    if len(secret) < SHORTEST_SECRET:
        return
    yield from (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1])
