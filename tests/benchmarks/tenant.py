"""A tenant on loopback with any number of slots, which answers at once and has no rate limit.

It generates each slot when asked, because a child process starts with the peak memory of its
parent, which is this server.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 100
_TOKEN = json.dumps({"access_token": "token", "expires_in": 86_400}).encode()
_RATE = json.dumps({"successRate": 0.95}).encode()


@contextmanager
def served(numbers: Sequence[int], slot: Callable[[int], dict[str, Any]]) -> Iterator[str]:
    """Serve a tenant with the `slot` of each number until the block ends; yields its origin."""

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # headers and body in one packet

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(_TOKEN)

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path.endswith("/extraction"):
                self._answer(_RATE)
                return
            offset = int(parse_qs(url.query)["offset"][0])
            page = [slot(number) for number in numbers[offset : offset + PAGE]]
            self._answer(json.dumps({"data": page}).encode())

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
