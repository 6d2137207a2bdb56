"""Which process this is, for people who look for it."""

from __future__ import annotations

import os
import socket


def this_process() -> str:
    """`pid 4711 on build-7`."""
    return f"pid {os.getpid()} on {socket.gethostname()}"
