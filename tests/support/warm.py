"""Commands that start in milliseconds: each runs in a fork of a process that has imported our code.

Importing it takes most of the time of a short command. Such a command is a process of its own all
the same: it has the caller's arguments, environment, folder and standard streams, gets the signals
that are sent to the caller, is killed with it, and its exit code is the caller's.

    python -m tests.support.warm SOCKET     what is forked
    warm_client.py SOCKET ARGUMENT...       the caller, in place of `python -m reconciler`
"""

from __future__ import annotations

import gc
import marshal
import os
import pkgutil
import runpy
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn, TextIO

import reconciler
from tests.support.warm_client import encoded, received

CLIENT = Path(__file__).with_name("warm_client.py")
ROOT = Path(__file__).parents[2]
NOT_AHEAD = tuple(
    f"reconciler.{name}"
    for name in ("__main__", "sandbox", "cli.demo", "cli.sandbox", "cli.served")
)
"""Not imported before the fork: what starts a program, and a tenant."""
STANDARD = ("stdin", "stdout", "stderr")


@contextmanager
def warm_command() -> Iterator[str]:
    """The words of a shell command that does what `python -m reconciler` does."""
    # The streams of the process are those of a command without a terminal and without a locale.
    machine = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:  # short enough for a socket
        path = f"{folder}/socket"
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen(16)
            server = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-m", "tests.support.warm", str(listening.fileno())],
                cwd=ROOT,
                env={**machine, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[listening.fileno()],
            )
        try:
            yield shlex.join([sys.executable, "-I", "-S", str(CLIENT), path])
        finally:
            server.terminate()
            server.wait()


def serve(listening: socket.socket) -> None:
    """Fork for each caller, which gets the id of its process and then its exit status."""
    for module in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if not module.name.startswith(NOT_AHEAD):
            import_module(module.name)
    gc.collect()
    gc.freeze()  # what is shared with the forks stays shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks for the callers' companions
    while True:
        caller, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _accompany(caller)
        caller.close()


def _accompany(caller: socket.socket) -> None:
    """Returns in the fork that becomes the command; ends in the other one, when that has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with caller:
        request, streams = received(caller)
        ended, running = os.pipe()  # the one can be read once the command no longer has the other
        command = os.fork()
        if command == 0:
            caller.close()
            os.close(ended)
            _become(request, streams)
        for each in (*streams, running):
            os.close(each)
        caller.sendall(encoded(command))
        if caller.fileno() in select.select([caller.fileno(), ended], [], [])[0]:
            os.kill(command, signal.SIGKILL)  # as the caller was
            os._exit(0)
        _, status = os.waitpid(command, 0)
        caller.sendall(encoded(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(request: bytes, streams: list[int]) -> NoReturn:
    """Run the command as if this process had been started for it."""
    arguments, folder, environment = marshal.loads(request)  # noqa: S302 - from our own client
    for stream, (name, given) in enumerate(zip(STANDARD, streams, strict=True)):
        os.dup2(given, stream)
        os.close(given)
        setattr(sys, name, _opened(stream, former=getattr(sys, name)))
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    runpy.run_module("reconciler", run_name="__main__", alter_sys=True)
    raise AssertionError("it ends the process")


def _opened(stream: int, *, former: TextIO) -> IO[str]:
    """The stream opened anew, because Python remembers whether the former file could seek."""
    return open(
        stream,
        former.mode,
        buffering=1 if former.line_buffering else -1,
        encoding=former.encoding,
        errors=former.errors,
        closefd=False,
    )


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
