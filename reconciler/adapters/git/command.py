"""Running the `git` command. It never asks for a password, it ends when we do, and what it says is
shown without credentials."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import GitError

_PATIENCE = 30.0
NETWORK_PATIENCE = 300.0
"""Seconds until a command that reaches a remote is given up: the first fetch may be large."""
_GRACE = 5.0
"""Seconds for git to remove its lock files after it was asked to end."""
_OUR_OWN = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_USER_INFO = re.compile(r"(://)[^/\s'\"]*@")
_QUERY = re.compile(r"(://[^\s'\"?]*\?)[^\s'\"]*")
_MOST_WORDS = 300


@dataclass(frozen=True)
class Done:
    """How a command ended. `words` is the last thing that it said, without credentials."""

    code: int
    output: bytes
    words: str

    @property
    def text(self) -> str:
        """The output as text, without the line break at its end."""
        return self.output.decode("utf-8", errors="replace").strip()


@dataclass(frozen=True)
class Git:
    """The command, run in a folder that exists, with these variables."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, given: bytes = b"", patience: float = _PATIENCE) -> Done:
        """Run it to its end; `given` is its input. Raises GitError if it cannot be run or takes
        longer than `patience` seconds, but not if it fails."""
        try:
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                ["git", *arguments],  # noqa: S607 - whichever git the user has
                cwd=self.folder,
                env={**self.environment, **_OUR_OWN},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # Without a terminal, ssh cannot ask for a password either; and a Ctrl-C is ours.
                start_new_session=True,
            )
        except OSError as error:
            raise GitError(
                f"git cannot be run: {error.strerror}.", hint="Install git, and put it on the PATH."
            ) from error
        with process:
            try:
                output, words = process.communicate(given, timeout=patience)
            except subprocess.TimeoutExpired as error:
                _end(process)
                raise GitError(
                    f"git {arguments[0]} took longer than {patience:.0f} s, and was ended.",
                    hint="Run the same in the clone by hand to see what it waits for.",
                ) from error
            except BaseException:
                _end(process)
                raise
        return Done(code=process.returncode, output=output, words=_last_words(words))


def without_credentials(text: str) -> str:
    """The text, whose URLs have lost what may be a secret: the user's name, the password and the
    query."""
    return _QUERY.sub(r"\1…", _USER_INFO.sub(r"\1", text))


def _last_words(words: bytes) -> str:
    """The line that says why git failed, or the last one."""
    lines = words.decode("utf-8", errors="replace").strip().splitlines() or [""]
    reason = next((each for each in lines if each.startswith(("fatal:", "error:"))), lines[-1])
    return without_credentials(reason)[:_MOST_WORDS].rstrip(".")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with everything that it started; politely first, because a lock file that it leaves
    behind keeps later commands from writing."""
    for number in ("SIGTERM", "SIGKILL"):
        _signal(process, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_GRACE)
            return


def _signal(process: subprocess.Popen[bytes], name: str) -> None:
    if hasattr(os, "killpg") and hasattr(signal, name):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, getattr(signal, name))
    elif name == "SIGTERM":
        process.terminate()
    else:
        process.kill()
