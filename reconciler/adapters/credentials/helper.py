"""Credentials from a program of the user's, which is run with the name as its last argument and
prints one JSON object."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, cast

from reconciler.errors import ConfigurationError
from reconciler.model.credentials import FIELDS, FoundCredentials
from reconciler.model.secret import Secret

MAX_BYTES = 65_536
SECONDS = 30.0
"""How long a helper may take to print, and then to end."""
_AT_ONCE = threading.BoundedSemaphore(16)
"""Each is a process of its own, while hundreds of threads may ask."""


def from_helper(command: Sequence[str], name: str, *, seconds: float = SECONDS) -> FoundCredentials:
    """What the program prints for this name. Raises ConfigurationError.

    Whatever it prints otherwise is not shown, because it may hold a secret.
    """
    with _AT_ONCE:
        output = _output([*command, name], name=name, seconds=seconds)
    answer = _object(output, command=command, name=name)
    wrong = [
        field
        for field in FIELDS
        if answer.get(field) is not None and not isinstance(answer[field], str)
    ]
    if wrong:
        raise _failed(command, name, f"printed `{wrong[0]}`, which is not a string")
    return FoundCredentials(
        {field: Secret(answer[field]) for field in FIELDS if answer.get(field)},
        places={field: f"`{field}` of what {command[0]} printed" for field in FIELDS},
    )


def _output(command: Sequence[str], *, name: str, seconds: float) -> bytes:
    """What it prints, at most MAX_BYTES, and success. Raises ConfigurationError."""
    helper = command[:-1]
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own program, without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise _failed(helper, name, f"cannot be run: {type(error).__name__}") from None
    try:
        output = _read_within(process, seconds)
        if len(output) > MAX_BYTES:
            raise _failed(helper, name, f"printed more than {MAX_BYTES} bytes")
        if process.wait(seconds):
            raise _failed(helper, name, f"ended with status {process.returncode}")
    except subprocess.TimeoutExpired:  # it has the command with all arguments
        raise _failed(helper, name, f"has not ended within {seconds:g} s") from None
    finally:
        _end(process)
    return output


def _read_within(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """What it prints until it closes its output, or a little too much. Raises TimeoutExpired."""
    read: list[bytes] = []

    def read_all() -> None:
        with cast("IO[bytes]", process.stdout) as stream:
            read.append(stream.read(MAX_BYTES + 1))

    # A thread, because whatever the helper started may keep the output open for longer.
    reading = threading.Thread(target=read_all, name="credentials", daemon=True)
    reading.start()
    reading.join(seconds)
    if reading.is_alive():
        raise subprocess.TimeoutExpired(process.args, seconds)
    return read[0]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it, unless it has ended, and whatever it has started."""
    if process.returncode is not None:
        return
    # Nobody has waited for it, so its number is still that of its group.
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _object(output: bytes, *, command: Sequence[str], name: str) -> dict[str, Any]:
    try:
        answer = json.loads(output)
    except (ValueError, RecursionError):  # its message may quote what it could not read
        answer = None
    if not isinstance(answer, dict):
        raise _failed(command, name, "did not print one JSON object")
    return answer


def _failed(command: Sequence[str], name: str, what: str) -> ConfigurationError:
    """Without its arguments, which may hold a secret."""
    return ConfigurationError(
        f"The credentials {name} cannot be obtained: the helper {command[0]} {what}.",
        hint="Run the command of RECONCILER_CREDENTIALS_HELPER by hand, with this name at its end.",
    )
