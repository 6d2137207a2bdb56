"""What the environment says about where our output goes: a terminal, or a runner."""

from __future__ import annotations

import os


def color_is_unwanted() -> bool:
    """Whether NO_COLOR is set or the terminal does not support control sequences; ignores .env."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def a_runner_listens() -> bool:
    """Whether a GitHub Actions runner reads our output and executes commands in it."""
    return bool(os.environ.get("GITHUB_ACTIONS"))
