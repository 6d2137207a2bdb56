"""The caller of `tests.support.warm`, which starts fast: it imports nothing of ours."""

from __future__ import annotations

import marshal
import os
import signal
import socket
import sys
from collections.abc import Iterator

STREAMS = (0, 1, 2)
_SIZE = 8


def encoded(number: int) -> bytes:
    return number.to_bytes(_SIZE, "big", signed=True)


def decoded(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


def sent(request: bytes, *, over: socket.socket) -> None:
    """Send a request with the standard streams."""
    socket.send_fds(over, [encoded(len(request))], STREAMS)
    over.sendall(request)


def received(caller: socket.socket) -> tuple[bytes, list[int]]:
    """A request and the streams that came with it."""
    size, streams, _, _ = socket.recv_fds(caller, _SIZE, len(STREAMS))
    return b"".join(exactly(decoded(size), caller)), streams


def exactly(size: int, connection: socket.socket) -> Iterator[bytes]:
    while size:
        part = connection.recv(size)
        if not part:
            raise EOFError("the other side is gone")
        yield part
        size -= len(part)


def main(path: str, arguments: list[str]) -> int:
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        sent(marshal.dumps((arguments, os.getcwd(), dict(os.environ))), over=server)  # noqa: PTH109
        command = decoded(b"".join(exactly(_SIZE, server)))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _frame: os.kill(command, number))
        return decoded(b"".join(exactly(_SIZE, server)))


if __name__ == "__main__":
    code = main(sys.argv[1], sys.argv[2:])
    if code < 0:  # a signal ended it
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
