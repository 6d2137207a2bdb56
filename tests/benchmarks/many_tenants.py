"""Many tenants in one process, each on a port of its own, which answer at once.

    python -m tests.benchmarks.many_tenants COUNT

Prints their origins, a line each, and serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

SLOTS = 14
PAGE = 100
_TOKEN = json.dumps({"access_token": "token", "expires_in": 86_400}).encode()
_RATE = json.dumps({"successRate": 0.95, "sampleCount": 1000}).encode()


def slot(number: int) -> dict[str, object]:
    """A slot as a tenant has it at first."""
    return {
        "slotId": f"slot_{number:02}",
        "name": f"slot {number}",
        "type": "regex",
        "patterns": [rf"^X{number:02}-\d{{4}}$"],
        "fillStrategy": "bestMatch",
        "dependencies": [],
    }


class _Tenant:
    def __init__(self) -> None:
        self._slots = {f"slot_{number:02}": slot(number) for number in range(SLOTS)}

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        url = urlsplit(target)
        name = url.path.rsplit("/", 1)[1]
        if name == "token":
            return _TOKEN
        if name == "extraction":
            return _RATE
        if name == "slots":
            offset = int(parse_qs(url.query)["offset"][0])
            return json.dumps({"data": [*self._slots.values()][offset : offset + PAGE]}).encode()
        if method == "PUT":
            sent = json.loads(body)
            sent.pop("triggerRetrain")
            self._slots[name] = {"slotId": name, **sent}
        return json.dumps(self._slots[name]).encode()


_Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _served(tenant: _Tenant) -> _Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *headers = head.decode("latin-1").split("\r\n")
                method, target, _ = first.split(" ")
                length = next(
                    (int(h[15:]) for h in headers if h.lower().startswith("content-length:")), 0
                )
                body = tenant.answer(method, target, await reader.readexactly(length))
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(body) + body
                )
        except asyncio.IncompleteReadError:
            pass  # the client has closed the connection
        finally:
            writer.close()

    return serve


async def _serve_all(count: int) -> None:
    for _ in range(count):
        server = await asyncio.start_server(_served(_Tenant()), "127.0.0.1", 0, limit=2**20)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    sys.stdout.flush()
    os.close(1)  # whoever reads the origins waits for the end
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve_all(int(sys.argv[1])))
