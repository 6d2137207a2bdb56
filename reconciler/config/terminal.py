"""What the environment says about where our output goes: a terminal, or a runner."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

_LESS = "FRX"
"""As git has it: leave at once what fits the screen, show colours, and do not clear the screen."""


@dataclass(frozen=True)
class Pager:
    """A program that shows text page by page, and the environment to run it with."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


def pager() -> Pager | None:
    """The pager of RECONCILER_PAGER or PAGER, or less; None if that is empty or cat, or if the
    terminal is dumb."""
    environment = os.environ
    chosen = environment.get("RECONCILER_PAGER", environment.get("PAGER", "less"))
    try:
        command = shlex.split(chosen)
    except ValueError:  # an unclosed quote
        command = []
    if not command or command == ["cat"] or environment.get("TERM") == "dumb":
        return None
    return Pager(command=tuple(command), environment={"LESS": _LESS, **environment})


def color_is_unwanted() -> bool:
    """Whether NO_COLOR is set or the terminal does not support control sequences; ignores .env."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def a_runner_listens() -> bool:
    """Whether a GitHub Actions runner reads our output and executes commands in it."""
    return bool(os.environ.get("GITHUB_ACTIONS"))
