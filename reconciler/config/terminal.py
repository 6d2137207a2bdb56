"""What the environment says about where our output goes: a terminal, or a runner."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

_LESS = "FRX"
"""As git has it: leave at once what fits the screen, show colours, and do not clear the screen."""


_FORCING = ("FORCE_COLOR", "CLICOLOR_FORCE")
_chosen = ["auto"]


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


def choose_color(choice: str) -> None:
    """`--color auto`, `always` or `never`, for the rest of the process."""
    _chosen[:] = [choice]


def color_choice() -> bool | None:
    """Whether there is colour, and bold text, which is a matter of taste just as much; None if
    that depends on whether the stream is a terminal. `.env` is ignored.

    `--color` decides, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then TERM=dumb.
    """
    if _chosen[0] != "auto":
        return _chosen[0] == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0") for name in _FORCING):
        return True
    return None if can_replace_lines() else False


def can_replace_lines() -> bool:
    """Whether a terminal, if there is one, understands more than plain lines."""
    return os.environ.get("TERM") != "dumb"


def a_runner_listens() -> bool:
    """Whether a GitHub Actions runner reads our output and executes commands in it."""
    return bool(os.environ.get("GITHUB_ACTIONS"))
