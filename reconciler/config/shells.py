"""Where shells look for the completions of a user."""

from __future__ import annotations

import os
from pathlib import Path


def completion_file(shell: str) -> Path:
    """The file for `bash`, `zsh` or `fish`, in the folders of the XDG specification."""
    data = _folder("XDG_DATA_HOME", ".local/share")
    return {
        "bash": data / "bash-completion" / "completions" / "reconciler",
        "zsh": data / "zsh" / "site-functions" / "_reconciler",
        "fish": _folder("XDG_CONFIG_HOME", ".config") / "fish" / "completions" / "reconciler.fish",
    }[shell]


def _folder(variable: str, default: str) -> Path:
    """A relative path in such a variable is to be ignored, says the specification."""
    chosen = Path(os.environ.get(variable, ""))
    return chosen if chosen.is_absolute() else Path.home() / default
