"""A socket in front of a PostgreSQL server that cuts the connection at a statement."""

from __future__ import annotations

import select
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path

from tests.support.postgres import PORT, Server

_APPEND = b"insert into reconciler.event"
_NAME = f".s.PGSQL.{PORT}"


class Cut(Enum):
    """Whether the server gets the statement whose answer is lost."""

    BEFORE_THE_SERVER = "before the server"
    AFTER_THE_SERVER = "after the server"


class Cutter:
    """Forwards connections, and cuts them at each statement with this text that it was told to."""

    def __init__(self, server: Server, folder: Path, text: bytes) -> None:
        self.folder = folder
        self._text = text
        self.cuts: list[Cut] = []
        self.made = 0
        self.swallowed = 0
        """How many further appends get no answer at all, over a connection that stays."""
        self._server = server
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _NAME))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            server.connect(str(self._server.folder / _NAME))
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    if ready is client and self.swallowed and self._text in data:
                        self.swallowed -= 1
                        while client.recv(65536):
                            pass
                        return
                    if ready is client and self.cuts and self._text in data:
                        self._cut(self.cuts.pop(0), data, server)
                        return
                    (server if ready is client else client).sendall(data)

    def _cut(self, cut: Cut, data: bytes, server: socket.socket) -> None:
        self.made += 1
        if cut is Cut.AFTER_THE_SERVER:
            server.sendall(data)
            server.recv(65536)  # committed, and the answer goes no further


@contextmanager
def cutting(server: Server, *, text: bytes = _APPEND) -> Iterator[Cutter]:
    """A cutter in front of this server, with a socket of its own; by default, it cuts at what
    appends to a ledger."""
    folder = Path(tempfile.mkdtemp(prefix="px-"))
    cutter = Cutter(server, folder, text)
    try:
        yield cutter
    finally:
        cutter.close()
        shutil.rmtree(folder, ignore_errors=True)
