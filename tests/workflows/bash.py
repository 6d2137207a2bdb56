"""A `run` step in bash, as Actions runs it."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 60
"""Seconds after which a step that has not ended fails the test."""


@dataclass
class Process:
    """The process of the current step, if one is running."""

    running: subprocess.Popen[str] | None = None

    def send(self, number: signal.Signals) -> None:
        assert self.running is not None, "no step is running"
        self.running.send_signal(number)


def run_in_bash(
    text: str,
    *,
    script: Path,
    folder: Path,
    environment: dict[str, str],
    path: list[str],
    process: Process,
) -> tuple[int, str]:
    """The exit code and the output. From our own environment it gets only the basic variables."""
    script.write_text(text, encoding="utf-8")
    machine = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    with subprocess.Popen(  # noqa: S603 - our own workflow's step
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],  # noqa: S607 - found as on a runner
        cwd=folder,
        env={**machine, **environment, "PATH": os.pathsep.join([*path, os.environ["PATH"]])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as running:
        process.running = running
        try:
            log, _ = running.communicate(timeout=_PATIENCE)
        finally:
            process.running = None
            running.kill()
    # The exit code for a signal, as in a shell and in Actions.
    code = running.returncode if running.returncode >= 0 else 128 - running.returncode
    return code, log
