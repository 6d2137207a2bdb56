"""What the environment says about the reader of our output: a terminal, or a runner."""

from __future__ import annotations

import os


def color_is_unwanted() -> bool:
    """Whether NO_COLOR is set, or the terminal understands no control sequences; ignores .env."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def a_runner_listens() -> bool:
    """Whether a GitHub Actions runner reads what is printed, and obeys commands in it."""
    return bool(os.environ.get("GITHUB_ACTIONS"))
