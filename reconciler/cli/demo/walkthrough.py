"""The steps of a demo: each is announced, runs commands, and checks their exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import click

from reconciler.cli.output import show
from reconciler.config.variables import foreign_variables
from reconciler.errors import ReconcilerError
from reconciler.sandbox.messages import Answering

Serve = Callable[[Answering], AbstractContextManager[str]]
"""Serves a tenant, and yields its address."""
Story = Callable[[Path, Serve], None]
"""Tells the story of one API, in a folder of its own. Raises ReconcilerError if a step has an
unexpected result."""


class Walkthrough:
    """Shows and runs the steps in one folder, with no other `COGNIGY_` variables than these."""

    def __init__(self, folder: Path, *, variables: Mapping[str, str]) -> None:
        self._folder = folder
        self._variables = variables
        self._step = 0

    def step(self, text: str) -> None:
        """Begin the next step."""
        self._step += 1
        show(click.style(f"\n{self._step}. {text}", fg="cyan", bold=True))

    def reconciler(self, *arguments: str, expected: int = 0) -> None:
        """Run a command. Raises ReconcilerError if it ends with another exit code."""
        self.finish(self.begin(*arguments), expected=expected)

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin a command, which goes on beside what follows."""
        show(click.style(f"$ reconciler {' '.join(arguments)}", bold=True))
        sys.stdout.flush()
        return subprocess.Popen(  # noqa: S603 - our own command, with our own arguments
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=self._folder,
            env={**foreign_variables(), **self._variables},
        )

    @staticmethod
    def finish(process: subprocess.Popen[bytes], *, expected: int = 0) -> None:
        """Wait for a command. Raises ReconcilerError if it ends with another exit code."""
        with process:
            code = process.wait()
        if code != expected:
            raise ReconcilerError(
                f"This step ended with exit code {code} instead of {expected}.",
                hint="Its output above shows why.",
            )

    def end(self, *, instructions: str, on: str = "your own tenant") -> None:
        """Say what comes next, and where the instructions for what is real are."""
        text = f"\nThat is the whole workflow. To use it on {on}, see {instructions}."
        show(click.style(text, bold=True))
