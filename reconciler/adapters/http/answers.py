"""Responses of a bounded size, however much a server sends or compresses into a few bytes."""

from __future__ import annotations

import httpx

ENCODING = {"Accept-Encoding": "identity"}
"""Bodies are small. If a server compresses them anyway, these encodings are accepted."""

_DECODED = frozenset({"gzip", "deflate", "br", "zstd"})
"""What httpx decodes, by itself or with another package. It ignores anything else: some servers put
other things in this header, such as a character set."""
_READABLE: tuple[list[str], ...] = ([], ["gzip"], ["deflate"])
"""A single layer that expands a thousandfold at most, so one chunk always fits in memory."""
_OF_THE_ENCODED_BODY = (b"content-encoding", b"content-length", b"transfer-encoding")
"""Headers that no longer apply once the body is decoded."""


class AnswerTooLargeError(httpx.RequestError):
    """A success whose body is larger than the limit. The server received the whole request."""


class BoundedTransport(httpx.BaseTransport):
    """Reads and decodes the body of each response, up to `limit` bytes.

    A larger body raises AnswerTooLargeError if the request succeeded. If it was refused, the status
    says enough and the body is dropped.
    """

    def __init__(self, inner: httpx.BaseTransport, *, limit: int) -> None:
        self._inner = inner
        self._limit = limit

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises AnswerTooLargeError, and httpx.DecodingError for any other encoding."""
        response = self._inner.handle_request(request)
        try:
            content = self._content(response, request)
        finally:
            response.close()
        return httpx.Response(
            response.status_code,
            headers=[
                (name, value)
                for name, value in response.headers.raw
                if name.lower() not in _OF_THE_ENCODED_BODY
            ],
            content=content,
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _content(self, response: httpx.Response, request: httpx.Request) -> bytes:
        encodings = response.headers.get_list("Content-Encoding", split_commas=True)
        names = [each.strip().lower() for each in encodings]
        if [each for each in names if each in _DECODED] not in _READABLE:
            raise httpx.DecodingError("an encoding that was not asked for", request=request)
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > self._limit:
                if not response.is_success:
                    return b""
                raise AnswerTooLargeError(f"more than {self._limit:,} bytes", request=request)
        return bytes(content)
