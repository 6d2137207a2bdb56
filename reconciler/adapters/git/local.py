"""What a clone knows by itself: its default branch, and what is checked out."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

FALLBACK = "main"
_PATIENCE = 10


@dataclass(frozen=True)
class Branch:
    """The branch that is taken to be the default, and why."""

    name: str
    reason: str


def default_branch(folder: Path) -> Branch:
    """The default branch that this clone knows of, or otherwise the likeliest name."""
    remote = _output_of(folder, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    if remote is not None:
        return Branch(remote.removeprefix("origin/"), "the default branch of origin")
    current = _output_of(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    if current is not None:
        return Branch(current, "the branch that is checked out")
    configured = _output_of(folder, "config", "--get", "init.defaultBranch")
    if configured is not None:
        return Branch(configured, "git's init.defaultBranch")
    return Branch(FALLBACK, "because git names no other branch")


@dataclass(frozen=True)
class Head:
    """The commit that is checked out, and its tree."""

    commit: str
    tree: str


def head(folder: Path) -> Head | None:
    """What is checked out there; None outside of a repository, or without git."""
    output = _output_of(folder, "rev-parse", "HEAD", "HEAD^{tree}")
    names = output.split() if output is not None else []
    return Head(*names) if len(names) == 2 else None  # noqa: PLR2004 - a commit and a tree


def _output_of(folder: Path, *arguments: str) -> str | None:
    """The line that git prints; None if it prints nothing or is not installed."""
    closest = next(each for each in (folder, *folder.absolute().parents) if each.is_dir())
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            ["git", *arguments],  # noqa: S607 - whichever git the user has
            cwd=closest,
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
